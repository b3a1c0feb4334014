"""What was decided elsewhere, after it is written down: told once its ten minutes are over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from govnet.decisions import queries
from govnet.decisions.events import ElsewhereTold
from govnet.decisions.models import ELSEWHERE, Proposal, ProposalVersion, VersionState
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import PROGRAM, SYSTEM, Door
from govnet.kernel.transaction import transaction
from govnet.record.actions import record


def tell_due() -> int:
    """Tell what was written down and not taken back in time; returns how many. Each is told once."""
    query = (
        select(ProposalVersion.id)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(
            ProposalVersion.state == VersionState.OPEN,
            ProposalVersion.method == ELSEWHERE,
            Proposal.told_at.is_(None),
            Proposal.tell_at <= clock.now(),
        )
    )
    done = 0
    for version_id in db.session.scalars(query).all():
        with transaction():
            done += _tell(version_id)
    return done


def _tell(version_id: int) -> bool:
    version = queries.version_locked(version_id)
    if version is None or not version.is_open or version.proposal.told_at is not None:
        return False
    proposal = version.proposal
    proposal.told_at = clock.now()
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ElsewhereTold(network=proposal.network, by=PROGRAM, under=SYSTEM, via=Door.WORKER, **about))
    return True
