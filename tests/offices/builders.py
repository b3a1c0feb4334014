"""Decisions that give offices, for tests."""

from __future__ import annotations

from datetime import timedelta

from govnet.charter.models import Network
from govnet.decisions.book import Decision
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from tests import builders
from tests.decisions.builders import taken


def a_decision(network: Network, *, matter: str = "committee") -> Decision:
    """A decision that a meeting took and nobody objected to, in the register."""
    from govnet.decisions.closing import close_due

    officer = builders.a_steering_member(network)
    body, rules = (
        "committee" if matter == "committee" else "all",
        {"decisions__dots": 7} if matter == "charter" else {},
    )
    proposal = taken(network, officer, matter=matter, body=body, **rules)
    with clock.moved_to(clock.now() + timedelta(days=30)):
        close_due()
    with transaction():
        return db.session.scalars(db.select(Decision).where(Decision.proposal_id == proposal.id)).one()
