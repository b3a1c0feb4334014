"""The items on the officers' desk: from most rooms in one statement, with letters and announcements beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Select,
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

from govnet.announcements.queries import select_in_progress
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.committee.eligibility import days_to_fill
from govnet.decisions.models import Proposal, ProposalVersion, VersionState
from govnet.desk import announcements, labels, letters
from govnet.desk.tasks import Desk, DeskTask, Unsaid
from govnet.extensions import db
from govnet.forum.models import Appeal, AppealVoice, Hiding, Post, Report, Thread
from govnet.forum.states import HidingKind, ReportState
from govnet.kernel.actor import Actor
from govnet.kernel.clock import now, today
from govnet.kernel.duties import TRIES
from govnet.kernel.models import DutyFailure, UTCInstant
from govnet.kernel.statements import rows
from govnet.letters.queries import select_left_over
from govnet.mail.models import IS_WAITING, Delivery, Mail, MailLine
from govnet.membership.models import (
    AdmissionAppeal,
    AdmissionVoice,
    Application,
    ApplicationState,
    ClaimState,
    Membership,
    MembershipKind,
    MembershipState,
    RepresentationClaim,
)
from govnet.offices.models import Body, Mandate, Seat, Term
from govnet.people.models import Organisation, Person
from govnet.permissions import Can, can

SOON = timedelta(days=60)
"""Before an office ends, or a report is due, so early it comes to the desk."""
SLOW = timedelta(hours=1)


_NETWORK: Any = bindparam("network", type_=BigInteger)
_PERSON: Any = bindparam("person", type_=BigInteger)
_ASIDE: Any = bindparam("aside", type_=BigInteger)
_DAY: Any = bindparam("day", type_=Date)
_SOON: Any = bindparam("soon", type_=Date)
_LATE: Any = bindparam("late", type_=UTCInstant)
_DAYS: Any = bindparam("days", type_=BigInteger)


def on_the_desk(network: Network, actor: Actor) -> Desk:
    """Everything that waits for this officer, oldest first."""
    return Desk([*_rows(network, actor), *letters.left_over(network), *announcements.unsent(network)])


def how_many_on_desk(network: Network, actor: Actor) -> int:
    """How many things wait for this officer, counted in one statement."""
    asked = _asked(network, actor)
    return int(rows(_counted(asked["days"] > 0, _decides(network, actor)), asked)[0][0])


@lru_cache(maxsize=4)
def _counted(fills: bool, decides: bool) -> Any:
    """The statement behind that number, built once: every page of an officer asks it."""
    parts = [*_selects(fills, decides), select_left_over(_NETWORK), select_in_progress(_NETWORK)]
    found = union_all(*(select(literal(1)).select_from(part.subquery()) for part in parts)).subquery()
    return select(func.count()).select_from(found)


def _rows(network: Network, actor: Actor) -> Iterator[DeskTask | Unsaid]:
    """Applications, claims to speak for organisations, reports, appeals, decisions made elsewhere; offices, mail trouble."""
    asked = _asked(network, actor)
    waiting = _together(asked["days"] > 0, _decides(network, actor))
    found = db.session.execute(waiting, asked).all()
    for row in sorted(found, key=lambda row: (row.kind, row.key)):
        say = partial(labels.waiting, network, row)
        if row.since is not None:
            yield Unsaid(row.since, say)
        elif (waiting_since := say()) is not None:  # since a day, which its words know
            yield waiting_since


@lru_cache(maxsize=4)
def _together(fills: bool, decides: bool) -> Any:
    return union_all(*_selects(fills, decides))


def _asked(network: Network, actor: Actor) -> dict[str, Any]:
    """The values of the statements: the reader, and what is late or soon by now."""
    day = today(network.zone)
    return {
        "network": network.id,
        "person": actor.person_id or 0,
        "aside": -1 if actor.alone else actor.person_id or -1,
        "day": day,
        "soon": day + SOON,
        "late": now() - SLOW,
        "days": days_to_fill(rules_in_force(network.id)).days,
    }


def _decides(network: Network, actor: Actor) -> bool:
    return can(actor, Can.SEE_APPLICATIONS, network)


def _selects(fills: bool, decides: bool) -> list[Select[Any]]:
    """The rows of each kind: if the rules set a day for filling places, and for those who admit."""
    parts = [
        _reports(),
        _appeals(),
        _removals(),
        _admission_appeals(),
        _elsewhere(),
        _terms(),
        _mandates(),
        _report_days(),
        _stopped(),
        _line(),
        _slow(),
        _aside(),
    ]
    if fills:
        parts.append(_empty())
    if decides:
        parts += [_applications(), _claims()]
    return parts


def _part(kind: str, key: Any, **found: Any) -> Select[Any]:
    """The columns of one sort of thing: an instant or a day since when, one until when, two texts and a number."""
    columns: dict[str, Any] = {
        "since": UTCInstant(),
        "due": UTCInstant(),
        "day": Date(),
        "one": Text(),
        "two": Text(),
        "number": BigInteger(),
    }
    rest = [(found[n] if n in found else cast(null(), kind_)).label(n) for n, kind_ in columns.items()]
    return select(cast(literal(kind), String(20)).label("kind"), cast(key, BigInteger()).label("key"), *rest)


def _applications() -> Select[Any]:
    """Items for the officers: not their own, nor of an organisation for which nobody may speak yet."""
    who = func.coalesce(Organisation.name, func.nullif(Application.organisation_name, ""), Application.name)
    belongs = and_(
        Membership.organisation_id == Application.organisation_id,
        Membership.network_id == _NETWORK,
        Membership.state == MembershipState.ACTIVE,
        Membership.end.is_(None),
    )
    speaks = case((Membership.id.is_not(None), Application.name))
    return (
        _part("application", Application.id, since=Application.confirmed_at, one=who, two=speaks)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Membership, belongs)
        .where(
            Application.network_id == _NETWORK,
            Application.state == ApplicationState.APPLIED,
            func.coalesce(Application.person_id, 0) != _ASIDE,
            or_(Application.kind != MembershipKind.ORGANISATION, Application.may_speak),
        )
    )


def _claims() -> Select[Any]:
    """People who say that they may speak for an organisation; those that it named itself do not wait here."""
    claim = RepresentationClaim
    return (
        _part("claim", claim.organisation_id, since=claim.made_at, one=claim.name, two=Organisation.name)
        .select_from(claim)
        .join(Organisation, Organisation.id == claim.organisation_id)
        .where(
            claim.network_id == _NETWORK,
            claim.state == ClaimState.WAITING,
            claim.invited_by_id.is_(None),
            func.coalesce(claim.person_id, 0) != _ASIDE,
        )
    )


def _reports() -> Select[Any]:
    return (
        _part("report", Report.id, since=Report.at, one=Thread.title, two=Report.reason, number=Post.number)
        .select_from(Report)
        .join(Post, Post.id == Report.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Report.network_id == _NETWORK,
            Report.state == ReportState.OPEN,
            func.coalesce(Post.author_id, 0) != _PERSON,
            func.coalesce(Report.reporter_id, 0) != _PERSON,
        )
    )


def _removals() -> Select[Any]:
    """Hidden texts that another wants gone for good, or says that the law does."""
    part = _part(
        "removal", Hiding.id, since=Hiding.at, due=Hiding.law_until, one=Thread.title, number=Post.number
    )
    return (
        part.select_from(Hiding)
        .join(Post, Post.id == Hiding.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Hiding.network_id == _NETWORK,
            Hiding.kind == HidingKind.HIDDEN,
            Hiding.lifted_at.is_(None),
            or_(Hiding.wanted_gone_at.is_not(None), Hiding.law_until.is_not(None)),
            Hiding.by_id != _PERSON,
            func.coalesce(Post.author_id, 0) != _PERSON,
        )
    )


def _appeals() -> Select[Any]:
    spoken = select(AppealVoice.appeal_id).where(AppealVoice.person_id == _PERSON)
    return (
        _part("appeal", Hiding.id, since=Appeal.at, due=Appeal.due_at, one=Thread.title, number=Post.number)
        .select_from(Appeal)
        .join(Hiding, Hiding.id == Appeal.hiding_id)
        .join(Post, Post.id == Hiding.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Appeal.network_id == _NETWORK,
            Appeal.decided_at.is_(None),
            Hiding.by_id != _PERSON,
            func.coalesce(Post.author_id, 0) != _PERSON,
            Appeal.id.not_in(spoken),
        )
    )


def _admission_appeals() -> Select[Any]:
    spoken = select(AdmissionVoice.appeal_id).where(AdmissionVoice.person_id == _PERSON)
    return (
        _part(
            "admission appeal",
            Application.id,
            since=AdmissionAppeal.at,
            due=AdmissionAppeal.due_at,
            one=Application.name,
        )
        .select_from(AdmissionAppeal)
        .join(Application, Application.id == AdmissionAppeal.application_id)
        .where(
            AdmissionAppeal.network_id == _NETWORK,
            AdmissionAppeal.decided_at.is_(None),
            func.coalesce(Application.decided_by_id, 0) != _PERSON,
            func.coalesce(Application.person_id, 0) != _PERSON,
            AdmissionAppeal.id.not_in(spoken),
        )
    )


def _elsewhere() -> Select[Any]:
    version = ProposalVersion
    return (
        _part("elsewhere", Proposal.id, since=version.opened_at, due=version.deadline, one=version.question)
        .select_from(Proposal)
        .join(version, version.proposal_id == Proposal.id)
        .where(
            Proposal.network_id == _NETWORK,
            version.state == VersionState.UNOPPOSED,
        )
    )


def _terms() -> Select[Any]:
    return (
        _part("term", Term.seat_id, day=Term.end, one=Person.name, two=Seat.name)
        .select_from(Term)
        .join(Person, Person.id == Term.person_id)
        .join(Seat, Seat.id == Term.seat_id)
        .join(Body, Body.id == Term.body_id)
        .where(Body.network_id == _NETWORK, Term.start <= _DAY, Term.end > _DAY, Term.end <= _SOON)
    )


def _empty() -> Select[Any]:
    """Places that fell empty, a while before the rules want them filled; the day is the first one without a holder."""
    last = select(func.max(Term.end)).where(Term.seat_id == Seat.id, Term.start < Term.end).scalar_subquery()
    return (
        _part("empty place", Seat.id, day=last, one=Seat.name, number=_DAYS)
        .select_from(Seat)
        .join(Body, Body.id == Seat.body_id)
        .where(Body.network_id == _NETWORK, last <= _DAY)
    )


def _holder() -> Any:
    return func.coalesce(Organisation.name, Person.name)


def _serving(part: Select[Any]) -> Select[Any]:
    return (
        part.select_from(Mandate)
        .outerjoin(Person, Person.id == Mandate.person_id)
        .outerjoin(Organisation, Organisation.id == Mandate.organisation_id)
        .where(Mandate.network_id == _NETWORK, Mandate.start <= _DAY, Mandate.end > _DAY)
    )


def _mandates() -> Select[Any]:
    part = _serving(_part("mandate", Mandate.id, day=Mandate.end, one=_holder()))
    return part.where(Mandate.end <= _SOON)


def _report_days() -> Select[Any]:
    part = _serving(_part("due report", Mandate.id, day=Mandate.next_report_on, one=_holder()))
    return part.where(Mandate.next_report_on <= _SOON)


def _stopped() -> Select[Any]:
    part = _part("stopped", Mail.id, since=Mail.paused_at, one=Mail.paused_by, two=Mail.paused_why)
    return part.where(Mail.network_id == _NETWORK, Mail.paused_at.is_not(None))


def _line() -> Select[Any]:
    since = func.coalesce(MailLine.held_at, MailLine.tripped_at)
    why = func.coalesce(func.nullif(MailLine.held_why, ""), MailLine.words)
    part = _part("line", MailLine.id, since=since, one=why)
    return part.where(or_(MailLine.held_at.is_not(None), MailLine.tripped_at.is_not(None)))


def _aside() -> Select[Any]:
    part = _part("aside", literal(0), since=func.min(DutyFailure.at), number=func.count())
    return part.select_from(DutyFailure).where(DutyFailure.attempts >= TRIES).having(func.count() > 0)


def _slow() -> Select[Any]:
    part = _part("slow", func.min(Delivery.id), since=func.min(Delivery.next_at), number=func.count())
    return (
        part.select_from(Delivery)
        .join(Mail, Mail.id == Delivery.mail_id)
        .where(
            Mail.network_id == _NETWORK,
            IS_WAITING,
            Delivery.next_at <= _LATE,
        )
        .having(func.count() > 0)
    )
