"""Where a person belongs today, network by network: by memberships, by organisations, and by offices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.membership.models import ENDED, NOT_ENDED, Membership, MembershipState
from govnet.offices.models import Body, Mandate, MandateNamed, Term
from govnet.people.models import Organisation, Representation
from govnet.record.events import Visibility


def belongings(person_id: int) -> Sequence[Belonging]:
    """Each network in which she has something, by name: one statement."""
    held = union_all(*_own(person_id), _offices(person_id), _mandates(person_id)).subquery()
    query = (
        select(Network, held).join(held, held.c.network_id == Network.id).order_by(Network.name, Network.id)
    )
    by_network: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(query):
        by_network[row.Network.id].append(row)
    found = (_belonging(rows) for rows in by_network.values())
    return [place for place in found if place is not None]


def _belonging(rows: Sequence[Row[Any]]) -> Belonging | None:
    network = rows[0].Network
    day = today(network.zone)
    current = [row for row in rows if row.start <= day and (row.end is None or row.end > day)]
    roles = tuple(dict.fromkeys(row.role for row in current))
    if not current:
        return None
    return Belonging(
        network=network,
        member="member" in roles or "representative" in roles or "observer" in roles,
        officer=bool(set(roles) & set(_OFFICES)),
        since=min((row.start for row in current if row.role not in _OFFICES), default=None),
        roles=roles,
        organisations=tuple(dict.fromkeys(row.words for row in current if row.words)),
        membership_id=next((row.own_id for row in current if row.own_id), None),
    )


def _row(
    network_id: Any, role: ColumnElement[str], start: Any, end: Any, words: Any, own_id: Any = None
) -> Select[Any]:
    return select(
        network_id.label("network_id"), role.label("role"), start.label("start"), end.label("end"),
        cast(words, String).label("words"), cast(null() if own_id is None else own_id, BigInteger).label("own_id"),
    )  # fmt: skip


def _own(person_id: int) -> tuple[Select[Any], Select[Any]]:
    """Her own memberships, by state where they give no rights; and those of organisations that she speaks for."""
    role = case(
        (Membership.state != MembershipState.ACTIVE, cast(Membership.state, String)),
        (Membership.kind == "observer", literal("observer")),
        else_=literal("member"),
    )
    own = _row(Membership.network_id, role, Membership.start, Membership.end, null(), Membership.id).where(
        Membership.person_id == person_id, Membership.state.not_in(ENDED)
    )
    speaks = and_(
        Representation.organisation_id == Membership.organisation_id, Representation.person_id == person_id
    )
    spoken = (
        _row(
            Membership.network_id,
            literal("representative"),
            Representation.start,
            Representation.end,
            Organisation.name,
        )
        .select_from(Membership)
        .join(Representation, speaks)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.state == MembershipState.ACTIVE, Membership.end.is_(None))
    )
    return own, spoken


def _offices(person_id: int) -> Select[Any]:
    return (
        _row(Body.network_id, literal("steering"), Term.start, Term.end, null())
        .select_from(Term)
        .join(Body, Body.id == Term.body_id)
        .where(Term.person_id == person_id, Body.kind == "committee")
    )


def _mandates(person_id: int) -> Select[Any]:
    named = select(MandateNamed.mandate_id).where(MandateNamed.person_id == person_id)
    return _row(Mandate.network_id, literal("coordinator"), Mandate.start, Mandate.end, null()).where(
        or_(Mandate.person_id == person_id, Mandate.id.in_(named))
    )


def networks_of(person_id: int) -> Sequence[Network]:
    """The networks of which the person, or an organisation they speak for, is a member; by name."""
    spoken = select(Representation.organisation_id).where(
        Representation.person_id == person_id, Representation.end.is_(None)
    )
    here = select(Membership.network_id).where(Membership.end.is_(None), Membership.state.in_(NOT_ENDED))
    own = here.where(Membership.person_id == person_id)
    member = own.union(here.where(Membership.organisation_id.in_(spoken)))
    return db.session.scalars(select(Network).where(Network.id.in_(member)).order_by(Network.name)).all()


_OFFICES = ("steering", "coordinator")


@dataclass(frozen=True)
class Belonging:
    """Somebody's place in one network today."""

    network: Any
    member: bool
    """Has rights there by a membership of her own, or speaks for an organisation that has."""
    officer: bool
    since: date | None
    roles: tuple[str, ...] = ()
    """One of the record's words: member, representative, steering, chair, coordinator, observer, found, lapsed."""
    organisations: tuple[str, ...] = ()
    membership_id: int | None = None
    """Her own membership, in whatever state, while it has no end."""

    @property
    def has_membership(self) -> bool:
        """A membership of her own, in whatever state, or of an organisation that she speaks for."""
        return bool(set(self.roles).difference(_OFFICES))

    @property
    def seen(self) -> frozenset[Visibility]:
        """Which entries of the record she may read."""
        members = {Visibility.MEMBERS} if self.member or self.officer else set()
        return frozenset({Visibility.PUBLIC, *members, *({Visibility.COMMITTEE} if self.officer else ())})
