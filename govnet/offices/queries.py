"""Reading offices; above all the actor: what is true of a person today, from current rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select

from govnet.accounts.models import OperatorGrant, Person
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Actor, Held, Represents
from govnet.kernel.clock import today
from govnet.membership.models import Membership, MembershipState, Organisation, Representation
from govnet.offices.models import Body, Mandate, MandateNamed, Seat, Term


def actor_for(person_id: int, network: Network | None) -> Actor:
    """The person as an actor in the network now: at most four statements, whatever they hold."""
    person = db.session.execute(
        select(Person.id, Person.name, OperatorGrant.id.label("grant"))
        .outerjoin(
            OperatorGrant, and_(OperatorGrant.person_id == Person.id, OperatorGrant.ended_at.is_(None))
        )
        .where(Person.id == person_id)
    ).one()
    if network is None:
        return Actor(person_id=person.id, name=person.name, operator_grant_id=person.grant)
    day = today(network.zone)
    own, represents = _memberships(person_id, network.id, day)
    return Actor(
        person_id=person.id,
        name=person.name,
        network_id=network.id,
        membership_id=own.id if own else None,
        membership_kind=own.kind.value if own else "",
        represents=represents,
        terms=_terms(person_id, network.id, day),
        mandates=_mandates(person_id, network.id, day),
        operator_grant_id=person.grant,
    )


def _memberships(
    person_id: int, network_id: int, day: date
) -> tuple[Membership | None, tuple[Represents, ...]]:
    """Own membership, and the organisations spoken for, in one statement."""
    speaks = and_(
        Representation.organisation_id == Membership.organisation_id,
        Representation.person_id == person_id,
        Representation.start <= day,
        or_(Representation.end.is_(None), Representation.end > day),
    )
    rows = db.session.execute(
        select(Membership, Representation, Organisation.name)
        .outerjoin(Representation, speaks)
        .outerjoin(Organisation, Organisation.id == Representation.organisation_id)
        .where(
            Membership.network_id == network_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.start <= day,
            or_(Membership.end.is_(None), Membership.end > day),
            or_(Membership.person_id == person_id, Representation.id.is_not(None)),
        )
    ).all()
    own = next((m for m, _, _ in rows if m.person_id == person_id), None)
    return own, tuple(
        Represents(r.organisation_id, name, m.id, r.is_primary) for m, r, name in rows if r is not None
    )


def _terms(person_id: int, network_id: int, day: date) -> tuple[Held, ...]:
    rows = db.session.execute(
        select(Term.id, Term.body_id, Body.kind, Seat.is_chair)
        .join(Seat, Seat.id == Term.seat_id)
        .join(Body, Body.id == Term.body_id)
        .where(Body.network_id == network_id, Term.person_id == person_id, Term.start <= day, Term.end > day)
    )
    return tuple(Held(r.id, r.body_id, r.kind.value, r.is_chair) for r in rows)


def _mandates(person_id: int, network_id: int, day: date) -> tuple[Held, ...]:
    rows = db.session.execute(
        select(Mandate.id)
        .outerjoin(MandateNamed, MandateNamed.mandate_id == Mandate.id)
        .where(
            Mandate.network_id == network_id,
            Mandate.start <= day,
            Mandate.end > day,
            or_(Mandate.person_id == person_id, MandateNamed.person_id == person_id),
        )
        .distinct()
    )
    return tuple(Held(r.id) for r in rows)


def holders(network: Network, roles: tuple[str, ...]) -> list[str]:
    """The names of those who hold one of the roles ("steering", "chair", "coordinator") today, for "ask Sam"."""
    day = today(network.zone)
    names: list[str] = []
    if {"steering", "chair"} & set(roles):
        query = (
            select(Person.name)
            .join(Term, Term.person_id == Person.id)
            .join(Seat, Seat.id == Term.seat_id)
            .join(Body, Body.id == Term.body_id)
            .where(Body.network_id == network.id, Body.kind == "committee", Term.start <= day, Term.end > day)
        )
        if "steering" not in roles:
            query = query.where(Seat.is_chair)
        names += db.session.scalars(query.order_by(Seat.position)).all()
    if "coordinator" in roles:
        query = (
            select(Person.name)
            .join(MandateNamed, MandateNamed.person_id == Person.id)
            .join(Mandate, Mandate.id == MandateNamed.mandate_id)
            .where(Mandate.network_id == network.id, Mandate.start <= day, Mandate.end > day)
        )
        names += db.session.scalars(query.order_by(Person.name)).all()
    return list(dict.fromkeys(names))
