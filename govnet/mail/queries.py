"""Reads mail: its fate, people's choices, and its troubles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, select, text

from govnet.extensions import db
from govnet.kernel import clock
from govnet.mail import suppressions
from govnet.mail.models import (
    HAS_FAILED,
    IS_WAITING,
    Delivery,
    Following,
    Mail,
    MailLine,
    RecipientChunk,
    Subscription,
    Suppression,
    Target,
)
from govnet.mail.rules import SHORT_RESTS, DeliveryState, Priority
from govnet.mail.volume import Stance, Volume
from govnet.record.models import Entry, Telling


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailing is, in numbers that add up to its audience."""

    handed_over: int = 0
    trying_again: int = 0
    not_sent: int = 0
    waiting: int = 0
    stopped: int = 0

    @property
    def audience(self) -> int:
        """How many addresses it goes to."""
        return self.handed_over + self.trying_again + self.not_sent + self.waiting + self.stopped

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return not (self.trying_again or self.waiting)


_SHOWN = {
    DeliveryState.ACCEPTED: "handed_over",
    DeliveryState.DEFERRED: "trying_again",
    DeliveryState.FAILED: "not_sent",
    DeliveryState.SUPPRESSED: "not_sent",
    DeliveryState.EXPIRED: "not_sent",
    DeliveryState.QUEUED: "waiting",
    DeliveryState.IN_HAND: "waiting",
    DeliveryState.HELD: "waiting",
    DeliveryState.CANCELLED: "stopped",
}


def progress(mail_ids: Collection[int]) -> Progress:
    """The fate of these mails taken together: one statement, counted from rows."""
    made = select(cast(Delivery.state, String), func.count()).where(Delivery.mail_id.in_(mail_ids))
    will_be = case((RecipientChunk.stopped, DeliveryState.CANCELLED.value), else_=DeliveryState.QUEUED.value)
    unmade = select(will_be, func.sum(RecipientChunk.number)).where(RecipientChunk.mail_id.in_(mail_ids))
    numbers = dict.fromkeys(_SHOWN.values(), 0)
    both = made.group_by(Delivery.state).union_all(unmade.group_by(RecipientChunk.stopped))
    for state, count in db.session.execute(both):
        numbers[_SHOWN[DeliveryState(state)]] += count
    return Progress(**numbers)


def mails_of_entry(entry_id: int) -> list[int]:
    """The mails about an entry, once the worker has got to it."""
    return list(db.session.scalars(select(Mail.id).where(Mail.entry_id == entry_id).order_by(Mail.id)))


def mail(mail_id: int) -> Mail:
    """One mail."""
    return db.session.get_one(Mail, mail_id)


def subscription_of(person_id: int, network_id: int) -> Subscription | None:
    """A person's choice about a network's mail; None without one."""
    query = select(Subscription).where(
        Subscription.person_id == person_id, Subscription.network_id == network_id
    )
    return db.session.scalar(query)


def subscriptions_of(person_id: int) -> dict[int, Subscription]:
    """A person's choices about mail, by network."""
    rows = db.session.scalars(select(Subscription).where(Subscription.person_id == person_id))
    return {row.network_id: row for row in rows}


def volume_of(person_id: int, network_id: int) -> Volume:
    """How much mail a person gets."""
    row = subscription_of(person_id, network_id)
    return Volume.CONCERNS_ME if row is None else row.volume


def takes_just_mail(network_id: int) -> ColumnElement[bool]:
    """Whether a subscription is of somebody who takes just this network's mail, confirmed it and is not silent."""
    return and_(
        Subscription.network_id == network_id,
        Subscription.just_mail,
        Subscription.confirmed_at.is_not(None),
        Subscription.silent_at.is_(None),
    )


def subscribers(network_id: int) -> int:
    """How many take just the mail."""
    return db.session.scalar(select(func.count()).where(takes_just_mail(network_id))) or 0


def stance_of(person_id: int | None, target: str, target_id: int) -> Stance | None:
    """Whether a person follows or mutes this."""
    row = db.session.get(Following, (person_id, Target(target), target_id)) if person_id else None
    return None if row is None else row.stance


def suppression_of(address: str) -> Suppression | None:
    """Whether and why we stopped writing to an address."""
    return suppressions.of(address)


STILL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MailTrouble:
    """The obstacle that keeps mail from going, for the operator's page and the desk."""

    line: MailLine | None
    paused: Sequence[Mail]
    untold: int
    told_wrong: Sequence[Telling]
    waiting: int
    oldest_waiting_minutes: int
    stands_still: bool
    """Mail has been due for an hour, and in that hour the server took none."""
    failed_today: int

    @property
    def refused(self) -> bool:
        """Whether the server refused some mails so often that they wait."""
        return any(not mail.paused_by for mail in self.paused)

    @property
    def any(self) -> bool:
        """Whether somebody should look."""
        stopped = self.line is not None and (
            self.line.held_at or self.line.tripped_at or self.line.troubles > SHORT_RESTS
        )
        return bool(stopped or self.paused or self.told_wrong or self.stands_still)


def trouble() -> MailTrouble:
    """The state of the whole outbox in seven short statements at most."""
    now = clock.now()
    due = (IS_WAITING, Delivery.next_at <= now)
    oldest = db.session.scalar(select(func.min(Delivery.next_at)).where(*due))
    wrong = select(Telling).where(Telling.done_at.is_(None), Telling.error.is_not(None))
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    failed = select(func.count()).where(HAS_FAILED, Delivery.changed_at >= day)
    return MailTrouble(
        line=db.session.get(MailLine, 1),
        paused=db.session.scalars(select(Mail).where(Mail.paused_at.is_not(None)).limit(20)).all(),
        untold=db.session.scalar(select(func.count()).where(Telling.done_at.is_(None))) or 0,
        told_wrong=db.session.scalars(wrong.order_by(Telling.entry_id).limit(20)).all(),
        waiting=db.session.scalar(select(func.count()).where(*due)) or 0,
        oldest_waiting_minutes=0 if oldest is None else int((now - oldest).total_seconds() // 60),
        stands_still=stands_still(),
        failed_today=db.session.scalar(failed) or 0,
    )


def line() -> MailLine | None:
    """The one line to the mail server, once mail has gone."""
    return db.session.get(MailLine, 1)


def stands_still() -> bool:
    """Whether mail has been due for an hour, and in that hour the server took none: two look-ups in indexes."""
    now = clock.now()
    late = exists().where(IS_WAITING, Delivery.next_at < now - STILL)
    return bool(db.session.scalar(select(late))) and not _moves(now)


SLOW = timedelta(minutes=5)
"""Somebody sits in front of the page: by then a mail that they asked for has gone, or mail stands still."""


class Hindrance(StrEnum):
    """Why a mail that is asked for now comes late."""

    HELD = "held"
    REFUSED = "refused"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Standstill:
    """Whether mail does not go out at the moment, to anybody."""

    why: Hindrance
    until: datetime | None = None
    """When the mail server is tried again."""


def standstill() -> Standstill | None:
    """Why no mail that is asked for now comes soon; None where all is well."""
    now = clock.now()
    line = db.session.get(MailLine, 1)
    if line is not None and line.held_at is not None:
        return Standstill(Hindrance.HELD)
    rests = line is not None and (line.tripped_at is not None or line.troubles > SHORT_RESTS)
    if line is not None and rests and line.not_before is not None and line.not_before > now:
        return Standstill(Hindrance.REFUSED, line.not_before)
    waits = text("delivery.state IN ('queued', 'deferred')")
    asked_for = (Delivery.priority == Priority.SIGN_IN, Delivery.next_at <= now - SLOW)
    if db.session.scalar(select(exists().where(waits, *asked_for))):
        return Standstill(Hindrance.SLOW)
    return None


def _moves(now: datetime) -> bool:
    """Whether a queue that is behind is being worked off: after a night without power, or at a low MAIL_RATE."""
    taken = exists().where(Delivery.state == DeliveryState.ACCEPTED, Delivery.changed_at > now - STILL)
    return bool(db.session.scalar(select(taken)))


def queue_ages() -> dict[str, float]:
    """How many seconds the oldest delivery has been due, and the oldest entry has been untold; 0 where none is."""
    now = clock.now()
    due = db.session.scalar(select(func.min(Delivery.next_at)).where(IS_WAITING, Delivery.next_at <= now))
    first = select(func.min(Telling.entry_id)).where(Telling.done_at.is_(None)).scalar_subquery()
    untold = db.session.scalar(select(Entry.at).where(Entry.id == first))
    return {
        name: (now - moment).total_seconds() if moment is not None else 0.0
        for name, moment in (("deliveries", due), ("tellings", untold))
    }


def deliveries_by_state() -> dict[str, int]:
    """How many deliveries wait, are in hand, are tried again, and failed today, by indexes that hold these alone."""
    found = {DeliveryState.QUEUED.value: 0, DeliveryState.DEFERRED.value: 0}
    waiting = text("delivery.state IN ('queued', 'deferred')")
    query = select(Delivery.state, func.count()).where(waiting).group_by(Delivery.state)
    found |= {state.value: number for state, number in db.session.execute(query)}
    in_hand = select(func.count()).select_from(Delivery).where(text("delivery.state = 'in_hand'"))
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    failed = select(func.count()).where(HAS_FAILED, Delivery.changed_at >= day)
    found["in_hand"] = db.session.scalar(in_hand) or 0
    found["failed_today"] = db.session.scalar(failed) or 0
    return found
