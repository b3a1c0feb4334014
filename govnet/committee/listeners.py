"""What the committee brings to the worker, to proposals, and to members who leave."""

from __future__ import annotations

from govnet.committee import appointments, eligibility, offers
from govnet.decisions.offices import offers_are
from govnet.kernel.duties import duty
from govnet.kernel.signals import listen
from govnet.membership.member_actions import Left


def bind() -> None:
    """Offer places to proposals and carry out what they decide; look who still fits a place, and end what has to end."""
    offers_are(offers)
    appointments.bind()
    listen(Left, eligibility.left)
    duty("end offices of those who left", eligibility.end_of_those_who_left, seconds=30)
    duty("see who fits their place", eligibility.look, seconds=60)
