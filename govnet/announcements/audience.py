"""Who gets an announcement, and how that number came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select, union

from govnet.accounts.models import Person
from govnet.announcements.models import Announcement, Audience
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.mail.audience import LIST, MEMBER, SUBSCRIBER, audience
from govnet.mail.notices import Notice
from govnet.mail.render import Kind
from govnet.mail.volume import News
from govnet.membership.marks import signed
from govnet.membership.models import Membership, MembershipState, Representation

TEMPLATE = "announcements/sent"


@dataclass(frozen=True, slots=True)
class Counted:
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


def counted(notice: Notice, network: Network) -> Counted:
    """Count with the very function that finds the recipients when it is sent."""
    found = audience(notice, network=network, actor_id=None)
    readers = Counter(one.reader for one in found)
    everyone = frozenset(notice.people) | frozenset(notice.always)
    return Counted(
        members=len(everyone),
        less=len(everyone) - readers[MEMBER],
        subscribers=readers[SUBSCRIBER],
        list=readers[LIST],
        stopped=sum(one.suppressed for one in found),
        total=len(found),
    )


def notice_of(announcement: Announcement, network: Network, sender: Person, *, test: bool = False) -> Notice:
    """The announcement as mail: a person wrote it, to everybody who wants announcements, and to its sender."""
    by = signed(sender.name, sender.id, network)
    context = context_of(announcement, by, test=test)
    everybody = announcement.audience is Audience.EVERYBODY
    return Notice(
        template=TEMPLATE,
        news=News.ANNOUNCEMENT,
        kind=Kind.LIST,
        context=context,
        people=people(network, found_too=everybody),
        always=[sender.id],
        subscribers=everybody,
        to_list=everybody,
        author=by,
    )


def context_of(announcement: Announcement, sender: str, *, test: bool) -> dict[str, Any]:
    """What the mail's template names."""
    key = announcement.corrects_id
    corrects = db.session.get(Announcement, key) if key is not None else None
    if corrects is not None and corrects.for_members and not announcement.for_members:
        corrects = None  # others never heard of it
    return {"announcement": announcement, "sender": sender, "test": test, "corrects": corrects}


def people(network: Network, *, found_too: bool) -> Collection[int]:
    """Members and those who speak for member organisations; with `found_too` also members of the old list who
    have not confirmed yet.
    """
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
    return frozenset(db.session.scalars(union(own, speak)))


def _belongs(network: Network, states: Collection[MembershipState], day: date) -> tuple[Any, ...]:
    return (
        Membership.network_id == network.id,
        Membership.state.in_(states),
        Membership.start <= day,
        _open(Membership.end, day),
    )


def _open(end: Any, day: date) -> Any:
    return or_(end.is_(None), end > day)
