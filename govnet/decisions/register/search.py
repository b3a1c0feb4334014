"""Finding decisions in the register: what a reader wants to see of it, a page at a time, at the cost of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, not_, or_, select, union_all

from govnet.decisions.models import Decision
from govnet.decisions.register import succession
from govnet.decisions.register.models import DecisionCounter
from govnet.decisions.rules.in_force import DecisionState
from govnet.decisions.rules.outcome import ADOPTED
from govnet.extensions import db
from govnet.forum.models import Topic

PAGE = 30


@dataclass(frozen=True)
class Filter:
    """The reader's filter for the register; empty means everything. All of its conditions must hold."""

    year: int | None = None
    topic: int | None = None
    matter: str = ""
    method: str = ""
    outcome: str = ""
    door: str = ""
    state: str = ""

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return self != Filter()

    def asked(self) -> dict[str, Any]:
        """The query string of every page of this list."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        """The same as SQL."""
        columns = {
            Decision.year: self.year,
            Decision.topic_id: self.topic,
            Decision.matter: self.matter,
            Decision.method: self.method,
            Decision.outcome: self.outcome,
            Decision.door: self.door,
        }
        plain = [column == value for column, value in columns.items() if value]
        return [*plain, in_state(DecisionState(self.state), today)] if self.state else plain


def in_state(state: DecisionState, today: date) -> ColumnElement[bool]:
    """The value of `in_force.state_of`, as SQL."""
    replaced = succession.replaced(today)
    ended = and_(Decision.trial_until.is_not(None), Decision.trial_until <= today)
    lasts = or_(Decision.trial_until.is_(None), Decision.trial_until > today)
    adopted = Decision.outcome.in_(ADOPTED)
    return {
        DecisionState.NOT_ADOPTED: Decision.outcome.not_in(ADOPTED),
        DecisionState.REPLACED: and_(adopted, replaced),
        DecisionState.ENDED: and_(adopted, ended, not_(replaced)),
        DecisionState.IN_FORCE: and_(adopted, lasts, not_(replaced)),
    }[state]


@dataclass(frozen=True)
class Found:
    """One page of the register, and how many there are."""

    decisions: Sequence[Decision]
    total: int
    number: int
    pages: int


def found(network_id: int, wanted: Filter, today: date, *, total: int, number: int = 1) -> Found:
    """A page of the register, newest first; a number past the end is the last page.

    `total` is how many there are without a filter; with one they are counted, in an index.
    """
    conditions, size = [Decision.network_id == network_id, *wanted.conditions(today)], PAGE
    if wanted.any:
        query = select(func.count()).select_from(Decision).where(*conditions)
        total = db.session.scalar(query) or 0
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    rows = succession.read(page_query(conditions, offset=(number - 1) * size, size=size))
    rows = sorted(rows, key=lambda each: (each.year, each.serial), reverse=True)
    return Found(rows, total, number, pages)


def page_query(conditions: Sequence[ColumnElement[bool]], *, offset: int, size: int) -> Select[int]:
    """A page's ids in the order of an index, so that only the rows before it and the page itself are read."""
    return select(Decision.id).where(*conditions).order_by(*_NEWEST_FIRST).limit(size).offset(offset)


def lately(network_id: int, limit: int = 3) -> Sequence[Decision]:
    """The newest decisions."""
    query = select(Decision).where(Decision.network_id == network_id)
    return db.session.scalars(query.order_by(*_NEWEST_FIRST).limit(limit)).all()


_NEWEST_FIRST = (Decision.year.desc(), Decision.serial.desc())


@dataclass(frozen=True)
class RegisterChoices:
    """The years of the register, newest first, with how many decisions each has; and the topics they came from."""

    years: Sequence[tuple[int, int]]
    topics: Sequence[tuple[int, str]]

    @property
    def total(self) -> int:
        """How many decisions there are: the numbers have no gaps."""
        return sum(last for _year, last in self.years)


def choices(network_id: int, seen: Sequence[str]) -> RegisterChoices:
    """The filters of the register, in one statement; of topics those that the reader may see."""
    came = exists().where(Decision.network_id == network_id, Decision.topic_id == Topic.id)
    years = select(
        literal("").label("title"), DecisionCounter.year.label("key"), DecisionCounter.last.label("last")
    ).where(DecisionCounter.network_id == network_id)
    topics = select(Topic.title, Topic.id, literal(0)).where(
        Topic.network_id == network_id, Topic.visibility.in_(seen), came
    )
    rows = db.session.execute(union_all(years, topics)).all()
    return RegisterChoices(
        sorted(((row.key, row.last) for row in rows if row.last), reverse=True),
        sorted(((row.key, row.title) for row in rows if not row.last), key=lambda each: each[1]),
    )
