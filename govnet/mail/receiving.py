"""Mail that comes in: kept as it came before anything else, then read by the worker, each mail once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import structlog
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import GovnetError, NotFound, RuleBroken
from govnet.kernel.transaction import let_go, transaction
from govnet.mail import incoming, outbox, replies
from govnet.mail.headers import Address, BadHeader
from govnet.mail.incoming import LARGEST, Incoming
from govnet.mail.models import Delivery, Fate, InboundMail
from govnet.mail.registry import readers

log = structlog.get_logger()
KEPT = timedelta(days=30)
"""How long a mail that was read stays as it came, so that a mistake of ours can still be put right."""
ANSWERS_A_DAY = 5
"""To one address: two machines that answer each other stop there."""
_AT_ONCE = 20
_AGAIN = timedelta(minutes=15)


def store(raw: bytes, recipient: str) -> InboundMail:
    """Keep a mail, to be read by the worker. The same mail handed in twice is kept once. Opens its own transaction.

    Raises RuleBroken for one that is too large.
    """
    if len(raw) > LARGEST:
        raise RuleBroken(_("A mail may have %(most)s MB at most.", most=LARGEST // (1024 * 1024)))
    known_by = incoming.read(raw).message_id.encode() or raw
    digest = hashlib.sha256(recipient.lower().encode() + b"\0" + known_by).hexdigest()
    with transaction():
        row = db.session.scalar(select(InboundMail).where(InboundMail.digest == digest))
        if row is None:
            row = InboundMail(
                digest=digest, recipient=recipient[:320], raw=raw, came_at=clock.now(), next_at=clock.now()
            )
            db.session.add(row)
    return row


def run() -> int:
    """Read what waits, one mail a transaction. Returns how many. Killed at any point, it can be run again."""
    waiting = db.session.scalars(
        select(InboundMail.id)
        .where(InboundMail.fate == Fate.WAITING, InboundMail.next_at <= clock.now())
        .order_by(InboundMail.next_at, InboundMail.id)
        .limit(_AT_ONCE)
    ).all()
    let_go()  # an idle worker takes no lock
    for key in waiting:
        _read_or_put_off(key)
    return len(waiting)


def _read_or_put_off(key: int) -> None:
    try:
        _read(key)
    except Exception:
        log.exception("a mail that came in could not be read", inbound=key)
        with transaction():
            db.session.execute(
                update(InboundMail)
                .where(InboundMail.id == key, InboundMail.fate == Fate.WAITING)
                .values(attempts=InboundMail.attempts + 1, next_at=clock.now() + _AGAIN)
            )


def _read(key: int) -> None:
    """One mail: done, answered or ignored. A refusal undoes all that was begun, then answers."""
    try:
        with transaction():
            row = _waiting(key)
            if row is not None:
                _do(row)
    except (RuleBroken, NotFound) as refusal:
        with transaction():
            row = _waiting(key)
            if row is not None:
                _answer(row, refusal)


def _waiting(key: int) -> InboundMail | None:
    """The row, if nobody has read it meanwhile."""
    return db.session.scalar(
        select(InboundMail).where(InboundMail.id == key, InboundMail.fate == Fate.WAITING)
    )


def _do(row: InboundMail) -> None:
    mail = incoming.read(row.raw or b"")
    meant = replies.read_address(row.recipient)
    row.sender = mail.sender
    if meant is None:
        return _settle(row, Fate.IGNORED, "to no address of ours")
    if mail.automatic or not mail.sender:
        return _settle(
            row, Fate.IGNORED, f"by a machine: {mail.automatic}" if mail.automatic else "from nobody"
        )
    purpose, ids = meant
    replies.handler_of(purpose)(ids, mail)
    return _settle(row, Fate.DONE, purpose)


def _settle(row: InboundMail, fate: Fate, why: str) -> None:
    row.fate, row.why, row.read_at = fate, why[:200], clock.now()


def _answer(row: InboundMail, refusal: GovnetError) -> None:
    mail = incoming.read(row.raw or b"")
    row.sender = mail.sender
    if _answered_today(mail.sender) >= ANSWERS_A_DAY:
        return _settle(row, Fate.IGNORED, "answered often enough today")
    try:
        _send_back(row, mail, refusal)
    except BadHeader:
        return _settle(row, Fate.IGNORED, "from an address that no mail can go to")
    return _settle(row, Fate.ANSWERED, str(refusal.message))


def _send_back(row: InboundMail, mail: Incoming, refusal: GovnetError) -> None:
    outbox.post(
        "mail/not_done",
        to=Address(mail.sender, mail.sender_name),
        context={"why": str(refusal.message), "subject": mail.subject},
        language=getattr(refusal, "language", "en"),
        key=f"inbound:{row.id}",
        answers_to=row.recipient,
    )


def _answered_today(sender: str) -> int:
    since = clock.now() - timedelta(days=1)
    return (
        db.session.scalar(
            select(func.count()).where(
                InboundMail.sender == sender, InboundMail.fate == Fate.ANSWERED, InboundMail.read_at > since
            )
        )
        or 0
    )


def forget() -> int:
    """Let go of what was read weeks ago: that it came and what became of it stays, its bytes go. Returns how many."""
    old = (
        InboundMail.fate != Fate.WAITING,
        InboundMail.raw.is_not(None),
        InboundMail.read_at < clock.now() - KEPT,
    )
    if db.session.scalar(select(InboundMail.id).where(*old).limit(1)) is None:
        let_go()
        return 0
    with transaction():
        ids = db.session.scalars(select(InboundMail.id).where(*old).limit(_AT_ONCE)).all()
        db.session.execute(update(InboundMail).where(InboundMail.id.in_(ids)).values(raw=None, sender=""))
    return len(ids)


def _from(person_id: int) -> ColumnElement[bool]:
    """Mails from an address that is hers, or to which she was written."""
    written = select(Delivery.address).where(Delivery.person_id == person_id)
    hers = [reader.address for reader in readers([person_id])]
    return or_(InboundMail.sender.in_(written), InboundMail.sender.in_(hers))


def mail_from(person_id: int) -> list[dict[str, str | None]]:
    """Every mail that came from the person, for her export: when, what became of it, and its text while it is kept."""
    rows = db.session.scalars(select(InboundMail).where(_from(person_id)).order_by(InboundMail.id))
    return [
        {
            "came_at": row.came_at.isoformat(),
            "became": row.fate.value,
            "text": incoming.read(row.raw).text if row.raw else None,
        }
        for row in rows
    ]


def forget_from(person_id: int) -> None:
    """Let go of everything that came from the person, whatever its age; in the caller's transaction."""
    db.session.execute(
        update(InboundMail)
        .where(_from(person_id), InboundMail.fate != Fate.WAITING)
        .values(raw=None, sender="")
        .execution_options(synchronize_session=False)
    )


def last_came() -> datetime | None:
    """When a mail came in last."""
    return db.session.scalar(select(func.max(InboundMail.came_at)))


def stuck() -> int:
    """How many mails that came in the program has failed at."""
    return (
        db.session.scalar(
            select(func.count()).where(InboundMail.fate == Fate.WAITING, InboundMail.attempts > 0)
        )
        or 0
    )
