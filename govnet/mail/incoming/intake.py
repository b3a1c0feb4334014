"""Mail that comes in: kept as it came, then read by the worker, each mail once and outside every transaction."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select, text, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import failed, failing, is_busy, succeeded, together
from govnet.kernel.errors import Busy, GovnetError, NotFound, RuleBroken
from govnet.kernel.transaction import let_go, transaction
from govnet.mail.headers import Address, BadHeader
from govnet.mail.incoming import inbox, parser, reply_handlers
from govnet.mail.incoming.parser import Incoming
from govnet.mail.incoming.reply_handlers import NotDone
from govnet.mail.models import Delivery, Fate, InboundMail
from govnet.mail.outgoing import outbox
from govnet.people.addresses import readers

log = structlog.get_logger()
KEPT = timedelta(days=30)
"""The time for which a mail that was read is kept as it came, so that a mistake of ours can still be corrected."""
KEPT_OVER = timedelta(days=7)
"""How long one that was too much to read stays."""
MOST_KEPT = 250 * 1024 * 1024
"""Bytes of all mails that were read; beyond that the oldest go before their time."""
MOST_OVER = 50 * 1024 * 1024
"""Bytes of those that were too much to read."""
ANSWERS_A_DAY = 5
"""To one address: two machines that answer each other stop there."""
_AT_ONCE = 20
_READ, _FORGET = "read mail", "forget mail that was read"
_A_WHILE = 5.0
"""Seconds after which no other mail is begun, so that the worker's other duties have their turn."""
_AGAIN = timedelta(minutes=15)
_IN_HAND = timedelta(minutes=2)
"""How long a worker that reads a mail has it to itself."""


class NotOurs(NotFound):
    """A mail to an address that we did not make: it is not taken."""


def check_address(recipient: str) -> None:
    """Look whether an address is one that the program reads, before anything is done with the mail. Raises NotOurs."""
    if reply_handlers.read_address(recipient) is None:
        raise NotOurs(_("There is no such address here."))


def store(raw: bytes, recipient: str) -> InboundMail:
    """Keep a mail, to be read by the worker. The same mail handed in twice is kept once. Opens its own transaction.

    Raises NotOurs for an address that we did not make, RuleBroken for a mail that is too large, Busy while too many are kept, or
    came to this address today.
    """
    check_address(recipient)
    sqlite = db.engine.dialect.name == "sqlite"
    with transaction():
        try:
            digest = inbox.keep(raw, recipient, at=clock.now(), run=_run, sqlite=sqlite)
        except inbox.TooLarge as error:
            raise RuleBroken(
                _("A mail may have %(most)s MB at most.", most=inbox.LARGEST // (1024 * 1024))
            ) from error
        except inbox.Full as error:
            raise Busy(_("Too many mails are waiting. Please try again later.")) from error
        return db.session.scalars(select(InboundMail).where(InboundMail.digest == digest)).one()


def _run(statement: str, values: Mapping[str, object]) -> Sequence[Any]:
    done: Any = db.session.execute(text(statement), dict(values))
    return done.all() if done.returns_rows else ()


def _bytes_of(*which: ColumnElement[bool]) -> int:
    length = func.coalesce(func.sum(func.length(InboundMail.raw)), 0)
    return int(db.session.scalar(select(length).where(InboundMail.raw.is_not(None), *which)) or 0)


def run() -> int:
    """Read waiting mail, one after another. Returns how many. Killed at any point, it can be run again."""
    waiting = db.session.scalars(
        select(InboundMail.id)
        .where(InboundMail.fate == Fate.WAITING, InboundMail.next_at <= clock.now())
        .order_by(InboundMail.next_at, InboundMail.id)
        .limit(_AT_ONCE)
    ).all()
    let_go()  # an idle worker takes no lock
    before = failing(_READ) if waiting else set()
    until, done = time.monotonic() + _A_WHILE, 0
    for key in waiting:
        done += _read_or_put_off(key, before)
        if time.monotonic() > until:
            break
    return done


def _read_or_put_off(key: int, before: Collection[int]) -> bool:
    """Whether it was this worker that read it."""
    raw = _claim(key)
    if raw is None:
        return False
    try:
        _use(key, parser.read(raw))
    except Exception as error:
        log.error("a mail that came in could not be read", inbound=key, exc_info=error)
        if not is_busy(error):
            failed(_READ, key, error)
        with transaction():
            db.session.execute(
                update(InboundMail)
                .where(InboundMail.id == key, InboundMail.fate == Fate.WAITING)
                .values(attempts=InboundMail.attempts + 1, next_at=clock.now() + _AGAIN)
            )
    else:
        if key in before:
            succeeded(_READ, key)
    return True


def _claim(key: int) -> bytes | None:
    """The bytes, and some time to read them in; None where another worker has it, or it was read."""
    with transaction():
        claimed = db.session.execute(
            update(InboundMail)
            .where(
                InboundMail.id == key, InboundMail.fate == Fate.WAITING, InboundMail.next_at <= clock.now()
            )
            .values(next_at=clock.now() + _IN_HAND)
            .returning(InboundMail.raw)
        )
        return claimed.scalar_one_or_none()


def _use(key: int, mail: Incoming) -> None:
    """One mail: done, answered or ignored. A refusal undoes all that was begun, then answers."""
    try:
        with transaction():
            row = _waiting(key)
            if row is not None:
                _do(row, mail)
    except (RuleBroken, NotFound) as refusal:
        with transaction():
            row = _waiting(key)
            if row is not None:
                _answer(row, mail, refusal)
    if mail.over:
        _make_room(MOST_OVER, InboundMail.over != "")


def _waiting(key: int) -> InboundMail | None:
    """The row, if nobody has read it meanwhile."""
    return db.session.scalar(
        select(InboundMail).where(InboundMail.id == key, InboundMail.fate == Fate.WAITING).with_for_update()
    )


def _do(row: InboundMail, mail: Incoming) -> None:
    meant = reply_handlers.read_address(row.recipient)
    if meant is None:
        return _settle(row, mail, Fate.IGNORED, "to no address of ours")
    if mail.automatic:
        return _settle(row, mail, Fate.IGNORED, f"by a machine: {mail.automatic}")
    if not mail.sender:
        return _settle(row, mail, Fate.IGNORED, "from nobody")
    purpose, ids = meant
    if mail.over:
        return _refuse_over(row, mail, reply_handlers.asked_by(purpose, ids, mail.sender))
    reply_handlers.handler_of(purpose)(ids, mail)
    return _settle(row, mail, Fate.DONE, purpose)


def _refuse_over(row: InboundMail, mail: Incoming, language: str | None) -> None:
    """Write to the person who was asked, and to nobody else: senders are forged."""
    if language is None:
        return _settle(row, mail, Fate.IGNORED, f"too much to read ({mail.over}), not from whom we asked")
    with force_locale(language):
        raise NotDone(
            _(
                "It is too large or too complicated for a program to read. Reply again with a short mail "
                "of plain text, without pictures or files, or press the button in our mail."
            ),
            language=language,
        )


def _settle(row: InboundMail, mail: Incoming, fate: Fate, why: str) -> None:
    row.sender, row.over = mail.sender, mail.over[:40]
    row.fate, row.why, row.read_at = fate, why[:200], clock.now()


def _answer(row: InboundMail, mail: Incoming, refusal: GovnetError) -> None:
    if _answered_today(mail.sender) >= ANSWERS_A_DAY:
        return _settle(row, mail, Fate.IGNORED, "answered often enough today")
    try:
        _send_back(row, mail, refusal)
    except BadHeader:
        return _settle(row, mail, Fate.IGNORED, "from an address that no mail can go to")
    return _settle(row, mail, Fate.ANSWERED, str(refusal.message))


def _send_back(row: InboundMail, mail: Incoming, refusal: GovnetError) -> None:
    outbox.post(
        "mail/not_done",
        to=Address(mail.sender, mail.sender_name),
        context={"why": str(refusal.message), "subject": mail.subject},
        language=getattr(refusal, "language", ""),
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
    """Delete the bytes of mails read weeks ago; that they came and what became of them stays. Returns how many."""
    now = clock.now()
    old = (
        InboundMail.fate != Fate.WAITING,
        InboundMail.raw.is_not(None),
        or_(
            InboundMail.read_at < now - KEPT,
            (InboundMail.over != "") & (InboundMail.read_at < now - KEPT_OVER),
        ),
    )
    done = together(_FORGET, db.session.scalars(select(InboundMail.id).where(*old)), _let_bytes_go)
    return done + _make_room(MOST_KEPT)


def _make_room(most: int, *which: ColumnElement[bool]) -> int:
    """Let the oldest bytes go until those of the mails that were read are no more than `most`. Returns of how many mails."""
    read = (InboundMail.fate != Fate.WAITING, *which)
    too_many = _bytes_of(*read) - most
    gone: list[int] = []
    if too_many > 0:
        oldest = select(InboundMail.id, func.length(InboundMail.raw).label("length")).where(
            InboundMail.raw.is_not(None), *read
        )
        for row in db.session.execute(oldest.order_by(InboundMail.read_at, InboundMail.id)):
            if too_many <= 0:
                break
            gone.append(row.id)
            too_many -= row.length
    return together(_FORGET, gone, _let_bytes_go)


def _let_bytes_go(ids: Sequence[int]) -> int:
    kept = (InboundMail.id.in_(ids), InboundMail.raw.is_not(None))
    gone = db.session.execute(update(InboundMail).where(*kept).values(raw=None, sender=""))
    return int(getattr(gone, "rowcount", 0))


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
            "text": parser.read(row.raw).text if row.raw and not row.over else None,
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
