"""Reading many proposals at once: what is open, what waits for somebody, what came of a discussion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from govnet.charter.queries import rules_of
from govnet.decisions.models import Position, Proposal, ProposalVersion, RollEntry, VersionState
from govnet.decisions.queries import tallies
from govnet.decisions.rules import Outcome, Tally
from govnet.decisions.voices import sees_tally
from govnet.extensions import db
from govnet.kernel.actor import Actor


@dataclass(frozen=True)
class Row:
    """A proposal in a list."""

    version: ProposalVersion
    tally: Tally

    @property
    def counts(self) -> bool:
        """Whether everybody may see how many gave each answer."""
        charter = rules_of(self.version.charter_version)
        return sees_tally(charter, closed=not self.version.is_open, has_answered=False)


def open_now(network_id: int, limit: int = 50) -> list[Row]:
    """What can be answered or objected to now, soonest first, in two statements."""
    query = (
        select(ProposalVersion)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(Proposal.network_id == network_id, ProposalVersion.state == VersionState.OPEN)
        .options(joinedload(ProposalVersion.proposal), joinedload(ProposalVersion.charter_version))
        .order_by(ProposalVersion.deadline)
        .limit(limit)
    )
    versions = db.session.scalars(query).all()
    counts = tallies([each.id for each in versions]) if versions else {}
    return [Row(each, counts[each.id]) for each in versions]


def taken_back(network_id: int, limit: int = 50) -> Sequence[ProposalVersion]:
    """Proposals that their authors took back, newest first: never decided, so not in the register."""
    query = (
        select(ProposalVersion)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(Proposal.network_id == network_id, ProposalVersion.outcome == Outcome.WITHDRAWN)
        .options(joinedload(ProposalVersion.proposal))
        .order_by(ProposalVersion.closed_at.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def awaiting(network_id: int, actor: Actor) -> dict[int, list[RollEntry]]:
    """Open versions on whose roll the actor is, each with the parties that have not answered yet."""
    if not actor.signed_in:
        return {}
    spoken = [each.organisation_id for each in actor.represents]
    query = (
        select(RollEntry)
        .join(ProposalVersion, ProposalVersion.id == RollEntry.version_id)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(
            Proposal.network_id == network_id,
            ProposalVersion.state == VersionState.OPEN,
            or_(RollEntry.person_id == actor.person_id, RollEntry.organisation_id.in_(spoken)),
        )
        .options(joinedload(RollEntry.position))
    )
    found: dict[int, list[RollEntry]] = {}
    for entry in db.session.scalars(query):
        left = found.setdefault(entry.version_id, [])
        if entry.position is None:
            left.append(entry)
    return found


def from_thread(thread_id: int) -> Sequence[ProposalVersion]:
    """The newest version of each proposal that came out of a thread, newest first."""
    newest = select(func.max(ProposalVersion.id)).join(Proposal).where(Proposal.thread_id == thread_id)
    query = select(ProposalVersion).where(ProposalVersion.id.in_(newest.group_by(Proposal.id)))
    query = query.options(joinedload(ProposalVersion.proposal), joinedload(ProposalVersion.decision))
    return db.session.scalars(query.order_by(ProposalVersion.id.desc())).all()


def voters(version_id: int) -> list[tuple[int | None, int | None, bool]]:
    """Each party on the roll as (person, organisation, has answered): for telling them."""
    query = (
        select(RollEntry.person_id, RollEntry.organisation_id, Position.id.is_not(None))
        .outerjoin(Position, Position.entry_id == RollEntry.id)
        .where(RollEntry.version_id == version_id)
    )
    return [(row[0], row[1], bool(row[2])) for row in db.session.execute(query)]
