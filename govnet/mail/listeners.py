"""What mail has the worker do."""

from govnet.kernel.duties import duty
from govnet.mail import digesting, sending, sweeping, telling


def bind() -> None:
    """Tell, send, sweep."""
    duty("tell", telling.run, seconds=0.5, by_clock=False)
    duty("send", sending.run, seconds=0.5, by_clock=False)
    duty("digest", digesting.run, seconds=60)
    duty("sweep mail", sweeping.run, seconds=60)
    duty("watch mail", sweeping.watch, seconds=3600)
