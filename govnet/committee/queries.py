"""Reading the committee: its places, who holds them, and who held them before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.charter.models import Network
from govnet.charter.queries import Named, named
from govnet.committee.rules import HeldTerm
from govnet.extensions import db
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import today
from govnet.offices.models import Body, BodyKind, Seat, Term
from govnet.offices.rules import OfficeStage, stage


@dataclass(frozen=True, slots=True)
class Holding:
    """A term as pages show it."""

    term: Term
    stage: OfficeStage
    decision: Named | None
    ended_by: Named | None = None

    @property
    def holder(self) -> str:
        """The name, or the label for a removed one."""
        return self.term.person.name or _("somebody whose name was removed")

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.term.end - DAY


@dataclass(slots=True)
class SeatView:
    """A seat with its holder of today, who comes next, and who was there before."""

    seat: Seat
    now: Holding | None = None
    next: list[Holding] = field(default_factory=list)
    before: list[Holding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Committee:
    """The committee today; `body` is None where there is none."""

    body: Body | None
    places: Sequence[SeatView] = ()

    @property
    def empty(self) -> int:
        """How many places nobody holds."""
        return sum(place.now is None for place in self.places)

    @property
    def counts(self) -> Counter[str]:
        """How many places there are for each constituency."""
        return Counter(place.seat.constituency.value for place in self.places)

    @property
    def earlier(self) -> list[tuple[SeatView, Holding]]:
        """Every term that is over, the newest first."""
        over = [(place, holding) for place in self.places for holding in place.before]
        return sorted(over, key=lambda pair: (pair[1].term.end, pair[1].term.id), reverse=True)


def committee(network: Network) -> Committee:
    """The whole committee in four statements, however many sit on it."""
    body = db.session.scalar(
        select(Body).where(Body.network_id == network.id, Body.kind == BodyKind.COMMITTEE)
    )
    if body is None:
        return Committee(None)
    seats = db.session.scalars(select(Seat).where(Seat.body_id == body.id).order_by(Seat.position)).all()
    query = select(Term).where(Term.body_id == body.id).options(joinedload(Term.person)).order_by(Term.start)
    terms = db.session.scalars(query).all()
    cited = named({t.authority for t in terms} | {t.end_authority for t in terms})
    held = _by_seat(terms, cited, today(network.zone))
    return Committee(body, [_place(seat, held[seat.id]) for seat in seats])


def _by_seat(terms: Sequence[Term], cited: Mapping[str, Named], day: date) -> Mapping[int, list[Holding]]:
    found: dict[int, list[Holding]] = defaultdict(list)
    for t in terms:
        found[t.seat_id].append(
            Holding(t, stage(t.start, t.end, day), cited.get(t.authority), cited.get(t.end_authority))
        )
    return found


def _place(seat: Seat, holdings: Sequence[Holding]) -> SeatView:
    place = SeatView(seat)
    for holding in holdings:
        if holding.stage is OfficeStage.SERVING:
            place.now = holding
        elif holding.stage is OfficeStage.TO_COME:
            place.next.append(holding)
        elif holding.term.start < holding.term.end:
            place.before.append(holding)
    return place


def term_whole(term_id: int) -> Term:
    """A term with its person and seat."""
    query = select(Term).where(Term.id == term_id).options(joinedload(Term.person), joinedload(Term.seat))
    return db.session.scalars(query).one()


def held_by(body_id: int, person_id: int) -> list[HeldTerm]:
    """Every term that the person was given in the body."""
    query = select(Term.start, Term.end).where(Term.body_id == body_id, Term.person_id == person_id)
    return [HeldTerm(start, end) for start, end in db.session.execute(query)]


def vacant_until(seat: Seat) -> date | None:
    """Of a place whose last term was cut short: before which day it was to end. None of one that is held or ran out."""
    query = select(Term.given_until).where(Term.seat_id == seat.id).order_by(Term.end.desc(), Term.id.desc())
    return db.session.scalar(query.limit(1))


def numbers(body_id: int) -> tuple[Counter[str], int]:
    """How many places there are for each constituency, and the last one's position."""
    query = select(Seat.constituency, Seat.position).where(Seat.body_id == body_id)
    rows = db.session.execute(query).all()
    counts = Counter(kind.value for kind, _position in rows)
    return counts, max((position for _kind, position in rows), default=0)
