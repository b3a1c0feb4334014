"""Reads many proposals at once: open ones, those that wait for somebody, and the results of a discussion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import QueryableAttribute, joinedload

from govnet.charter import queries as charters
from govnet.charter.rules import Change, Charter, carried_over, diff, problems
from govnet.decisions import queries
from govnet.decisions.models import (
    Answer,
    Proposal,
    ProposalVersion,
    RollEntry,
    VersionState,
)
from govnet.decisions.offsite.models import OffsiteDecision
from govnet.decisions.proposals import roll
from govnet.decisions.proposals.models import Interest
from govnet.decisions.queries import charter_of, parties_of
from govnet.decisions.register.models import Reviews
from govnet.decisions.rules import petitions as petition_rules
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import AnswerKind, Outcome, Tally
from govnet.decisions.rules.who_counts import offered
from govnet.decisions.rules.who_sees import sees_tally
from govnet.extensions import db
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.actor import VISITOR, Actor
from govnet.kernel.errors import RuleBroken
from govnet.kernel.statements import another
from govnet.kernel.tasks import task_rows
from govnet.kernel.translation import say
from govnet.membership.models import Membership, MembershipState
from govnet.offices import queries as offices_queries
from govnet.people.models import Representation

WANTED, ANSWERED = "wanted", "answered"


@dataclass(frozen=True)
class ProposalRow:
    """A proposal in a list."""

    version: ProposalVersion
    tally: Tally
    mine: str = ""
    """Whether the reader's answer is wanted or was given; empty for people who are not asked."""

    @property
    def counts(self) -> bool:
        """Whether everybody may see how many gave each answer."""
        return sees_tally(self.version.visible, closed=not self.version.is_open, has_answered=False)


_OPEN = select(ProposalVersion.id).where(
    ProposalVersion.state.in_((VersionState.OPEN, VersionState.UNOPPOSED))
)
"""Few, and found first: otherwise a planner may read all proposals for them."""


def open_now(network_id: int, actor: Actor = VISITOR, limit: int = 50) -> list[ProposalRow]:
    """Proposals that can be answered or objected to now, soonest first, and whether the reader has: in two statements."""
    query = (
        select(ProposalVersion)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(Proposal.network_id == network_id, ProposalVersion.id.in_(_OPEN))
        .where(_readable(actor))
        .options(joinedload(ProposalVersion.proposal), joinedload(ProposalVersion.charter_version))
        .order_by(ProposalVersion.deadline)
        .limit(limit)
    )
    versions = db.session.scalars(query).all()
    counts = _counts([each.id for each in versions], actor) if versions else {}
    return [_row(each, counts.get(each.id, {})) for each in versions]


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Decisions made elsewhere are in lists once they are public; officers see them before."""
    untold = Proposal.offsite.has(OffsiteDecision.told_at.is_(None))
    return true() if actor.is_officer else ~untold


def _row(version: ProposalVersion, counts: Mapping[str, int]) -> ProposalRow:
    tally = Tally.from_counts(counts)
    mine = next((name for name in (WANTED, ANSWERED) if counts.get(name)), "")
    return ProposalRow(version, tally, mine)


def _counts(version_ids: Sequence[int], actor: Actor) -> dict[int, dict[str, int]]:
    """The answers that count, by kind, and the reader's parties that have answered or not, in one statement."""
    kind = type_coerce(Answer.kind, String)
    answers = (
        select(Answer.version_id, kind.label("what"), func.count().label("many"))
        .where(Answer.version_id.in_(version_ids), Answer.counted)
        .group_by(Answer.version_id, Answer.kind)
    )
    state = case((Answer.id.is_(None), literal(WANTED)), else_=literal(ANSWERED))
    mine = (
        select(RollEntry.version_id, state, literal(1))
        .outerjoin(Answer, Answer.entry_id == RollEntry.id)
        .where(RollEntry.version_id.in_(version_ids), parties_of(actor))
    )
    found: dict[int, dict[str, int]] = {}
    for version_id, what, many in db.session.execute(answers.union_all(mine) if actor.signed_in else answers):
        found.setdefault(version_id, {})[what] = many
    return found


def taken_back(network_id: int, actor: Actor = VISITOR, limit: int = 50) -> Sequence[ProposalVersion]:
    """Proposals that their authors took back, newest first: never decided, so not in the register."""
    query = (
        select(ProposalVersion)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(Proposal.network_id == network_id, ProposalVersion.outcome == Outcome.WITHDRAWN)
        .where(ProposalVersion.opened_at >= Proposal.opened_at)  # not undone, and asked since
        .where(_readable(actor))
        .options(joinedload(ProposalVersion.proposal))
        .order_by(ProposalVersion.closed_at.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def from_thread(thread_id: int) -> Select[Any]:
    """The proposals that came out of a discussion, as lines beside it; newest() finds how each of them stands."""
    line = slots.line("proposal", Proposal.id, literal(""), Proposal.state, 0, 0, Proposal.opened_at)
    return line.where(Proposal.thread_id == thread_id)


def newest(proposal_ids: Collection[int]) -> Sequence[ProposalVersion]:
    """The newest version of each of these proposals, newest first, in one statement."""
    last = select(func.max(ProposalVersion.id)).where(ProposalVersion.proposal_id.in_(proposal_ids))
    query = select(ProposalVersion).where(ProposalVersion.id.in_(last.group_by(ProposalVersion.proposal_id)))
    query = query.options(joinedload(ProposalVersion.proposal), joinedload(ProposalVersion.decision))
    return db.session.scalars(query.order_by(ProposalVersion.id.desc())).all()


def unanswered(person_id: int, now: datetime) -> list[Select[Any]]:
    """Proposals that wait for a person's answer, in every network: they are on the roll, it is open, and neither they nor their
    organisation has given an answer that counts.
    """
    query = (
        task_rows(Proposal.network_id, Proposal.id, ProposalVersion.question, ProposalVersion.deadline)
        .join(ProposalVersion, ProposalVersion.proposal_id == Proposal.id)
        .join(RollEntry, RollEntry.version_id == ProposalVersion.id)
        .outerjoin(Answer, Answer.entry_id == RollEntry.id)
        .where(
            ProposalVersion.state == VersionState.OPEN,
            ProposalVersion.deadline > now,
            _still_asked(person_id),
        )
    )
    return [query.where(each) for each in _theirs(person_id)]


@dataclass(frozen=True)
class InPlace:
    """A version that can be answered where it waits: with which answers, who asks, and how many have answered."""

    version_id: int
    kinds: tuple[AnswerKind, ...]
    author: str
    author_id: int
    answered: int
    could: int


def to_answer_in_place(person_id: int, proposal_ids: Sequence[int]) -> Mapping[int, InPlace]:
    """The open version of each proposal that a person can answer without choosing a party."""
    alone = (
        select(ProposalVersion.id)
        .join(RollEntry, RollEntry.version_id == ProposalVersion.id)
        .where(
            ProposalVersion.proposal_id.in_(proposal_ids),
            ProposalVersion.state == VersionState.OPEN,
            ProposalVersion.method.not_in(OPTIONS),
            or_(*_theirs(person_id)),
        )
        .group_by(ProposalVersion.id)
        .having(func.count() == 1)
    )
    query = select(ProposalVersion).where(ProposalVersion.id.in_(alone))
    asked = joinedload(ProposalVersion.proposal).joinedload(Proposal.author)
    found = db.session.scalars(query.options(joinedload(ProposalVersion.charter_version), asked)).all()
    counts = _counts([row.id for row in found], VISITOR) if found else {}
    return {
        row.proposal_id: InPlace(
            row.id,
            tuple(offered(charter_of(row))),
            row.proposal.author.name or "",
            row.proposal.author_id,
            sum(counts.get(row.id, {}).values()),
            row.roll_size,
        )
        for row in found
    }


def _theirs(person_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Rows of a roll for which a person may answer, in whatever network: her own, and those of her organisations."""
    spoken = select(Representation.organisation_id).where(
        Representation.person_id == person_id, Representation.end.is_(None)
    )
    return RollEntry.person_id == person_id, RollEntry.organisation_id.in_(spoken)


def _still_asked(person: int | QueryableAttribute[Any]) -> ColumnElement[bool]:
    """Of a roll joined to its answers: the party is silent, and this person has answered for no other."""
    other = another(Answer, "other")
    given = select(other.id).where(other.version_id == RollEntry.version_id, other.cast_by_id == person)
    return and_(Answer.id.is_(None), ~given.exists())


def to_remind(version_id: int, day: date) -> list[int]:
    """The people for whom a version waits: on its roll, or speaking that day for a party on it, as on the page You."""
    silent = select(RollEntry.person_id).outerjoin(Answer, Answer.entry_id == RollEntry.id)
    own = silent.where(RollEntry.person_id.is_not(None), _still_asked(RollEntry.person_id))
    spoken = (
        select(Representation.person_id)
        .join(RollEntry, RollEntry.organisation_id == Representation.organisation_id)
        .outerjoin(Answer, Answer.entry_id == RollEntry.id)
        .where(
            Representation.start <= day,
            or_(Representation.end.is_(None), Representation.end > day),
            _still_asked(Representation.person_id),
        )
    )
    here = RollEntry.version_id == version_id
    return list(db.session.scalars(own.where(here).union(spoken.where(here))))


Who = QueryableAttribute[Any]


BELONGS = (MembershipState.ACTIVE, MembershipState.SUSPENDED)
"""A suspended member may be back before the deadline."""


def awaited(version: ProposalVersion) -> int:
    """The number of silent parties that can still give an answer that counts.

    Not those who left or are recused, organisations without a speaker, or people whose one counted answer is another's.
    """
    proposal = db.session.get_one(Proposal, version.proposal_id)
    day = clock.today(queries.network_of(proposal).zone)
    silent = (
        select(func.count(RollEntry.id.distinct()))
        .outerjoin(Answer, Answer.entry_id == RollEntry.id)
        .where(RollEntry.version_id == version.id, RollEntry.counted, Answer.id.is_(None))
    )
    people = silent.where(_here(proposal, day), _free(RollEntry.person_id, version, proposal, day))
    organisations = (
        silent.join(Representation, Representation.organisation_id == RollEntry.organisation_id)
        .join(Membership, Membership.id == RollEntry.membership_id)
        .where(_speaks(day), _belongs(day), _free(Representation.person_id, version, proposal, day))
    )
    return (db.session.scalar(people) or 0) + (db.session.scalar(organisations) or 0)


def _speaks(day: date) -> ColumnElement[bool]:
    return and_(Representation.start <= day, or_(Representation.end.is_(None), Representation.end > day))


def _belongs(day: date) -> ColumnElement[bool]:
    return and_(Membership.state.in_(BELONGS), or_(Membership.end.is_(None), Membership.end > day))


def _here(proposal: Proposal, day: date) -> ColumnElement[bool]:
    """A party on the roll still has a place in the network: by a membership, an organisation, or a seat."""
    person = RollEntry.person_id
    spoken = select(Representation.organisation_id).where(Representation.person_id == person, _speaks(day))
    spoken = spoken.correlate(RollEntry)
    here = exists().where(Membership.network_id == proposal.network_id, _belongs(day))
    member, voice = (
        here.where(Membership.person_id == person),
        here.where(Membership.organisation_id.in_(spoken)),
    )
    return or_(member, voice, person.in_(roll.committee(proposal.network_id, day)))


def _free(person: Who, version: ProposalVersion, proposal: Proposal, day: date) -> ColumnElement[bool]:
    """People whose answer would count: not recused, and without one that counts for anybody yet."""
    other = another(Answer, "given")
    given = exists().where(other.version_id == version.id, other.counted, other.cast_by_id == person)
    declared = exists().where(
        Interest.proposal_id == proposal.id, Interest.person_id == person, Interest.ended_at.is_(None)
    )
    own = offices_queries.coordinating(proposal.network_id, day) if proposal.matter == "mandate" else ()
    named = roll.aside(version.id)
    return and_(~given, ~declared, person.not_in({*own, *named}))


def changes(version: ProposalVersion) -> tuple[Change, ...]:
    """The effect of an open version on the rules in force; of a closed one on those it opened under."""
    wanted = queries.changes_of(version)
    if not wanted:
        return ()
    own = charters.rules_of(version.charter_version)
    if not version.is_open:
        return _made(own, wanted)
    now = charters.rules_in_force(version.proposal.network_id)
    return _made(now, carried_over(own, wanted, now)) if _fits(now, own, wanted) else _made(own, wanted)


def between(before: ProposalVersion, version: ProposalVersion) -> tuple[Change, ...]:
    """How the rules that a version would make differ from those that the version before it would have made."""
    wanted, new = queries.changes_of(before), queries.changes_of(version)
    charter = charters.rules_of(version.charter_version)
    if wanted == new or problems(charter, wanted) or problems(charter, new):
        return ()
    return diff(charter.with_changes(wanted), charter.with_changes(new))


def _fits(now: Charter, own: Charter, wanted: Mapping[str, Any]) -> bool:
    return not problems(own, wanted) and not problems(now, carried_over(own, wanted, now))


def _made(charter: Charter, wanted: Mapping[str, Any]) -> tuple[Change, ...]:
    return () if problems(charter, wanted) else diff(charter, charter.with_changes(wanted))


def check_one_of_many(proposal: Proposal) -> None:
    """RuleBroken for a person who would take back or reword alone what many members asked for."""
    found = db.session.get(Reviews, proposal.id)
    if found is not None and found.requests > 1:
        raise RuleBroken(say(petition_rules.closed_to_one(found.requests)))
