"""The recipients of an announcement, and how their number is made up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from govnet.announcements.models import Announcement, Audience
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.mail import suppressions
from govnet.mail.message import MailKind
from govnet.mail.models import Subscription
from govnet.mail.outgoing.notices import Notice
from govnet.mail.queries import takes_just_mail
from govnet.mail.volume import News, singly
from govnet.membership.models import Membership, MembershipState
from govnet.membership.name_marks import signed
from govnet.people.models import Person, PersonEmail, Representation

TEMPLATE = "announcements/sent"


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """How many addresses an announcement goes to, each once, and how they were counted."""

    members: int
    """Members, and people who speak for member organisations."""
    less: int
    """Of them: who chose a digest or only votes, wants no mail, or has no confirmed address."""
    subscribers: int
    """Addresses that take just the mail and belong to none of these members."""
    list: int
    """The mailing list elsewhere: one address."""
    stopped: int
    """Of all: addresses to which we stopped writing; they are counted as "could not be sent"."""
    total: int

    def facts(self) -> dict[str, int]:
        """For storing beside the announcement."""
        return asdict(self)


def counted(network: Network, sender_id: int, audience: Audience) -> AudienceCount:
    """Count the recipients in the database: by the rules of mail.audience, without loading anybody."""
    everybody = audience is Audience.EVERYBODY
    everyone = union(
        *_people(network, found_too=everybody), select(literal(sender_id).label("person_id"))
    ).cte("everyone")
    readers = _readers(everyone, network.id, sender_id)
    others = _others(network.id, readers) if everybody else select(PersonEmail.address).where(false())
    numbers: Any = (
        select(func.count()).select_from(part.subquery()).scalar_subquery() for part in (readers, others)
    )
    whole: Any = select(func.count()).select_from(everyone).scalar_subquery()
    row: Any = db.session.execute(select(whole, *numbers)).one()
    members, reached, subscribers = row
    found = union_all(readers, others).subquery()
    to_list = 0
    if everybody and network.list_address:
        has_own = select(found.c.address).where(found.c.address == network.list_address.lower()).limit(1)
        to_list = 0 if db.session.scalar(has_own) else 1
    return AudienceCount(
        members=members,
        less=members - reached,
        subscribers=subscribers,
        list=to_list,
        stopped=suppressions.how_many(select(found.c.address), network.list_address if to_list else None),
        total=reached + subscribers + to_list,
    )


def _readers(everyone: CTE, network_id: int, sender_id: int) -> Select[Any]:
    """The addresses of those who are written to as members: the sender whatever they chose, but for no mail at all."""
    own = and_(Subscription.person_id == everyone.c.person_id, Subscription.network_id == network_id)
    return (
        select(PersonEmail.address)
        .select_from(everyone)
        .join(Person, Person.id == everyone.c.person_id)
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .outerjoin(Subscription, own)
        .where(*_can_be_written_to(), Subscription.silent_at.is_(None))
        .where(
            or_(
                everyone.c.person_id == sender_id,
                Subscription.id.is_(None),
                Subscription.volume.in_(singly(News.ANNOUNCEMENT)),
            )
        )
    )


def _others(network_id: int, readers: Select[Any]) -> Select[Any]:
    """The addresses that take just the mail, and are none of the readers'."""
    takes = (takes_just_mail(network_id), Subscription.volume.in_(singly(News.ANNOUNCEMENT)))
    own = (
        select(PersonEmail.address)
        .join(Subscription, Subscription.person_id == PersonEmail.person_id)
        .join(Person, Person.id == PersonEmail.person_id)
        .where(*takes, *_can_be_written_to())
    )
    all_of_them: Any = union(
        select(Subscription.address).where(*takes, Subscription.address.is_not(None)), own
    )
    found = all_of_them.subquery()
    return select(found.c.address).where(found.c.address.not_in(readers))


def _can_be_written_to() -> tuple[Any, ...]:
    return Person.erased_at.is_(None), PersonEmail.main, PersonEmail.verified_at.is_not(None)


def notice_of(
    announcement: Announcement, network: Network, sender: Person, *, test: bool = False, to_read: bool = False
) -> Notice:
    """The announcement as mail: a person wrote it, to everybody who wants announcements, and to its sender.

    With `to_read` it finds no recipients.
    """
    by = signed(sender.name, sender.id, network)
    context = context_of(announcement, by, test=test)
    everybody = announcement.audience is Audience.EVERYBODY
    return Notice(
        template=TEMPLATE,
        news=News.ANNOUNCEMENT,
        kind=MailKind.LIST,
        context=context,
        people=() if to_read else people(network, found_too=everybody),
        always=[sender.id],
        subscribers=everybody,
        to_list=everybody,
        author=by,
    )


def context_of(announcement: Announcement, sender: str, *, test: bool) -> dict[str, Any]:
    """The values for the mail's template."""
    key = announcement.corrects_id
    corrects = db.session.get(Announcement, key) if key is not None else None
    if corrects is not None and corrects.for_members and not announcement.for_members:
        corrects = None  # others never heard of it
    return {"announcement": announcement, "sender": sender, "test": test, "corrects": corrects}


def people(network: Network, *, found_too: bool) -> Collection[int]:
    """Members and those who speak for member organisations; with `found_too` also members of the old list who
    have not confirmed yet.
    """
    return frozenset(db.session.scalars(union(*_people(network, found_too=found_too))))


def _people(network: Network, *, found_too: bool) -> tuple[Select[Any], Select[Any]]:
    states = [MembershipState.ACTIVE, *([MembershipState.FOUND] if found_too else [])]
    day = today(network.zone)
    own = select(Membership.person_id).where(
        *_belongs(network, states, day), Membership.person_id.is_not(None)
    )
    speak = (
        select(Representation.person_id)
        .join(Membership, Membership.organisation_id == Representation.organisation_id)
        .where(*_belongs(network, states, day), Representation.start <= day, _open(Representation.end, day))
    )
    return own, speak


def _belongs(network: Network, states: Collection[MembershipState], day: date) -> tuple[Any, ...]:
    return (
        Membership.network_id == network.id,
        Membership.state.in_(states),
        Membership.start <= day,
        _open(Membership.end, day),
    )


def _open(end: Any, day: date) -> Any:
    return or_(end.is_(None), end > day)
