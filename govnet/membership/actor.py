"""The actor: a person's standing in a network today, from current rows, in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    union_all,
)

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Actor, HeldOffice, Represents
from govnet.kernel.clock import today
from govnet.kernel.statements import rows
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Body, Mandate, MandateNamed, Seat, Term
from govnet.people.models import OperatorGrant, Organisation, Person, Representation


def actor_for(person_id: int, network: Network | None) -> Actor:
    """The person as an actor in the network now, in two statements."""
    row = db.session.execute(
        select(Person.name, OperatorGrant.id)
        .outerjoin(
            OperatorGrant, and_(OperatorGrant.person_id == Person.id, OperatorGrant.ended_at.is_(None))
        )
        .where(Person.id == person_id)
    ).one()
    return actor_of(person_id, row.name, row.id, network)


def actor_in(person_id: int, network_id: int) -> Actor:
    """The person as an actor in the network with that number."""
    return actor_for(person_id, db.session.get_one(Network, network_id))


def actor_of(person_id: int, name: str, grant_id: int | None, network: Network | None) -> Actor:
    """The actor of somebody whose name and operator's grant are known: one statement, whatever they hold."""
    if network is None:
        return Actor(person_id=person_id, name=name, operator_grant_id=grant_id)
    asked = {"person": person_id, "network": network.id, "day": today(network.zone)}
    held: dict[str, list[Row[Any]]] = {
        kind: [] for kind in ("own", "speaks", "term", "mandate", "voice", "peer")
    }
    for row in rows(_HOLDINGS, asked):
        held[row.what].append(row)
    own = held["own"][0] if held["own"] else None
    return Actor(
        person_id=person_id,
        name=name,
        network_id=network.id,
        membership_id=own.id if own else None,
        membership_kind=own.kind if own else "",
        represents=tuple(Represents(r.other, r.words, r.id, bool(r.flag)) for r in held["speaks"]),
        terms=tuple(HeldOffice(r.id, r.other, r.kind, bool(r.flag)) for r in held["term"]),
        mandates=tuple(HeldOffice(r.id) for r in held["mandate"]),
        speaks_for=frozenset(r.id for r in held["voice"]),
        alone=bool(held["term"] or held["mandate"]) and not held["peer"],
        operator_grant_id=grant_id,
    )


_PERSON = bindparam("person", type_=Integer)


_NETWORK = bindparam("network", type_=Integer)


_DAY = bindparam("day", type_=Date)


def _holding(
    what: ColumnElement[str], identity: Any, other: Any, kind: Any, words: Any, flag: Any
) -> Select[Any]:
    """One row of the union: the holding, its id, its place or party, its kind, a name, and a flag."""
    return select(
        what.label("what"), identity.label("id"), cast(other, BigInteger).label("other"), cast(kind, String).label("kind"),
        cast(words, String).label("words"), flag.label("flag"),
    )  # fmt: skip


def _belonging() -> ColumnElement[bool]:
    return and_(
        Membership.network_id == _NETWORK,
        Membership.state == MembershipState.ACTIVE,
        Membership.start <= _DAY,
        or_(Membership.end.is_(None), Membership.end > _DAY),
    )


def _own() -> Select[Any]:
    """Their own membership."""
    row = _holding(literal("own"), Membership.id, null(), Membership.kind, null(), false())
    return row.where(Membership.person_id == _PERSON, _belonging())


def _spoken_for() -> Select[Any]:
    """The memberships of organisations that they speak for."""
    return (
        _holding(
            literal("speaks"),
            Membership.id,
            Membership.organisation_id,
            Membership.kind,
            Organisation.name,
            Representation.is_primary,
        )
        .select_from(Representation)
        .join(Membership, Membership.organisation_id == Representation.organisation_id)
        .join(Organisation, Organisation.id == Representation.organisation_id)
        .where(_speaking(), _belonging())
    )


def _speaking() -> ColumnElement[bool]:
    return and_(
        Representation.person_id == _PERSON,
        Representation.start <= _DAY,
        or_(Representation.end.is_(None), Representation.end > _DAY),
    )


def _terms() -> Select[Any]:
    return (
        _holding(literal("term"), Term.id, Term.body_id, Body.kind, null(), Seat.is_chair)
        .select_from(Term)
        .join(Seat, Seat.id == Term.seat_id)
        .join(Body, Body.id == Term.body_id)
        .where(Body.network_id == _NETWORK, Term.person_id == _PERSON, Term.start <= _DAY, Term.end > _DAY)
    )


def _mandates() -> Select[Any]:
    named = select(MandateNamed.mandate_id).where(MandateNamed.person_id == _PERSON)
    return (
        _holding(literal("mandate"), Mandate.id, null(), null(), null(), false())
        .select_from(Mandate)
        .where(
            Mandate.network_id == _NETWORK,
            Mandate.start <= _DAY,
            Mandate.end > _DAY,
            or_(Mandate.person_id == _PERSON, Mandate.id.in_(named)),
        )
    )


def _voices() -> Select[Any]:
    """Every organisation that they speak for, whether it belongs here or not."""
    row = _holding(literal("voice"), Representation.organisation_id, null(), null(), null(), false())
    return row.where(_speaking())


def _peer() -> Select[Any]:
    """One row where somebody else holds an office here."""
    terms = (
        select(Term.id)
        .join(Seat, Seat.id == Term.seat_id)
        .join(Body, Body.id == Seat.body_id)
        .where(Body.network_id == _NETWORK, Term.person_id != _PERSON, Term.start <= _DAY, Term.end > _DAY)
    )
    current = (Mandate.network_id == _NETWORK, Mandate.start <= _DAY, Mandate.end > _DAY)
    holders = select(Mandate.id).where(*current, Mandate.person_id != _PERSON)
    named = select(MandateNamed.mandate_id).join(Mandate, Mandate.id == MandateNamed.mandate_id)
    others = named.where(*current, MandateNamed.person_id != _PERSON)
    return _holding(literal("peer"), literal(0), null(), null(), null(), false()).where(
        or_(terms.exists(), holders.exists(), others.exists())
    )


_HOLDINGS = union_all(_own(), _spoken_for(), _terms(), _mandates(), _voices(), _peer())
"""Built once: every request asks it."""
