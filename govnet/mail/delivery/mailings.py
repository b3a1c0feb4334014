"""Acts of a person on a mailing under way, and on the line to the mail server as a whole."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, text, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.insertion import row_of
from govnet.mail.models import Delivery, Mail, MailLine, RecipientChunk
from govnet.mail.rules import MISSED, PASSING, DeliveryState, last_moment, rest_when_refused
from govnet.permissions import Can, check_right

UNSENT = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.HELD)
PAUSED_BY_REFUSALS = (Mail.paused_at.is_not(None), Mail.paused_by == "")
_TRYING = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.IN_HAND)
_AT_ONCE = 500


def _move(mail_id: int, old: Collection[DeliveryState], **values: Any) -> int:
    """Move a mail's deliveries in these states; how many there were. One in hand is left to its sender."""
    moved = db.session.execute(
        update(Delivery)
        .where(Delivery.mail_id == mail_id, Delivery.state.in_(old))
        .values(changed_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(moved, "rowcount", 0))


def pause(mail_id: int, *, by: str, why: str = "") -> int:
    """Hold the unsent mails until resume(); returns how many wait now. The caller has checked whether
    `by` may.
    """
    mail = db.session.get_one(Mail, mail_id)
    if mail.paused_at is None:
        mail.paused_at, mail.paused_by, mail.paused_why = clock.now(), by, why
    elif by and not mail.paused_by:
        mail.paused_by = by  # from now on a person lets it go on, and no trial does
    return _move(mail_id, (DeliveryState.QUEUED, DeliveryState.DEFERRED), state=DeliveryState.HELD)


def resume(mail_id: int) -> int:
    """Let it go on, now; refusals so far no longer count against it."""
    mail = db.session.get_one(Mail, mail_id)
    mail.paused_at, mail.paused_by, mail.paused_why, mail.troubles = None, "", "", 0
    mail.reset_at, mail.retry_at = clock.now(), None
    fresh = {"next_at": clock.now(), "limit_at": last_moment(clock.now(), mail.not_after), "lost_leases": 0}
    return _move(mail_id, (DeliveryState.HELD,), state=DeliveryState.QUEUED, **fresh)


def cancel_unsent(mail_id: int) -> int:
    """Stop or undo: what no provider has taken is not sent; how many that spares."""
    without = _stop_chunks(RecipientChunk.mail_id == mail_id, RecipientChunk.stopped.is_(False))
    return without + _move(mail_id, UNSENT, state=DeliveryState.CANCELLED)


def _stop_chunks(*which: Any, stopped: bool = True) -> int:
    """Those who have no delivery yet, with their number. Read before the others, which then include those made meanwhile."""
    changed = update(RecipientChunk).where(*which).values(stopped=stopped).returning(RecipientChunk.number)
    return sum(db.session.scalars(changed.execution_options(synchronize_session=False)).all())


def send_to_missed(mail_id: int) -> int:
    """Send it once more to those who did not get it: failed, stopped, too late; not where we stopped
    writing.
    """
    mail = db.session.get_one(Mail, mail_id)
    mail.paused_at, mail.paused_by, mail.paused_why, mail.not_after = None, "", "", None
    mail.reset_at = now = clock.now()
    mail.retry_at, mail.troubles = None, 0
    missed = MISSED - {DeliveryState.SUPPRESSED}
    without = _stop_chunks(RecipientChunk.mail_id == mail_id, RecipientChunk.stopped, stopped=False)
    return without + _move(
        mail_id, missed, state=DeliveryState.QUEUED, next_at=now, limit_at=last_moment(now, None), attempts=0
    )


def try_one(mail_id: int) -> int:
    """Let one mail of a mailing that refusals paused go, if its rest is over and none is on its way; how many went.

    Where it is taken, the mailing goes on (settling); else it waits again.
    """
    mail, now = db.session.get_one(Mail, mail_id, with_for_update=True, populate_existing=True), clock.now()
    if mail.paused_at is None or mail.paused_by or (mail.retry_at is not None and mail.retry_at > now):
        return 0
    mail.retry_at = now + rest_when_refused(mail.troubles)
    here = Delivery.mail_id == mail_id
    if db.session.scalar(select(Delivery.id).where(here, Delivery.state.in_(_TRYING)).limit(1)) is not None:
        return 0
    held = select(Delivery.id).where(here, Delivery.state == DeliveryState.HELD)
    one = db.session.scalar(held.order_by(Delivery.changed_at, Delivery.id).limit(1))
    if one is None:
        resume(mail_id)  # nothing is left of it
        return 0
    _update(Delivery.id == one, state=DeliveryState.QUEUED, next_at=now, changed_at=now)
    return 1


def hurry(now: datetime) -> None:
    """Have all that waits because of refusals try again: of a mailing that they paused one mail. Inside transaction()."""
    again = update(Mail).where(*PAUSED_BY_REFUSALS).values(retry_at=now)
    db.session.execute(again.execution_options(synchronize_session=False))
    for mail_id in db.session.scalars(select(Mail.id).where(*PAUSED_BY_REFUSALS).limit(_AT_ONCE)).all():
        try_one(mail_id)
    resting = select(Mail.id).where(Mail.troubles > 0, Mail.paused_at.is_(None))
    waits = text("delivery.state IN ('queued', 'deferred')")
    theirs = or_(Delivery.why.in_(PASSING), Delivery.mail_id.in_(resting))
    _update(waits, Delivery.next_at > now, theirs, next_at=now)


def _update(*which: Any, **values: Any) -> None:
    changed = update(Delivery).where(*which).values(values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def line() -> MailLine:
    """The one row about the line to the mail server, nobody else's until the transaction ends. Inside transaction()."""
    return row_of(MailLine, id=1, troubles=0, refusals=0, held_why="", words="")


def hold_all(why: str) -> None:
    """Send nothing at all until a person releases it: a restored copy does this first."""
    row = line()
    if row.held_at is None:
        row.held_at = clock.now()
    row.held_why = why


def release_all(by: Actor) -> None:
    """Send again. Only the operator of the server may."""
    check_right(by, Can.OPERATE)
    row = line()
    row.held_at, row.held_why = None, ""


def drop_all_held(by: Actor) -> int:
    """In a restored copy: mails that were waiting when the copy was made are not sent, since the original may
    have sent them.
    """
    check_right(by, Can.OPERATE)
    held_at = line().held_at
    if held_at is None:
        return 0
    copied = select(Mail.id).where(Mail.made_at <= held_at)
    without = _stop_chunks(RecipientChunk.mail_id.in_(copied), RecipientChunk.stopped.is_(False))
    unsent = select(Delivery.id).where(Delivery.state.in_(UNSENT), Delivery.changed_at <= held_at)
    dropped = db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(unsent))
        .values(state=DeliveryState.CANCELLED, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return without + int(getattr(dropped, "rowcount", 0))


def reset_line(by: Actor) -> None:
    """After a person has removed the cause: use the line again at once, and let mails go on that refusals held."""
    check_right(by, Can.OPERATE)
    row = line()
    row.tripped_at = row.not_before = None
    row.troubles = row.refusals = 0
    row.words = ""
    for mail_id in db.session.scalars(select(Mail.id).where(*PAUSED_BY_REFUSALS).order_by(Mail.id)).all():
        resume(mail_id)
    hurry(clock.now())
