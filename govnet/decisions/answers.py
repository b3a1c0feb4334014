"""Reading answers as a page shows them: all the numbers, and the first of the names, whatever thousands answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from govnet.accounts.models import Person
from govnet.decisions.beside import ReasonReply
from govnet.decisions.models import Position, RollEntry
from govnet.decisions.rules import FIVE, Kind, Tally
from govnet.extensions import db
from govnet.membership.models import Membership, MembershipState

ORDER = (Kind.BLOCK, Kind.STAND_ASIDE, Kind.RESERVATIONS, Kind.AGREE, Kind.NO_VIEW, Kind.CHOICE)
WORRIES = (Kind.BLOCK, Kind.STAND_ASIDE, Kind.RESERVATIONS, Kind.CHOICE)
A_PAGE = 40
"""Names, and so reasons, of each kind of answer that a page shows at once; the check of a decision lists all."""


@dataclass(frozen=True)
class Shown:
    """An answer as a page shows it."""

    position: Position
    entry: RollEntry
    left: bool
    reply: ReasonReply | None = None
    """What the proposer says to the reason."""
    entered_by: str = ""
    """Who wrote it down, where that was somebody else: for those who may see names; empty once the name was removed."""

    @property
    def organisation(self) -> bool:
        """Whether an organisation said it."""
        return self.entry.organisation_id is not None


@dataclass(frozen=True)
class Many:
    """How many gave one kind of answer."""

    counted: int = 0
    nameable: int = 0
    """With a name beside it for everybody: organisations, and people who said so."""
    given: int = 0
    reasons: int = 0
    public_reasons: int = 0
    entered: int = 0
    """Of those that count, how many somebody else wrote down."""


@dataclass(frozen=True)
class Answers:
    """What was answered to one version: numbers of all, and the first of each kind, reasons first."""

    many: Mapping[Kind, Many] = field(default_factory=dict)
    first: Sequence[Shown] = ()

    @property
    def tally(self) -> Tally:
        """Those that count."""
        return Tally(*(self.of(kind).counted for kind in (*FIVE, Kind.CHOICE)))

    def of(self, kind: Kind) -> Many:
        """The numbers of one kind."""
        return self.many.get(kind, Many())

    @property
    def entered(self) -> int:
        """How many of those that count were entered for somebody."""
        return sum(each.entered for each in self.many.values())

    def reasons(self, *, public: bool) -> int:
        """How many reasons were given beside worries, or how many of them everybody may read."""
        found = (self.of(kind) for kind in WORRIES)
        return sum(each.public_reasons if public else each.reasons for each in found)


def answers(
    version_ids: Collection[int], *, public: bool = False, most: int | None = A_PAGE
) -> dict[int, Answers]:
    """The answers to some versions, in one statement: `most` of each kind (None: all), Stops first.

    With `public` only those with a name beside them for everybody are among the first; the numbers are always all.
    """
    found: dict[int, dict[Kind, Many]] = defaultdict(dict)
    shown: dict[int, list[Shown]] = defaultdict(list)
    for row in db.session.execute(_ranked(version_ids, public, most)):
        position: Position = row[0]
        found[position.version_id][position.kind] = Many(*(int(number) for number in row[4:10]))
        if row.rank <= (most or row.rank) and not (public and not row.open_name):
            left = row[2] is not None and (row[2] is not MembershipState.ACTIVE or row[3] is not None)
            shown[position.version_id].append(Shown(position, row[1], left, row[-2], row.entered_by or ""))
    for each in shown.values():
        each.sort(key=lambda one: ORDER.index(one.position.kind))
    return {key: Answers(found[key], shown[key]) for key in version_ids}


def _ranked(version_ids: Collection[int], public: bool, most: int | None) -> Select[Any]:
    """Each answer with whose it is, the numbers of its kind, and its place among them."""
    inner = _numbered(version_ids, public).subquery()
    row, entry, enterer = aliased(Position), aliased(RollEntry), aliased(Person)
    numbers = [inner.c[name] for name in (*_NUMBERS, "rank", "open_name")]
    query = (
        select(
            row,
            entry,
            Membership.state,
            Membership.end,
            *numbers,
            ReasonReply,
            enterer.name.label("entered_by"),
        )
        .join(inner, inner.c.id == row.id)
        .join(entry, entry.id == row.entry_id)
        .outerjoin(Membership, Membership.id == entry.membership_id)
        .outerjoin(ReasonReply, and_(ReasonReply.entry_id == row.entry_id, ReasonReply.answers_at == row.at))
        .outerjoin(enterer, enterer.id == row.entered_by_id)
        .options(joinedload(entry.person), joinedload(entry.organisation))
        .order_by(row.at, row.id)
    )
    return query.where(inner.c.rank <= most) if most else query


_OPEN_NAME = or_(RollEntry.organisation_id.is_not(None), Position.named)
_REASON = Position.reason != ""
_NUMBERS = {
    "counted": Position.counted,
    "nameable": _OPEN_NAME,
    "given": Position.id.is_not(None),
    "reasons": _REASON,
    "public_reasons": and_(_REASON, _OPEN_NAME),
    "entered": and_(Position.entered_by_id.is_not(None), Position.counted),
}


def _numbered(version_ids: Collection[int], public: bool) -> Select[Any]:
    """Each position's place among those of its kind, reasons first, and the numbers of the whole kind."""
    alike = (Position.version_id, Position.kind)
    first = [cast(_OPEN_NAME, Integer).desc()] if public else []
    order = [*first, cast(_REASON, Integer).desc(), Position.at, Position.id]
    numbers = [
        func.sum(cast(what, Integer)).over(partition_by=alike).label(name) for name, what in _NUMBERS.items()
    ]
    rank = func.row_number().over(partition_by=alike, order_by=order).label("rank")
    return (
        select(Position.id.label("id"), rank, *numbers, cast(_OPEN_NAME, Integer).label("open_name"))
        .join(RollEntry, RollEntry.id == Position.entry_id)
        .where(Position.version_id.in_(version_ids))
    )
