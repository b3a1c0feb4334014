"""Reactions of membership to events in other rooms."""

from __future__ import annotations

from govnet.kernel.signals import listen
from govnet.membership import personal
from govnet.membership.memberships import mail_reply, queries
from govnet.people.addresses import PersonErased, heard_by


def bind() -> None:
    """Listen for erasures and departures, and carry out answers by mail."""
    listen(PersonErased, personal.forget_addresses)
    heard_by(queries.left)
    mail_reply.bind()
