"""Reading who belongs: members, numbers, the voting roll, and what somebody's own membership is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import joinedload

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.clock import today
from govnet.kernel.statements import chunks
from govnet.membership.models import ENDED, Membership, MembershipKind, MembershipState
from govnet.people.addresses import MailWish, Owner
from govnet.people.models import Organisation, Person, PersonEmail, Representation

ASK_FOUND_AGAIN = timedelta(days=8)
"""After so long a silence somebody from an old list is asked once more, and never again."""
PAGE = 200
"""Members on one page."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many belong today; people and organisations are on the roll, observers and those found are not."""

    people: int
    organisations: int
    observers: int
    found: int
    """On the old list, not confirmed yet."""

    @property
    def members(self) -> int:
        """Those on the roll."""
        return self.people + self.organisations


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A membership that has a voice today, and the name of the party."""

    membership_id: int
    kind: MembershipKind
    name: str
    person_id: int | None
    organisation_id: int | None
    named_in_public: bool


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member as a list shows one."""

    name: str
    kind: MembershipKind
    since: date
    named_in_public: bool


def current(day: date) -> ColumnElement[bool]:
    """Memberships that give rights on that day: active, begun, not ended."""
    return and_(
        Membership.state == MembershipState.ACTIVE,
        Membership.start <= day,
        or_(Membership.end.is_(None), Membership.end > day),
    )


def counts(network_id: int) -> Counts:
    """How many belong to the network today, in one statement."""
    day = _day(network_id)
    query = (
        select(Membership.kind, Membership.state, func.count())
        .where(
            Membership.network_id == network_id,
            or_(current(day), Membership.state == MembershipState.FOUND),
        )
        .group_by(Membership.kind, Membership.state)
    )
    by = {(kind, state): number for kind, state, number in db.session.execute(query)}
    active = {kind: by.get((kind, MembershipState.ACTIVE), 0) for kind in MembershipKind}
    found = sum(by.get((kind, MembershipState.FOUND), 0) for kind in MembershipKind)
    return Counts(
        active[MembershipKind.INDIVIDUAL],
        active[MembershipKind.ORGANISATION],
        active[MembershipKind.OBSERVER],
        found,
    )


def roll(network_id: int) -> list[OnRoll]:
    """The memberships on the voting roll today (active and confirmed, no observers), by the party's name."""
    query = _parties(network_id, _day(network_id)).where(Membership.kind != MembershipKind.OBSERVER)
    rows = db.session.execute(query).all()
    return [
        OnRoll(m.id, m.kind, person or organisation, m.person_id, m.organisation_id, m.named_in_public)
        for m, person, organisation in rows
    ]


def _day(network_id: int) -> date:
    return today(db.session.get_one(Network, network_id).zone)


def _parties(network_id: int, day: date) -> Select[Membership, str, str]:
    """Current memberships with the party's name, by it."""
    name = func.coalesce(Person.name, Organisation.name)
    return (
        select(Membership, Person.name, Organisation.name)
        .outerjoin(Person, Person.id == Membership.person_id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.network_id == network_id, current(day))
        .order_by(func.lower(name), Membership.id)
    )


def listed_people(network: Network, *, named_only: bool, page: int = 1) -> list[ListedMember]:
    """One page of the people who belong today, by name; for the public only those who agreed to be named."""
    query = _parties(network.id, today(network.zone)).where(Membership.person_id.is_not(None))
    if named_only:
        query = query.where(Membership.named_in_public)
    rows = db.session.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return [ListedMember(person, m.kind, m.start, m.named_in_public) for m, person, _organisation in rows]


def own_memberships(person_id: int, network_id: int) -> Sequence[Membership]:
    """The person's memberships in the network, and those of organisations they speak for; newest first."""
    speaks = select(Representation.organisation_id).where(
        Representation.person_id == person_id, Representation.end.is_(None)
    )
    own = select(Membership.id)
    spoken = own.where(Membership.organisation_id.in_(speaks))
    query = (
        select(Membership)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .where(
            Membership.network_id == network_id,
            Membership.id.in_(union(own.where(Membership.person_id == person_id), spoken)),
        )
        .order_by(Membership.organisation_id.is_not(None), Membership.id.desc())
    )
    return db.session.scalars(query).all()


def held_still(membership_id: int) -> bool:
    """Whether the membership is there; if so it is locked until the transaction ends."""
    query = select(Membership.id).where(Membership.id == membership_id).with_for_update()
    return db.session.scalar(query) is not None


def with_party(membership_id: int) -> Membership | None:
    """The membership with its person, organisation and network."""
    query = select(Membership).options(
        joinedload(Membership.person), joinedload(Membership.organisation), joinedload(Membership.network)
    )
    return db.session.scalar(query.where(Membership.id == membership_id))


def name_of(membership: Membership) -> str:
    """The party's name."""
    party = membership.person or membership.organisation
    return party.name if party else ""


def sentences(membership: Membership) -> list[str]:
    """The criteria agreed to when joining."""
    return list(json.loads(membership.answers))


def found_to_ask(*only: ColumnElement[bool], limit: int) -> Sequence[int]:
    """Memberships from an old list whose people are to be asked to confirm, or asked once more; oldest first."""
    query = select(Membership.id).where(
        Membership.state == MembershipState.FOUND,
        Membership.end.is_(None),
        *only,
        or_(
            Membership.asked_at.is_(None),
            and_(
                Membership.asked_at <= clock.now() - ASK_FOUND_AGAIN, Membership.renewal_reminded_at.is_(None)
            ),
        ),
    )
    return db.session.scalars(query.order_by(Membership.id).limit(limit)).all()


def left(network_id: int, whose: Mapping[str, Owner | None]) -> dict[str, MailWish]:
    """Which of these addresses are of people who left the network, or were removed; for `people.addresses.wishes`."""
    people = {owner.person_id: address for address, owner in whose.items() if owner is not None}
    found = set[int | None]()
    for some in chunks(sorted(people)):
        query = select(Membership.person_id, Membership.state, Membership.end).where(
            Membership.network_id == network_id, Membership.person_id.in_(some)
        )
        rows = db.session.execute(query).all()
        belongs = {person_id for person_id, _state, end in rows if end is None}
        found |= {person_id for person_id, state, _end in rows if state in ENDED} - belongs
    return {people[person_id]: MailWish.LEFT for person_id in found if person_id is not None}


def address_to_ask(membership: Membership) -> PersonEmail | None:
    """The address for the holder of the membership: the person, or the one who speaks for the organisation."""
    query = select(PersonEmail).options(joinedload(PersonEmail.person)).where(PersonEmail.main)
    if membership.person_id is not None:
        query = query.where(PersonEmail.person_id == membership.person_id)
    else:
        speaks = (
            Representation.organisation_id == membership.organisation_id,
            Representation.is_primary,
            Representation.end.is_(None),
        )
        query = query.join(Representation, Representation.person_id == PersonEmail.person_id).where(*speaks)
    return db.session.scalar(query.order_by(PersonEmail.verified_at.is_(None), PersonEmail.id).limit(1))
