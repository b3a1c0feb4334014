"""Reads applications: their state, the waiting ones, how long answers usually take, and known people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.mail.models import Delivery, Mail
from govnet.membership import rules
from govnet.membership.memberships.queries import current
from govnet.membership.models import (
    AdmissionObjection,
    Application,
    ApplicationNote,
    ApplicationState,
    ComingIn,
    Membership,
    MembershipKind,
    MembershipState,
    Vouch,
)
from govnet.people.models import Person, Representation
from govnet.people.persons import known_by

PAGE = 50
"""Applications on one page."""
_LATELY = 60
"""Decided applications that the usual time is taken from."""


class ApplicantStanding(StrEnum):
    """How somebody who asks to join stands already."""

    NEW = "new"
    WAITING = "waiting"
    MEMBER = "member"
    FOUND = "found"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    SPEAKS = "speaks"


_CASES = {
    MembershipState.ACTIVE: ApplicantStanding.MEMBER,
    MembershipState.FOUND: ApplicantStanding.FOUND,
    MembershipState.LAPSED: ApplicantStanding.LAPSED,
    MembershipState.SUSPENDED: ApplicantStanding.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class KnownApplicant:
    """The facts about an address in a network before it applies."""

    case: ApplicantStanding
    row_id: int = 0
    """The application or membership that is there."""
    email_id: int = 0


def standing(
    network_id: int, email: str, kind: MembershipKind, organisation_id: int | None
) -> KnownApplicant:
    """How the address stands: an application that waits, a membership that is there, or nothing yet."""
    waiting = db.session.scalar(
        select(Application.id).where(
            Application.network_id == network_id, Application.email == email, _in(rules.PENDING)
        )
    )
    if waiting is not None:
        return KnownApplicant(ApplicantStanding.WAITING, waiting)
    known = known_by(email)
    if known is None:
        return KnownApplicant(ApplicantStanding.NEW)
    if kind is MembershipKind.ORGANISATION:
        return _speaking(network_id, known.person_id, organisation_id, known.id)
    query = select(Membership).where(
        Membership.network_id == network_id, Membership.person_id == known.person_id
    )
    return _member(db.session.scalar(query.where(Membership.end.is_(None))), known.id)


def _speaking(network_id: int, person_id: int, organisation_id: int | None, email_id: int) -> KnownApplicant:
    query = (
        select(Membership)
        .join(Representation, Representation.organisation_id == Membership.organisation_id)
        .where(
            Membership.network_id == network_id,
            Membership.organisation_id == organisation_id,
            Membership.end.is_(None),
            Representation.person_id == person_id,
            Representation.end.is_(None),
        )
    )
    found = _member(db.session.scalar(query), email_id)
    return (
        KnownApplicant(ApplicantStanding.SPEAKS, found.row_id, email_id)
        if found.case is ApplicantStanding.MEMBER
        else found
    )


def _member(membership: Membership | None, email_id: int) -> KnownApplicant:
    if membership is None:
        return KnownApplicant(ApplicantStanding.NEW, 0, email_id)
    return KnownApplicant(_CASES[membership.state], membership.id, email_id)


def asked_within_an_hour(email: str) -> int:
    """How many mails went to this address in the last hour because somebody typed it into a form here."""
    query = (
        select(func.count(Delivery.id))
        .join(Mail, Mail.id == Delivery.mail_id)
        .where(
            Delivery.address == email,
            Mail.template.in_(("membership/confirm_application", "membership/already")),
            Mail.made_at > clock.now() - timedelta(hours=1),
        )
    )
    return db.session.scalar(query) or 0


def _in(states: frozenset[str]) -> Any:
    return Application.state.in_([ApplicationState(state) for state in sorted(states)])


def whole(application_id: int) -> Application | None:
    """The application with its notes, organisation and network."""
    return db.session.scalar(_whole().where(Application.id == application_id))


def _whole() -> Select[Application]:
    return select(Application).options(
        joinedload(Application.organisation), joinedload(Application.network), selectinload(Application.notes)
    )


def application_of(person_id: int, network_id: int) -> int | None:
    """The person's newest application in the network."""
    query = select(Application.id).where(
        Application.network_id == network_id, Application.person_id == person_id
    )
    return db.session.scalar(query.order_by(Application.id.desc()).limit(1))


def locked(application_id: int) -> Application:
    """The application as it stands now; nobody else changes it until the transaction ends."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def notes_of(application_id: int) -> int:
    """How many questions and answers there are about it."""
    query = select(func.count(ApplicationNote.id)).where(ApplicationNote.application_id == application_id)
    return db.session.scalar(query) or 0


def applications_waiting(network_id: int, page: int = 1) -> tuple[Sequence[Application], bool]:
    """A page of the applications that officers can decide, oldest first, and whether there are more.

    Those asked wait for the applicant.
    """
    query = (
        select(Application)
        .options(joinedload(Application.organisation))
        .where(Application.network_id == network_id, _in(rules.OPEN))
        .order_by(Application.confirmed_at, Application.id)
    )
    found = db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return found[:PAGE], len(found) > PAGE


def applications_decided(network_id: int, limit: int = 30) -> Sequence[tuple[Application, str | None]]:
    """The applications decided last, newest first, each with the name of the person who decided."""
    query = (
        select(Application, Person.name)
        .options(joinedload(Application.organisation))
        .outerjoin(Person, Person.id == Application.decided_by_id)
        .where(Application.network_id == network_id, Application.decided_at.is_not(None))
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(limit)
    )
    return [(application, name) for application, name in db.session.execute(query)]


def decided_by(application: Application) -> str:
    """The name of the person who decided, or "" if the rules did or nobody yet."""
    who = db.session.get(Person, application.decided_by_id) if application.decided_by_id else None
    return who.name if who else ""


def usual_days(network_id: int) -> int | None:
    """In how many days people are usually answered here; None while too few were."""
    # as a value, or SQLite would gather all of those states and sort them; the last ones stand together in an index
    answered = case(
        (Application.state.in_((ApplicationState.ADMITTED, ApplicationState.DECLINED)), 1), else_=0
    )
    query = (
        select(Application.confirmed_at, Application.decided_at)
        .where(Application.network_id == network_id, answered == 1, Application.decided_by_id.is_not(None))
        .order_by(Application.decided_at.desc())
        .limit(_LATELY)
    )
    return rules.usual_days([end - start for start, end in db.session.execute(query) if start and end])


def unconfirmed_before(moment: Any, *only: ColumnElement[bool]) -> Sequence[int]:
    """Applications that nobody confirmed since `moment`."""
    query = select(Application.id).where(
        Application.state == ApplicationState.UNCONFIRMED, Application.applied_at < moment, *only
    )
    return db.session.scalars(query.order_by(Application.id).limit(200)).all()


def speaker(organisation_id: int | None) -> str:
    """The name of the person who speaks for the organisation, or "" if nobody does."""
    query = (
        select(Person.name)
        .join(Representation, Representation.person_id == Person.id)
        .where(
            Representation.organisation_id == organisation_id,
            Representation.is_primary,
            Representation.end.is_(None),
        )
    )
    return db.session.scalar(query) or ""


def primaries(organisation_id: int) -> Sequence[int]:
    """The person who speaks for the organisation, if anybody does."""
    query = select(Representation.person_id).where(
        Representation.organisation_id == organisation_id,
        Representation.is_primary,
        Representation.end.is_(None),
    )
    return db.session.scalars(query).all()


_ASKS = (ApplicationState.APPLIED, ApplicationState.ASKED)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who wants to join, as members see them."""

    application: Application
    vouched: int
    mine: bool
    """Whether the reader has vouched already."""
    from_at: datetime | None = None


def vouches(application_id: int) -> int:
    """The number of members who vouch for the applicant."""
    query = select(func.count()).select_from(Vouch).where(Vouch.application_id == application_id)
    return db.session.scalar(query) or 0


def vouched_by(application_id: int) -> Sequence[Vouch]:
    """The members who vouch, the first one first."""
    query = select(Vouch).options(joinedload(Vouch.person)).where(Vouch.application_id == application_id)
    return db.session.scalars(query.order_by(Vouch.id)).all()


def has_vouched(application_id: int, person_id: int) -> bool:
    """Whether the person vouches already."""
    query = select(Vouch.id).where(Vouch.application_id == application_id, Vouch.person_id == person_id)
    return db.session.scalar(query) is not None


def objections(application_id: int) -> Sequence[AdmissionObjection]:
    """The objections, with their reasons."""
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
    """Applicants who ask to be vouched for, the longest waiting first; one statement."""
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
    """People who were let in and are not members yet, the next one first; one statement."""
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
    """The people who are members today, or speak for one: they are notified of new members."""
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
