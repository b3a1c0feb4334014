"""What mail has the worker do."""

from govnet.kernel.duties import duty
from govnet.kernel.signals import listen
from govnet.mail import forgetting, receiving, sending, subscriptions, sweeping, telling, unfolding
from govnet.people.addresses import AddressProved, PersonErased, heard_by


def bind() -> None:
    """Tell, send, read, sweep."""
    listen(AddressProved, subscriptions.adopt)
    listen(PersonErased, forgetting.forget)
    heard_by(subscriptions.wishes)
    duty("tell", telling.run, seconds=0.5, by_clock=False)
    duty("make deliveries", unfolding.run, seconds=0.5, by_clock=False)
    duty("send", sending.run, seconds=0.5, by_clock=False)
    duty("read mail", receiving.run, seconds=2, by_clock=False)
    duty("forget mail that was read", receiving.forget, seconds=3600)
    duty("sweep mail", sweeping.run, seconds=60)
    duty("watch mail", sweeping.watch, seconds=3600)
