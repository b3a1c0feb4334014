"""What the home page shows of the people: how many belong, and who runs this today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from govnet.accounts.models import Person
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Body, BodyKind, Mandate, MandateNamed, Seat, Term


@dataclass(frozen=True)
class Numbers:
    """How many belong to a network today."""

    people: int
    organisations: int


def numbers(network: Network) -> Numbers:
    """Current memberships, people and organisations apart."""
    day = today(network.zone)
    query = select(func.count(Membership.person_id), func.count(Membership.organisation_id)).where(
        Membership.network_id == network.id,
        Membership.state == MembershipState.ACTIVE,
        Membership.start <= day,
        or_(Membership.end.is_(None), Membership.end > day),
    )
    return Numbers(*db.session.execute(query).one())


@dataclass(frozen=True)
class Place:
    """One seat of the committee today; `holder` is None while it is empty."""

    name: str
    chair: bool
    holder: str | None
    start: date | None
    end: date | None
    authority: str
    note: str

    @property
    def until(self) -> date | None:
        """The last day of the term."""
        return self.end and self.end - timedelta(days=1)


def places(network: Network) -> list[Place]:
    """The committee's seats in their order, with who sits there today."""
    day = today(network.zone)
    current = and_(Term.seat_id == Seat.id, Term.start <= day, Term.end > day)
    query = (
        select(Seat.name, Seat.is_chair, Person.name, Term.start, Term.end, Term.authority, Seat.vacancy_note)
        .join(Body, Body.id == Seat.body_id)
        .outerjoin(Term, current)
        .outerjoin(Person, Person.id == Term.person_id)
        .where(Body.network_id == network.id, Body.kind == BodyKind.COMMITTEE)
        .order_by(Seat.position)
    )
    return [
        Place(row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6])
        for row in db.session.execute(query)
    ]


@dataclass(frozen=True)
class Coordinator:
    """Who holds the coordinator's mandate today, who acts under it, and until when."""

    holder: str
    named: tuple[str, ...]
    start: date
    end: date
    authority: str

    @property
    def until(self) -> date:
        """The mandate's last day."""
        return self.end - timedelta(days=1)


def coordinator(network: Network) -> Coordinator | None:
    """The mandate that ends last of those in force today."""
    day = today(network.zone)
    query = (
        select(Mandate)
        .where(Mandate.network_id == network.id, Mandate.start <= day, Mandate.end > day)
        .order_by(Mandate.end.desc(), Mandate.id)
        .limit(1)
        .options(
            joinedload(Mandate.organisation),
            joinedload(Mandate.person),
            selectinload(Mandate.named).joinedload(MandateNamed.person),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        return None
    holder = (found.organisation or found.person).name  # type: ignore[union-attr]
    names = sorted(each.person.name for each in found.named)
    return Coordinator(
        holder, tuple(name for name in names if name != holder), found.start, found.end, found.authority
    )


def sisters(network: Network) -> list[Network]:
    """The networks that name this one as their parent, and the parent itself, by name."""
    query = select(Network).where(or_(Network.parent_id == network.id, Network.id == network.parent_id))
    return list(db.session.scalars(query.order_by(Network.name)))
