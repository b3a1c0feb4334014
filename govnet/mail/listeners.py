"""Reactions of mail to events in other rooms."""

from govnet.kernel.signals import listen
from govnet.mail import erasure, subscriptions
from govnet.people.addresses import AddressProved, PersonErased, heard_by


def bind() -> None:
    """Listen for addresses that were proved or erased; answer questions about wishes."""
    listen(AddressProved, subscriptions.adopt)
    listen(PersonErased, erasure.forget)
    heard_by(subscriptions.wishes)
