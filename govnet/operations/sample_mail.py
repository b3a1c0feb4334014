"""One mail to an address of the operator's choice, sent as any other, and its fate."""

from __future__ import annotations

import time
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import let_go, transaction
from govnet.mail.delivery import breaker, smtp
from govnet.mail.headers import Address
from govnet.mail.models import Delivery, MailLine
from govnet.mail.outgoing import outbox
from govnet.mail.rules import DeliveryState, Priority
from govnet.operations import queries
from govnet.operations.health.heartbeats import ALIVE
from govnet.operations.health.mail_checks import place, tries_again

PATIENCE = 60.0
"""Seconds."""
_LASTS = timedelta(hours=1)
_LOOK = 0.2


def send(address: str, *, patience: float = PATIENCE) -> tuple[bool, str]:
    """Queue a mail and wait for the result: whether the server took it, and a sentence about it.

    If it could not go now, nothing is queued. Raises BadHeader for an address that no mail can go to.
    """
    hindrance = _held() or _resting(known=True) or _no_worker()
    if hindrance:
        return False, hindrance
    with transaction():
        mail_id = outbox.post(
            "operations/trial",
            to=Address(address),
            context={"at": clock.now(), "zone": "UTC"},
            priority=Priority.SIGN_IN,
            not_after=clock.now() + _LASTS,
        )
    began = time.monotonic()
    while (waited := time.monotonic() - began) < patience:
        found = _fate(mail_id, max(1, round(waited)))
        let_go()
        if found is not None:
            return found
        time.sleep(_LOOK)
    return False, _no_worker() or _("no worker took it within %(seconds)s seconds. Is a worker running "
        "with these settings?",
                                    seconds=round(patience))  # fmt: skip


def _line() -> MailLine | None:
    return db.session.get(MailLine, 1, populate_existing=True)


def _held() -> str:
    line = _line()
    if smtp.switched_off():
        return str(_("this server is set to send no mail."))
    if line is not None and line.held_at is not None:
        return str(_("mail is held: %(why)s To let it go: govnet operator release-mail", why=line.held_why))
    return ""


def _resting(*, known: bool = False) -> str:
    """Why the line is not used now. `known`: only where these settings were tried; others are tried at once."""
    line = _line()
    if line is None or line.not_before is None or line.not_before <= clock.now():
        return ""
    if known and breaker.mark() not in line.settings.split():
        return ""
    what = (
        _("%(place)s refuses our mail: %(words)s.", place=place(), words=line.words)
        if line.tripped_at is not None
        else _("%(place)s cannot be used: %(words)s.", place=place(), words=line.words)
    )
    when = tries_again(line.not_before)
    return f"{what} {when} {_('To try at once, call: govnet operator reset-mail')}"


def _no_worker() -> str:
    beat = queries.last_beat()
    if beat is None:
        return str(_("no worker takes it, because none is running. Start “govnet serve” or “govnet worker”."))
    silent = clock.now() - beat.at
    if silent < ALIVE:
        return ""
    return str(
        _("no worker takes it: the last sign of life was %(seconds)s seconds ago. Start “govnet serve” or "
            "“govnet worker”.",
          seconds=int(silent.total_seconds()))
    )  # fmt: skip


def _fate(mail_id: int, seconds: int) -> tuple[bool, str] | None:
    """The result; None as long as there is none."""
    row = db.session.execute(
        select(Delivery.state, Delivery.code, Delivery.words, Delivery.next_at).where(
            Delivery.mail_id == mail_id
        )
    ).one()
    said = {"place": place(), "words": " ".join(str(part) for part in (row.code, row.words) if part)}
    if row.state is DeliveryState.ACCEPTED:
        return True, _("%(place)s took it within %(seconds)s s: %(words)s", seconds=seconds, **said)
    if row.state is DeliveryState.FAILED:
        return False, _("%(place)s refused it: %(words)s", **said)
    if row.state in (DeliveryState.DEFERRED, DeliveryState.HELD) or (
        row.state is DeliveryState.QUEUED and row.words
    ):
        return False, _(
            "%(place)s did not take it: %(words)s. For an hour it is tried again by itself.", **said
        )
    if row.state is DeliveryState.QUEUED and (resting := _resting(known=False)):
        return False, resting
    return None
