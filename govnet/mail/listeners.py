"""Reactions of mail to events in other rooms."""

from govnet.kernel.signals import listen
from govnet.mail import erasure, subscriptions
from govnet.people.addresses import AddressProved, PersonErased, heard_by


def bind() -> None:
    """Hear of addresses that were proved or erased; say what was said about mail."""
    listen(AddressProved, subscriptions.adopt)
    listen(PersonErased, erasure.forget)
    heard_by(subscriptions.wishes)
