"""Reading proposals, rolls, answers and the register."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import Charter
from govnet.decisions.models import (
    Answer,
    AnyProposal,
    Decision,
    Proposal,
    ProposalVersion,
    RollEntry,
    VersionState,
)
from govnet.decisions.proposals.models import Option, Replaces
from govnet.decisions.rules.deadlines import TIME_TO_UNDO
from govnet.decisions.rules.outcome import AnswerKind, Rule, Tally, rule_for
from govnet.decisions.rules.who_counts import KnownAnswer
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.errors import NotFound

# --- one version, and the locks that closing and answering take


def open_version_locked(proposal_id: int) -> ProposalVersion | None:
    """The proposal's open version, locked against every answer until the transaction ends."""
    query = select(ProposalVersion).where(
        ProposalVersion.proposal_id == proposal_id, ProposalVersion.state != VersionState.CLOSED
    )
    return db.session.scalar(query.with_for_update().execution_options(**_FRESH))


def version_locked(version_id: int) -> ProposalVersion | None:
    """The version, locked, as the database has it now."""
    query = (
        select(ProposalVersion).where(ProposalVersion.id == version_id).with_for_update(of=ProposalVersion)
    )
    return db.session.scalar(query.options(*_whole()).execution_options(**_FRESH))


def lock_version(version_id: int) -> None:
    """Make other writers to this version wait for the end of the transaction."""
    db.session.execute(select(ProposalVersion.id).where(ProposalVersion.id == version_id).with_for_update())


@dataclass(frozen=True)
class AnswersCounted:
    """How many answers count, and how many of them were entered for somebody."""

    answered: int
    entered: int


def counted_beside(version_id: int, entry_id: int) -> AnswersCounted:
    """The answers that count in a version, but that of one party."""
    query = select(func.count(), func.count(Answer.entered_by_id)).where(
        Answer.version_id == version_id, Answer.counted, Answer.entry_id != entry_id
    )
    answered, entered = db.session.execute(query).one()
    return AnswersCounted(answered, entered)


def version_for_answer(version_id: int) -> ProposalVersion:
    """The version with a shared lock: many may answer at once, and nobody closes meanwhile. NotFound."""
    query = select(ProposalVersion).where(ProposalVersion.id == version_id)
    query = query.with_for_update(read=True, of=ProposalVersion)
    version = db.session.scalar(query.options(*_whole()).execution_options(**_FRESH))
    if version is None:
        raise NotFound(_("There is no such proposal."))
    return version


_FRESH: dict[str, Any] = {"populate_existing": True}


@cache
def _whole() -> tuple[Any, ...]:
    return (
        joinedload(ProposalVersion.proposal).options(
            joinedload(Proposal.network), joinedload(Proposal.replaces)
        ),
        joinedload(ProposalVersion.charter_version),
    )


def due(*only: ColumnElement[bool]) -> Sequence[int]:
    """Open versions whose deadline has passed, the longest overdue first."""
    query = select(ProposalVersion.id).where(
        ProposalVersion.state == VersionState.OPEN, ProposalVersion.deadline <= clock.now(), *only
    )
    return db.session.scalars(query.order_by(ProposalVersion.deadline, ProposalVersion.id)).all()


def to_remind(*only: ColumnElement[bool], within: timedelta) -> Sequence[int]:
    """Open versions that close `within` a time from now, and whose last day has not been announced."""
    query = select(ProposalVersion.id).where(
        ProposalVersion.state == VersionState.OPEN,
        ProposalVersion.reminded_at.is_(None),
        ProposalVersion.deadline > clock.now(),
        ProposalVersion.deadline <= clock.now() + within,
        *only,
    )
    return db.session.scalars(query).all()


def version_whole(version_id: int) -> ProposalVersion:
    """The version with its proposal, network and charter."""
    query = select(ProposalVersion).where(ProposalVersion.id == version_id).options(*_whole())
    return db.session.scalars(query).one()


def newest_version(proposal_id: int) -> ProposalVersion:
    """The version that counts now."""
    query = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal_id)
    return db.session.scalars(query.order_by(ProposalVersion.number.desc()).limit(1)).one()


def draft_text(proposal_id: int) -> ProposalVersion:
    """The version with the text of a draft."""
    query = select(ProposalVersion).where(
        ProposalVersion.proposal_id == proposal_id, ProposalVersion.state == VersionState.DRAFT
    )
    return db.session.scalars(query).one()


def version_of(proposal_id: int, version_id: int) -> ProposalVersion:
    """The version with that key, if it is this proposal's. NotFound."""
    version = db.session.get(ProposalVersion, version_id)
    if version is None or version.proposal_id != proposal_id:
        raise NotFound(_("There is no such proposal."))
    return version


def proposal_of(version: ProposalVersion) -> Proposal:
    """A version's proposal, most often in the session already."""
    return db.session.get_one(Proposal, version.proposal_id)


def network_of(row: AnyProposal | Decision) -> Network:
    """The network that a row belongs to, most often in the session already."""
    return db.session.get_one(Network, row.network_id)


def topic_of(proposal: Proposal) -> int | None:
    """The topic of the discussion that a proposal came from."""
    return db.session.scalar(select(Thread.topic_id).where(Thread.id == proposal.thread_id))


def author_of(decision: Decision) -> int:
    """The proposer of a decision."""
    return db.session.get_one(ProposalVersion, decision.version_id).author_id


def changes_of(version: ProposalVersion) -> dict[str, Any]:
    """The charter's parameters that the version would change."""
    changes: dict[str, Any] = json.loads(version.changes)
    return changes


def charter_of(version: ProposalVersion) -> Charter:
    """The rules under which the version opened; they hold for it whatever is decided meanwhile."""
    return charters.rules_of(db.session.get_one(CharterVersion, version.charter_version_id))


def rule_of(version: ProposalVersion) -> Rule:
    """The rule under which the version opened; the waiting time after a Stop leaves a vote."""
    rule = rule_for(charters.rules_of(version.charter_version), version.proposal.matter, version.method)
    return rule.after_waiting() if version.waiting_since else rule


# --- answers


def answer_of(entry_id: int) -> Answer | None:
    """The party's answer as it stands."""
    return db.session.scalar(select(Answer).where(Answer.entry_id == entry_id))


def party_of(entry_id: int) -> str:
    """The name of a party on a roll."""
    both = (joinedload(RollEntry.person), joinedload(RollEntry.organisation))
    return db.session.get_one(RollEntry, entry_id, options=both).name


def answers_by(version_id: int, person_id: int) -> list[KnownAnswer]:
    """One person's answers in a version, for anybody."""
    query = select(Answer.entry_id, Answer.cast_by_id, Answer.counted).where(
        Answer.version_id == version_id, Answer.cast_by_id == person_id
    )
    return [KnownAnswer(*row) for row in db.session.execute(query)]


def answered_by_others(version_id: int, person_id: int | None) -> bool:
    """Whether anybody else has answered."""
    query = select(Answer.id).where(Answer.version_id == version_id)
    return db.session.scalar(query.where(Answer.cast_by_id != person_id).limit(1)) is not None


def parties_of(actor: Actor) -> ColumnElement[bool]:
    """Rows of a roll for which the actor may answer: their own, and their organisations'."""
    spoken = [each.organisation_id for each in actor.represents]
    return or_(RollEntry.person_id == actor.person_id, RollEntry.organisation_id.in_(spoken))


def entries_for(version_id: int, actor: Actor) -> Sequence[RollEntry]:
    """The parties on the roll for which the actor may answer, themselves first, with their answers."""
    if not actor.signed_in:
        return ()
    query = select(RollEntry).where(RollEntry.version_id == version_id, parties_of(actor))
    query = query.options(
        joinedload(RollEntry.answer), joinedload(RollEntry.person), joinedload(RollEntry.organisation)
    )
    return db.session.scalars(query.order_by(RollEntry.person_id.is_(None), RollEntry.id)).all()


def tally(version_id: int) -> Tally:
    """How many gave each answer, of those whose answers count."""
    return tallies([version_id])[version_id]


def tallies(version_ids: Collection[int]) -> dict[int, Tally]:
    """The tallies of many versions in one statement."""
    query = select(Answer.version_id, Answer.kind, func.count()).where(
        Answer.version_id.in_(version_ids), Answer.counted
    )
    found: dict[int, dict[AnswerKind, int]] = {each: {} for each in version_ids}
    for version_id, kind, many in db.session.execute(query.group_by(Answer.version_id, Answer.kind)):
        found[version_id][kind] = many
    return {key: Tally.from_counts(kinds) for key, kinds in found.items()}


def disagreed(version_id: int, actor: Actor) -> bool:
    """Whether the actor, or an organisation they speak for, disagreed in a version."""
    return any(
        entry.answer is not None and entry.answer.kind in (AnswerKind.STAND_ASIDE, AnswerKind.BLOCK)
        for entry in entries_for(version_id, actor)
    )


def options_of(version_ids: Collection[int]) -> dict[int, list[str]]:
    """The options of some versions, in their order, in one statement."""
    query = select(Option.version_id, Option.title).where(Option.version_id.in_(version_ids))
    found: dict[int, list[str]] = {}
    for version_id, title in db.session.execute(query.order_by(Option.version_id, Option.number)):
        found.setdefault(version_id, []).append(title)
    return found


def ballots(version_id: int) -> list[dict[int, int]]:
    """The choices that count, one for each party that chose."""
    query = select(Answer.choices).where(
        Answer.version_id == version_id, Answer.counted, Answer.kind == AnswerKind.CHOICE
    )
    return [ballot(kept) for kept in db.session.scalars(query)]


def ballot(kept: str) -> dict[int, int]:
    """A stored choice: each option's number and its rank, score or dots."""
    return {int(number): value for number, value in json.loads(kept or "{}").items()}


# --- proposals


def proposal_whole(proposal_id: int) -> Proposal:
    """A proposal with everything its page shows but the answers, in one statement. NotFound."""
    versions = joinedload(Proposal.versions)
    query = (
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(
            joinedload(Proposal.author),
            joinedload(Proposal.network),
            joinedload(Proposal.replaces).joinedload(Replaces.decision),
            versions.joinedload(ProposalVersion.charter_version),
            versions.joinedload(ProposalVersion.decision),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_("There is no such proposal."))
    for version in found.versions:
        set_committed_value(version, "proposal", found)
    return found


def entered_lately(version_id: int) -> bool:
    """Whether something was entered so lately that the person concerned may not have seen the mail."""
    query = select(Answer.id).where(
        Answer.version_id == version_id,
        Answer.entered_by_id.is_not(None),
        Answer.at > clock.now() - TIME_TO_UNDO,
    )
    return db.session.scalar(query.limit(1)) is not None
