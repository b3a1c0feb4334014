"""The content of the home and About pages apart from the people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.kernel.statements import another
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.offices.models import Body, BodyKind, Mandate, MandateNamed, Seat, Term
from govnet.people.models import Organisation, Person

SOON = timedelta(days=120)
"""How far ahead "Coming up" looks."""


def sisters(network: Network) -> list[Network]:
    """The networks that name this one as their parent, and the parent itself, by name."""
    query = select(Network).where(or_(Network.parent_id == network.id, Network.id == network.parent_id))
    return list(db.session.scalars(query.order_by(Network.name)))


@dataclass(frozen=True)
class Coming:
    """Something with a day before it: what happens, and on which day."""

    day: date
    words: str
    url: str = ""


def coming_up(network: Network, people: People, limit: int = 3) -> list[Coming]:
    """The next ends of terms and of the mandate within four months, soonest first."""
    latest = today(network.zone) + SOON
    found = [Coming(p.until, _last_day(p)) for p in people.places if p.holder and p.until]
    if people.coordinator and people.coordinator.until:
        found.append(Coming(people.coordinator.until, _("Last day of the coordinator’s mandate")))
    return sorted((c for c in found if c.day <= latest), key=lambda c: c.day)[:limit]


def _last_day(place: OfficeToday) -> str:
    words = _("Last day of %(name)s’s term on the committee (%(place)s)", name=place.holder, place=place.name)
    return str(words)


@dataclass(frozen=True)
class OfficeToday:
    """One seat of the committee, or the coordinator's mandate, today; `holder` is empty while a seat is."""

    name: str
    holder: str
    start: date | None
    end: date | None
    authority: str
    note: str = ""
    named: tuple[str, ...] = ()

    @property
    def until(self) -> date | None:
        """The last day."""
        return self.end and self.end - timedelta(days=1)


@dataclass(frozen=True)
class People:
    """The members, counted, and the people who run this."""

    members: int = 0
    organisations: int = 0
    places: list[OfficeToday] = field(default_factory=list)
    coordinator: OfficeToday | None = None

    @property
    def nobody(self) -> bool:
        """Whether nobody belongs and nobody holds an office: then nobody could answer an application."""
        offices = [*self.places, *([self.coordinator] if self.coordinator else [])]
        return not (self.members or self.organisations or any(place.holder for place in offices))

    @property
    def authorities(self) -> set[str]:
        """The decisions by which they hold their offices, as "decision:<id>"."""
        held = [*self.places, *([self.coordinator] if self.coordinator else [])]
        return {place.authority for place in held if place.holder and place.authority}


def people(network: Network) -> People:
    """The people of a network today."""
    rows = db.session.execute(_everybody(), {"network": network.id, "day": today(network.zone)}).all()
    many = next(row for row in rows if row.what == "numbers")
    seats = [
        OfficeToday(r.name, r.holder or "", r.start, r.end, r.authority or "", r.note or "")
        for r in rows
        if r.what == "seat"
    ]
    return People(many.place, many.other, seats, _mandate([row for row in rows if row.what == "mandate"]))


@cache
def _everybody() -> Any:
    """All of them in one statement, built once: every home page asks it."""
    network, day = bindparam("network", type_=BigInteger), bindparam("day", type_=Date)
    parts = (part(network, day) for part in (_numbers, _seats, _mandates))
    return union_all(*parts).order_by("what", "place", "holder")


_COLUMNS: dict[str, Any] = {
    "place": Integer, "other": Integer, "name": String, "holder": String, "start": Date, "end": Date,
    "authority": String, "note": Text,
}  # fmt: skip


def _mandate(rows: list[Any]) -> OfficeToday | None:
    """The mandate that ends last; each of its rows names one of those who act under it."""
    if not rows:
        return None
    first = max(rows, key=lambda row: (row.end, row.place))
    names = tuple(
        row.note for row in rows if row.place == first.place and row.note and row.note != first.holder
    )
    return OfficeToday("", first.holder, first.start, first.end, first.authority, named=names)


def _row(what: str, **columns: Any) -> Any:
    """One part of the union; columns that are not given are null, of their type."""
    chosen = ((name, columns.get(name, cast(null(), kind))) for name, kind in _COLUMNS.items())
    return select(literal(what).label("what"), *(column.label(name) for name, column in chosen))


def _numbers(network_id: Any, day: Any) -> Any:
    organisation = Membership.kind == MembershipKind.ORGANISATION
    people, organisations = (func.count(case((which, 1))) for which in (~organisation, organisation))
    return _row("numbers", place=people, other=organisations).where(
        Membership.network_id == network_id,
        Membership.state == MembershipState.ACTIVE,
        Membership.start <= day,
        or_(Membership.end.is_(None), Membership.end > day),
    )


def _seats(network_id: Any, day: Any) -> Any:
    current = and_(Term.seat_id == Seat.id, Term.start <= day, Term.end > day)
    return (
        _row("seat", place=Seat.position, name=Seat.name, holder=Person.name, start=Term.start, end=Term.end,
             authority=Term.authority, note=Seat.vacancy_note)
        .select_from(Seat)
        .join(Body, Body.id == Seat.body_id)
        .outerjoin(Term, current)
        .outerjoin(Person, Person.id == Term.person_id)
        .where(Body.network_id == network_id, Body.kind == BodyKind.COMMITTEE)
    )  # fmt: skip


def _mandates(network_id: Any, day: Any) -> Any:
    holder = func.coalesce(Organisation.name, Person.name)
    acting = another(Person, "acting")
    return (
        _row("mandate", place=Mandate.id, holder=holder, start=Mandate.start, end=Mandate.end,
             authority=Mandate.authority, note=acting.name)
        .select_from(Mandate)
        .outerjoin(Organisation, Organisation.id == Mandate.organisation_id)
        .outerjoin(Person, Person.id == Mandate.person_id)
        .outerjoin(MandateNamed, MandateNamed.mandate_id == Mandate.id)
        .outerjoin(acting, acting.id == MandateNamed.person_id)
        .where(Mandate.network_id == network_id, Mandate.start <= day, Mandate.end > day)
    )  # fmt: skip
