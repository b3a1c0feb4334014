"""Reading who is on the way in: who asks to be vouched for, who was let in and when that takes effect, who objected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, union
from sqlalchemy.orm import joinedload

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.membership.beside import AdmissionObjection, ComingIn, Vouch
from govnet.membership.models import Application, ApplicationState, Membership, MembershipKind
from govnet.membership.queries import current
from govnet.people.models import Representation

_ASKS = (ApplicationState.APPLIED, ApplicationState.ASKED)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who wants to join, as members see them."""

    application: Application
    vouched: int
    mine: bool
    """Whether whoever reads has vouched already."""
    from_at: datetime | None = None


def vouches(application_id: int) -> int:
    """How many members vouch for whoever applies."""
    query = select(func.count()).select_from(Vouch).where(Vouch.application_id == application_id)
    return db.session.scalar(query) or 0


def vouched_by(application_id: int) -> Sequence[Vouch]:
    """Who vouches, the first one first."""
    query = select(Vouch).options(joinedload(Vouch.person)).where(Vouch.application_id == application_id)
    return db.session.scalars(query.order_by(Vouch.id)).all()


def has_vouched(application_id: int, person_id: int) -> bool:
    """Whether the person vouches already."""
    query = select(Vouch.id).where(Vouch.application_id == application_id, Vouch.person_id == person_id)
    return db.session.scalar(query) is not None


def objections(application_id: int) -> Sequence[AdmissionObjection]:
    """Who objected, and why."""
    query = select(AdmissionObjection).options(joinedload(AdmissionObjection.person))
    query = query.where(AdmissionObjection.application_id == application_id)
    return db.session.scalars(query.order_by(AdmissionObjection.id)).all()


def objected_to(application_id: int) -> bool:
    """Whether a member objected, so that the committee decides."""
    query = select(AdmissionObjection.id).where(AdmissionObjection.application_id == application_id)
    return db.session.scalar(query.limit(1)) is not None


def objectors(application_id: int) -> set[int]:
    """The persons who objected."""
    query = select(AdmissionObjection.person_id).where(AdmissionObjection.application_id == application_id)
    return set(db.session.scalars(query))


def coming_in(application_id: int) -> ComingIn | None:
    """From when somebody who was let in is a member, while that is still to come."""
    query = select(ComingIn).where(ComingIn.application_id == application_id, ComingIn.settled_at.is_(None))
    return db.session.scalar(query)


def due(*only: ColumnElement[bool]) -> Sequence[int]:
    """Applications whose moment has come, the earliest first."""
    query = (
        select(Application.id)
        .join(ComingIn, ComingIn.application_id == Application.id)
        .where(ComingIn.settled_at.is_(None), ComingIn.from_at <= clock.now(), *only)
    )
    return db.session.scalars(query.order_by(ComingIn.from_at, ComingIn.id).limit(50)).all()


def asking(network_id: int, reader: int) -> list[Newcomer]:
    """Who asks to be vouched for, the longest waiting first; one statement."""
    count = _count(Vouch.application_id == Application.id)
    mine = _count(Vouch.application_id == Application.id, Vouch.person_id == reader)
    objected = select(AdmissionObjection.id).where(AdmissionObjection.application_id == Application.id)
    query = (
        select(Application, count, mine)
        .options(joinedload(Application.organisation))
        .where(Application.network_id == network_id, Application.state.in_(_ASKS), ~objected.exists())
        .order_by(Application.confirmed_at, Application.id)
    )
    return [Newcomer(row, number, bool(own)) for row, number, own in db.session.execute(query)]


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    query = select(func.count()).select_from(Vouch).where(*conditions)
    return query.correlate(Application).scalar_subquery()


def announced(network_id: int) -> list[Newcomer]:
    """Who was let in and is not a member yet, the next one first; one statement."""
    query = (
        select(Application, ComingIn.from_at)
        .join(ComingIn, ComingIn.application_id == Application.id)
        .options(joinedload(Application.organisation))
        .where(
            Application.network_id == network_id,
            Application.state == ApplicationState.ANNOUNCED,
            ComingIn.settled_at.is_(None),
        )
        .order_by(ComingIn.from_at, Application.id)
    )
    return [Newcomer(row, 0, False, from_at) for row, from_at in db.session.execute(query)]


def with_voice(network_id: int) -> set[int]:
    """The persons who are members today, or speak for one: they are told who was let in."""
    day = clock.today(db.session.get_one(Network, network_id).zone)
    here = (Membership.network_id == network_id, current(day), Membership.kind != MembershipKind.OBSERVER)
    own = select(Membership.person_id).where(*here, Membership.person_id.is_not(None))
    spoken = (
        select(Representation.person_id)
        .join(Membership, Membership.organisation_id == Representation.organisation_id)
        .where(
            *here,
            Representation.start <= day,
            or_(Representation.end.is_(None), Representation.end > day),
        )
    )
    return {person for person in db.session.scalars(union(own, spoken)) if person is not None}
