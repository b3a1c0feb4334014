"""Checking a decision: what the rows say beside what the register keeps, and all that could have tipped it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, func, or_, select, type_coerce
from sqlalchemy.orm import joinedload

from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion, Network
from govnet.charter.queries import Named
from govnet.charter.rules import Change, diff
from govnet.decisions import choosing, queries, register, ways
from govnet.decisions.book import Decision
from govnet.decisions.choosing import Choosing
from govnet.decisions.models import ELSEWHERE, Position, RollEntry
from govnet.decisions.opening import digest
from govnet.decisions.rules import FIVE, Kind, Outcome, Part, Rule, Tally, outcome, parts
from govnet.extensions import db
from govnet.kernel.actor import Actor
from govnet.membership.models import Membership
from govnet.record.models import Entry

PAGE = 100
BEFORE = timedelta(days=90)
SHOW = ("roll", "answered", "silent", "entered", *(kind.value for kind in (*FIVE, Kind.CHOICE)))
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

    def could_is_the_same(self, decision: Decision) -> bool:
        """Whether the roll has as many rows that count as the register says."""
        return self.could == decision.roll_size


@dataclass(frozen=True)
class Moved:
    """Who came or went between the opening and the close."""

    joined: Sequence[Membership]
    left: Sequence[Membership]


@dataclass(frozen=True)
class RuleChange:
    """A version of the charter that came into force in the time before the opening."""

    version: CharterVersion
    changes: tuple[Change, ...]
    decided: Named | None


@dataclass(frozen=True)
class Check:
    """Everything that the page of a check shows to one reader."""

    decision: Decision
    recount: Recount
    rule: tuple[Part, ...]
    outcome: Outcome
    moved: Moved
    rules: Sequence[RuleChange]
    entries: Sequence[Entry]
    names: bool
    options: Choosing | None = None
    """The choice counted again, where there was one."""

    @property
    def elsewhere(self) -> bool:
        """Whether nothing was counted."""
        return self.decision.method == ELSEWHERE

    @property
    def options_are_the_same(self) -> bool:
        """Whether every ballot and every round is as the register keeps it."""
        stored = json.loads(self.decision.tally).get("options")
        return self.options is not None and json.loads(json.dumps(self.options.as_data())) == stored

    @property
    def kinds(self) -> list[tuple[Kind, int, int]]:
        """Each answer that could be given: how many did, by the register and by the rows."""
        both = (self.recount.stored, self.recount.again)
        if self.options is not None:
            stored, again = both
            return [(Kind.CHOICE, stored.choice, again.choice), (Kind.NO_VIEW, stored.no_view, again.no_view)]
        stored_by, again_by = (each.by_kind() for each in both)
        return [(kind, many, again_by[kind]) for kind, many in stored_by.items()]

    @property
    def text_is_the_same(self) -> bool:
        """Whether the text still has the digest that the register and the record keep."""
        return digest(self.decision.version.text) == self.decision.digest


def check(network: Network, number: str, actor: Actor) -> Check:
    """The check of one decision; NotFound. The same number of statements for any."""
    decision = register.decision(network.id, number)
    recount = _recount(decision)
    rule = queries.rule_of(decision.version)
    options = choosing.of_version(decision.version, rule)
    return Check(
        decision,
        recount,
        () if decision.method == ELSEWHERE else parts(recount.again, recount.could, rule),
        _outcome(decision, recount, rule, options),
        _moved(decision, network),
        _rules(decision),
        _entries(decision),
        actor.is_member or actor.is_officer,
        options,
    )


def _outcome(decision: Decision, recount: Recount, rule: Rule, options: Choosing | None) -> Outcome:
    if decision.method == ELSEWHERE:
        return decision.outcome
    if options is not None:
        return ways.chosen(options.count, recount.again, recount.could, rule)
    return outcome(recount.again, recount.could, rule)


def _recount(decision: Decision) -> Recount:
    """Counted again from roll and answers, in one statement."""
    kind = type_coerce(Position.kind, String)
    query = (
        select(RollEntry.counted, kind, Position.counted, func.count(), func.count(Position.entered_by_id))
        .outerjoin(Position, Position.entry_id == RollEntry.id)
        .where(RollEntry.version_id == decision.version_id)
        .group_by(RollEntry.counted, Position.kind, Position.counted)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    again = {Kind(row[1]): row[3] for row in rows if row[2]}
    return Recount(
        could=sum(row[3] for row in rows if row[0]),
        stored=register.tally_of(decision),
        again=Tally.from_counts(again),
        silent=sum(row[3] for row in rows if row[1] is None and row[0]),
        uncounted=sum(row[3] for row in rows if row[1] is not None and not row[2]),
        entered=sum(row[4] for row in rows if row[2]),
    )


def _moved(decision: Decision, network: Network) -> Moved:
    """Memberships that began or ended while it was open, by the network's own days."""
    first, last = (_day(at, network) for at in (decision.version.opened_at, decision.decided_at))
    query = (
        select(Membership)
        .where(
            Membership.network_id == network.id,
            or_(Membership.start.between(first, last), Membership.end.between(first, last)),
        )
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Membership.start, Membership.id)
    )
    rows = db.session.scalars(query).all()
    return Moved(
        [each for each in rows if first <= each.start <= last],
        [each for each in rows if each.end is not None and first <= each.end <= last],
    )


def _day(at: datetime, network: Network) -> Any:
    return at.astimezone(ZoneInfo(network.zone)).date()


def _rules(decision: Decision) -> list[RuleChange]:
    """What changed in the charter in the 90 days before it opened, oldest first."""
    opened = decision.version.opened_at
    versions = sorted(charters.versions(decision.network_id), key=lambda each: each.number)
    recent = [(old, new) for old, new in pairwise(versions) if opened - BEFORE <= new.in_force_from <= opened]
    cited = charters.named([new.adopted_by for _old, new in recent])
    return [
        RuleChange(new, diff(charters.rules_of(old), charters.rules_of(new)), cited.get(new.adopted_by or ""))
        for old, new in recent
    ]


def _entries(decision: Decision) -> Sequence[Entry]:
    """What the record has of the proposal and the decision, but for single answers; oldest first."""
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
    """A page of those who could answer: all for members; for visitors organisations, and who may be named."""
    query = _which(_seen(decision, names), show).order_by(RollEntry.id)
    query = query.options(
        joinedload(RollEntry.person), joinedload(RollEntry.organisation), joinedload(RollEntry.position)
    )
    found = db.session.scalars(query.limit(PAGE + 1).offset((number - 1) * PAGE)).all()
    return Rows(found[:PAGE], len(found) > PAGE)


def _seen(decision: Decision, names: bool) -> Select[Any]:
    query = select(RollEntry).outerjoin(Position, Position.entry_id == RollEntry.id)
    query = query.where(RollEntry.version_id == decision.version_id)
    return query if names else query.where(or_(RollEntry.organisation_id.is_not(None), Position.named))


def _which(query: Select[Any], show: str) -> Select[Any]:
    if show == "answered":
        return query.where(Position.id.is_not(None))
    if show == "entered":
        return query.where(Position.entered_by_id.is_not(None))
    if show == "silent":
        return query.where(Position.id.is_(None))
    return query.where(Position.kind == show) if show != "roll" else query
