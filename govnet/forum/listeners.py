"""What the forum does when somebody removes their name."""

from __future__ import annotations

from govnet.forum import personal
from govnet.kernel.signals import listen
from govnet.people.addresses import PersonErased


def bind() -> None:
    """Take a name or an address out that somebody else wrote."""
    listen(PersonErased, personal.forget_addresses)
