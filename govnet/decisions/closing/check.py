"""Checks a decision: the rows beside the register, and everything that could have changed the result."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import joinedload

from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion, Network
from govnet.charter.queries import Named
from govnet.charter.rules import Change, diff
from govnet.decisions import queries
from govnet.decisions.answers import options as answers_options
from govnet.decisions.answers.options import Choosing
from govnet.decisions.closing import results
from govnet.decisions.models import Answer, Decision, RollEntry
from govnet.decisions.offsite.models import OffsiteDecision
from govnet.decisions.proposals.opening import digest
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules import methods, who_sees
from govnet.decisions.rules.outcome import FIVE, AnswerKind, Outcome, Rule, RulePart, Tally, outcome, parts
from govnet.extensions import db
from govnet.kernel.actor import Actor
from govnet.membership.models import Membership
from govnet.people.models import Organisation, Person
from govnet.record.models import Entry

PAGE = 100
NAMED = 50
BEFORE = timedelta(days=90)
SHOW = ("roll", "answered", "silent", "entered", *(kind.value for kind in (*FIVE, AnswerKind.CHOICE)))
"""Which rows of the roll: all, those who answered, those who did not, or one answer."""


@dataclass(frozen=True)
class Recount:
    """The same numbers, from the register's line and from the rows."""

    could: int
    stored: Tally
    again: Tally
    silent: int
    uncounted: int
    """Answers that are shown and not counted."""
    entered: int
    """Of those that count, how many somebody else wrote down."""


@dataclass(frozen=True)
class Came:
    """How many memberships began, or ended, and the names of the first."""

    many: int
    names: Sequence[str]

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> Came:
        """From the row that counts them and those that name some, in any order."""
        counted: list[Any] = []
        named: list[Any] = []
        for row in rows:
            (named if row.many is None else counted).append(row)
        in_order = sorted(named, key=lambda row: (row.start, row.key))
        return cls(counted[0].many, [row.name for row in in_order])


@dataclass(frozen=True)
class Moved:
    """People who joined or left between the opening and the close."""

    joined: Came
    left: Came


@dataclass(frozen=True)
class RuleChange:
    """A version of the charter that came into force in the time before the opening."""

    version: CharterVersion
    changes: tuple[Change, ...]
    decided: Named | None


@dataclass(frozen=True)
class DecisionCheck:
    """Everything that the page of a check shows to one reader."""

    decision: Decision
    recount: Recount
    rule: tuple[RulePart, ...]
    outcome: Outcome
    moved: Moved
    rules: Sequence[RuleChange]
    entries: Sequence[Entry]
    names: bool
    options: Choosing | None = None
    """The choice counted again, where there was one."""

    @property
    def offsite(self) -> OffsiteDecision | None:
        """Whether it was decided off site: then nothing was counted."""
        return self.decision.version.offsite

    @property
    def options_are_the_same(self) -> bool:
        """Whether every ballot and every round is as the register keeps it."""
        stored = json.loads(self.decision.tally).get("options")
        return self.options is not None and json.loads(json.dumps(self.options.as_data())) == stored

    @property
    def kinds(self) -> list[tuple[AnswerKind, int, int]]:
        """Each answer that could be given: how many did, by the register and by the rows."""
        stored, again = (
            each.by_answer(self.decision.method) for each in (self.recount.stored, self.recount.again)
        )
        return [(kind, many, again[kind]) for kind, many in stored.items()]

    @property
    def text_is_the_same(self) -> bool:
        """Whether the text still has the digest that the register and the record keep."""
        return digest(self.decision.version.text) == self.decision.digest


def check(network: Network, number: str, actor: Actor) -> DecisionCheck:
    """The check of one decision; NotFound. The same number of statements for any."""
    decision = register_queries.decision(network.id, number)
    recount, names = _recount(decision), actor.is_member or actor.is_officer
    rule = queries.rule_of(decision.version)
    options = answers_options.of_version(decision.version, rule)
    return DecisionCheck(
        decision,
        recount,
        () if decision.version.offsite else parts(recount.again, recount.could, rule),
        _outcome(decision, recount, rule, options),
        _moved(decision, network, names=names),
        _rules(decision),
        _entries(decision),
        names,
        options,
    )


def _outcome(decision: Decision, recount: Recount, rule: Rule, options: Choosing | None) -> Outcome:
    if decision.version.offsite is not None:
        return decision.version.offsite.stands_as
    if options is not None:
        return methods.chosen(options.count, recount.again, recount.could, rule)
    return outcome(recount.again, recount.could, rule)


def _recount(decision: Decision) -> Recount:
    """Counted again from roll and answers, in one statement: the roll in an index, and each answer that was given."""
    version, kind = decision.version_id, type_coerce(Answer.kind, String)
    on_roll = (
        select(RollEntry.counted, null().label("kind"), null().label("counts"), func.count(), literal(0))
        .where(RollEntry.version_id == version)
        .group_by(RollEntry.counted)
    )
    given = (
        select(RollEntry.counted, kind, Answer.counted, func.count(), func.count(Answer.entered_by_id))
        .join(RollEntry, RollEntry.id == Answer.entry_id)
        .where(Answer.version_id == version)
        .group_by(RollEntry.counted, Answer.kind, Answer.counted)
    )
    rows: Sequence[Any] = db.session.execute(union_all(on_roll, given)).all()
    answers = [row for row in rows if row[1] is not None]
    could = sum(row[3] for row in rows if row[1] is None and row[0])
    again: Counter[AnswerKind] = Counter()
    for _could, answer, counts, many, _entered in answers:
        if counts:
            again[AnswerKind(answer)] += many
    return Recount(
        could=could,
        stored=results.tally_of(decision),
        again=Tally.from_counts(again),
        silent=could - sum(row[3] for row in answers if row[0]),
        uncounted=sum(row[3] for row in answers if not row[2]),
        entered=sum(row[4] for row in answers if row[2]),
    )


def _moved(decision: Decision, network: Network, *, names: bool) -> Moved:
    """Memberships that began or ended while it was open, by the network's own days, in one statement.

    All are counted; the first are named, and without `names` only organisations.
    """
    days = [_day(at, network) for at in (decision.version.opened_at, decision.decided_at)]
    parts = []
    for column in (Membership.start, Membership.end):
        within = (Membership.network_id == network.id, column.between(*days))
        parts.append(_counted(column.key).where(*within))
        named = within if names else (*within, Membership.organisation_id.is_not(None))
        parts.append(select(_named(column.key).where(*named).subquery()))
    rows: Sequence[Any] = db.session.execute(union_all(*parts)).all()
    return Moved(*(Came.from_rows(row for row in rows if row.which == which) for which in ("start", "end")))


def _counted(which: str) -> Any:
    nothing = (cast(null(), kind) for kind in (Date, Integer, String))
    start, key, name = nothing
    return select(
        literal(which).label("which"), func.count().label("many"), start.label("start"), key.label("key"), name.label("name")
    ).select_from(Membership)  # fmt: skip


def _named(which: str) -> Any:
    name = func.coalesce(Organisation.name, Person.name)
    return (
        select(literal(which), cast(null(), Integer), Membership.start, Membership.id, name)
        .outerjoin(Person, Person.id == Membership.person_id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .order_by(Membership.start, Membership.id)
        .limit(NAMED)
    )


def _day(at: datetime, network: Network) -> Any:
    return at.astimezone(ZoneInfo(network.zone)).date()


def _rules(decision: Decision) -> list[RuleChange]:
    """Changes of the charter in the 90 days before it opened, oldest first."""
    opened = decision.version.opened_at
    versions = sorted(charters.versions(decision.network_id), key=lambda each: each.number)
    recent = [(old, new) for old, new in pairwise(versions) if opened - BEFORE <= new.in_force_from <= opened]
    cited = charters.named([new.adopted_by for _old, new in recent])
    return [
        RuleChange(new, diff(charters.rules_of(old), charters.rules_of(new)), cited.get(new.adopted_by or ""))
        for old, new in recent
    ]


def _entries(decision: Decision) -> Sequence[Entry]:
    """The record's entries about the proposal and the decision, except for single answers; oldest first."""
    subjects = (f"proposal:{decision.proposal_id}", f"decision:{decision.id}")
    query = select(Entry).where(
        Entry.network_id == decision.network_id,
        Entry.subject.in_(subjects),
        Entry.verb.not_in(("decisions.answered", "decisions.answer_taken_back")),
    )
    return db.session.scalars(query.order_by(Entry.number)).all()


@dataclass(frozen=True)
class Rows:
    """A page of a roll, as far as the reader may see it."""

    entries: Sequence[RollEntry]
    more: bool


def roll_page(decision: Decision, show: str, *, names: bool, number: int) -> Rows:
    """A page of those who could answer: all for members; for visitors, organisations and the people who may be named."""
    query = _which(_seen(decision, names), show).order_by(RollEntry.id)
    query = query.options(
        joinedload(RollEntry.person), joinedload(RollEntry.organisation), joinedload(RollEntry.answer)
    )
    found = db.session.scalars(query.limit(PAGE + 1).offset((number - 1) * PAGE)).all()
    return Rows(found[:PAGE], len(found) > PAGE)


def _seen(decision: Decision, names: bool) -> Select[Any]:
    query = select(RollEntry).outerjoin(Answer, Answer.entry_id == RollEntry.id)
    query = query.where(RollEntry.version_id == decision.version_id)
    return query if names else query.where(or_(RollEntry.organisation_id.is_not(None), Answer.named))


def _which(query: Select[Any], show: str) -> Select[Any]:
    if show == "answered":
        return query.where(Answer.id.is_not(None))
    if show == "entered":
        return query.where(Answer.entered_by_id.is_not(None))
    if show == "silent":
        return query.where(Answer.id.is_(None))
    return query.where(Answer.kind == show) if show != "roll" else query


def as_data(decision: Decision, actor: Actor) -> dict[str, Any]:
    """The outcome and its rule, the tally that the register keeps, and every answer of that moment.

    Names stand beside answers as on the page of the decision. Where none does, an answer that was not counted is
    without its kind too: few have an interest, and members know who. In the order of names, then of answers: nobody
    can tell from the place of an answer whose it is. One statement, whatever thousands answered.
    """
    member = actor.is_member or actor.is_officer
    names = who_sees.sees_names(decision.version.visible, member=member, closed=True, has_answered=False)
    return {
        "number": decision.number,
        "question": decision.question,
        "matter": decision.matter,
        "body": decision.body,
        "method": decision.method,
        "charter": decision.charter_version.number,
        "could_answer": decision.roll_size,
        "after_waiting": decision.after_waiting,
        "outcome": decision.outcome.value,
        "tally": json.loads(decision.tally),
        "names": names,
        "answers": sorted(_answers(decision.version_id, names), key=_by_name),
    }


def _answers(version_id: int, names: bool) -> Iterator[dict[str, Any]]:
    kept = (Answer.kind, Answer.counted, Answer.recused, Answer.choices, Answer.named)
    query = (
        select(*kept, RollEntry.organisation_id, Person.name, Organisation.name.label("organisation"))
        .join(RollEntry, RollEntry.id == Answer.entry_id)
        .outerjoin(Person, Person.id == RollEntry.person_id)
        .outerjoin(Organisation, Organisation.id == RollEntry.organisation_id)
        .where(Answer.version_id == version_id)
    )
    return (_answer(row, names) for row in db.session.execute(query))


def _answer(row: Any, names: bool) -> dict[str, Any]:
    shown = names or row.named or row.organisation_id is not None
    said = shown or row.counted
    return {
        "name": (row.name or row.organisation or None) if shown else None,
        "organisation": row.organisation_id is not None,
        "answer": row.kind.value if said else None,
        "choices": queries.ballot(row.choices) if said and row.choices else None,
        "counted": row.counted,
        "recused": row.recused,
    }


def _by_name(answer: dict[str, Any]) -> tuple[bool, str, str]:
    return answer["name"] is None, answer["name"] or "", json.dumps(answer, sort_keys=True)
