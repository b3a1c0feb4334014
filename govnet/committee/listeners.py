"""Brings the committee to proposals, and to members who leave."""

from __future__ import annotations

from govnet.committee import appointments, departure, offers
from govnet.decisions.proposals.offices import offers_are
from govnet.kernel.signals import listen
from govnet.membership.memberships.departure import Left


def bind() -> None:
    """Offer places to proposals and carry out what they decide; end the places of those who leave."""
    offers_are(offers)
    appointments.bind()
    listen(Left, departure.left)
