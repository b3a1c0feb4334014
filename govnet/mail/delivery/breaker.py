"""When the line to the mail server rests, who tries it again and with what, and what ends its rest.

Nothing here waits for a person: a line that was refused is tried again by one mail, ever more seldom and once an hour at
least, and at once under other mail settings.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import or_, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import each
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import claim, mailings
from govnet.mail.delivery.smtp import ServerAnswer
from govnet.mail.models import Delivery, Mail, MailLine
from govnet.mail.rules import LINE_REFUSALS_TO_TRIP, DeliveryState, line_trips, rest, rest_when_refused

log = structlog.get_logger()
_MARK = 4
"""Hex digits of a mark: enough to see that the settings are others, too few to guess a password by."""
_MARKS = 8
_BULK = {"synchronize_session": False}


class Turn(Enum):
    """The permission of a sender now."""

    SHUT = "shut"
    TRIAL = "trial"
    """Try the line with one mail; nobody else does meanwhile."""
    OPEN = "open"


def mark() -> str:
    """A few digits of the mail settings' digest (HMAC-SHA256 under MAIL_KEY): the same settings have the same mark."""
    mail, config = current_app.extensions["mail"], current_app.config
    used = [mail.server, mail.port, mail.username, mail.password, bool(mail.use_tls), bool(mail.use_ssl)]
    used += [config.get(name) for name in ("MAIL_DOMAIN", "MAIL_DEFAULT_SENDER", "MAIL_RETURN_PATH")]
    said = f"mail settings\0{json.dumps(used, default=str)}"
    return hmac.new(str(config["MAIL_KEY"]).encode(), said.encode(), hashlib.sha256).hexdigest()[:_MARK]


def turn(lease: timedelta) -> Turn:
    """The present permission. TRIAL is given to one sender only, for as long as `lease`.

    After a change of the settings, mails that waited because of the earlier ones are due at once.
    """
    row = db.session.execute(
        select(MailLine.settings, MailLine.troubles, MailLine.tripped_at).where(MailLine.id == 1)
    ).first()
    new = row is not None and _is_new(row)
    if not new and not claim.anything_due():
        return Turn.SHUT
    if row is None or not (new or _ails(row)):
        return Turn.OPEN
    with transaction():
        return _begin(lease, clock.now())


def _ails(row: Any) -> bool:
    return bool(row.troubles or row.tripped_at)


def _is_new(row: Any) -> bool:
    """Whether these settings were not tried since the line last went well, and others were."""
    return bool(row.settings) and mark() not in row.settings.split()


def _begin(lease: timedelta, now: datetime) -> Turn:
    row = mailings.line()
    if _is_new(row):
        _note_settings(row)
        row.refusals, row.not_before = 0, None
        mailings.hurry(now)
    if not _ails(row):
        return Turn.OPEN
    if row.held_at is not None or (row.not_before is not None and row.not_before > now):
        return Turn.SHUT
    row.not_before = now + lease
    return Turn.TRIAL


def end_trial() -> None:
    """Nothing was there to try the line with: the next mail does."""
    with transaction():
        mailings.line().not_before = None


def _note_settings(row: MailLine) -> None:
    marks = row.settings.split()
    if mark() not in marks:
        row.settings = " ".join([*marks[1 - _MARKS :], mark()])


def note_settings() -> None:
    """Under these settings something was refused or put off; under others it is tried at once. Inside transaction()."""
    known = db.session.scalar(select(MailLine.settings).where(MailLine.id == 1))
    if known is None or mark() not in known.split():
        _note_settings(mailings.line())


def trouble(answer: ServerAnswer) -> None:
    """The server could not be used: the line rests, the longer the more often in a row. Inside transaction()."""
    row, now = mailings.line(), clock.now()
    _note_settings(row)
    row.troubles += 1
    row.refusals = row.refusals + 1 if answer.verdict.permanent or row.tripped_at is not None else 0
    row.words, row.changed_at = answer.words, now
    if row.tripped_at is None and line_trips(row.refusals):
        row.tripped_at = now
        log.error("the mail server refuses our mail", code=answer.code)
    if row.tripped_at is not None:
        row.not_before = now + rest_when_refused(row.refusals)
    elif row.troubles > 1 or answer.verdict.state is DeliveryState.QUEUED:
        row.not_before = now + rest(row.troubles)


def works() -> None:
    """The server took a mail, or spoke of its address: the line is well. Inside transaction()."""
    ails = or_(MailLine.troubles > 0, MailLine.refusals > 0, MailLine.tripped_at.is_not(None))
    well = {
        "troubles": 0,
        "refusals": 0,
        "not_before": None,
        "tripped_at": None,
        "words": "",
        "settings": mark(),
    }
    healed = db.session.execute(
        update(MailLine).where(ails).values(**well, changed_at=clock.now()).execution_options(**_BULK)
    )
    if getattr(healed, "rowcount", 0):
        log.info("mail goes out again")


def pause(mail: Mail, words: str) -> None:
    """Hold a mailing that is refused again and again; one of its mails tries from time to time. Inside transaction()."""
    note_settings()
    mail.troubles = max(mail.troubles, LINE_REFUSALS_TO_TRIP)
    mailings.pause(mail.id, by="", why=words)
    mail.retry_at = clock.now() + rest_when_refused(mail.troubles)


def retry() -> int:
    """Let one mail of each mailing that refusals paused try again, where its rest is over; how many that are."""
    over = or_(Mail.retry_at.is_(None), Mail.retry_at <= clock.now())
    due = select(Mail.id).where(*mailings.PAUSED_BY_REFUSALS, over).order_by(Mail.id)
    return each("try paused mail", db.session.scalars(due), mailings.try_one)


def given_up() -> Sequence[int]:
    """Mails of mailings that refusals paused whose time is over."""
    paused = select(Mail.id).where(*mailings.PAUSED_BY_REFUSALS)
    late = (
        Delivery.mail_id.in_(paused),
        Delivery.state == DeliveryState.HELD,
        Delivery.limit_at <= clock.now(),
    )
    return db.session.scalars(select(Delivery.id).where(*late)).all()
