"""Reads decisions made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from govnet.decisions.models import Proposal, ProposalVersion, VersionState
from govnet.decisions.offsite.models import OffsiteDecision
from govnet.decisions.register.models import MeetingNote
from govnet.extensions import db
from govnet.kernel import clock


def same_meeting(network_id: int, proposal_id: int | None) -> ProposalVersion | None:
    """A recorded decision of a meeting or the list, to record another one of it; None if there is none."""
    if proposal_id is None:
        return None
    query = (
        select(ProposalVersion)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(
            Proposal.id == proposal_id,
            Proposal.network_id == network_id,
            Proposal.offsite.has(),
            ProposalVersion.number == 1,
        )
        .options(contains_eager(ProposalVersion.proposal))
    )
    return db.session.scalar(query)


def meeting_of(before: Proposal | MeetingNote) -> dict[str, Any]:
    """Where and when something was said or decided, who was there, and who decided: for the form of another one."""
    decided = before.offsite if isinstance(before, Proposal) else None
    told: Any = decided or before
    common = {
        "door": before.door.value,
        "taken_on": told.taken_on,
        "where": told.taken_where,
        "present": told.present,
        "url": told.evidence_url,
    }
    if decided is not None:
        common |= {"taken_by": decided.taken_by, "late_because": decided.late_because}
    return common


def to_tell(*only: ColumnElement[bool]) -> Sequence[int]:
    """Versions that can no longer be undone unseen, and were not announced."""
    query = (
        select(ProposalVersion.id)
        .join(OffsiteDecision, OffsiteDecision.proposal_id == ProposalVersion.proposal_id)
        .where(
            ProposalVersion.state == VersionState.UNOPPOSED,
            OffsiteDecision.told_at.is_(None),
            OffsiteDecision.tell_at <= clock.now(),
            *only,
        )
    )
    return db.session.scalars(query).all()


def unopposed(*only: ColumnElement[bool]) -> Sequence[int]:
    """Versions to which nobody has objected in time, the longest first."""
    query = select(ProposalVersion.id).where(
        ProposalVersion.state == VersionState.UNOPPOSED, ProposalVersion.deadline <= clock.now(), *only
    )
    return db.session.scalars(query.order_by(ProposalVersion.deadline, ProposalVersion.id)).all()
