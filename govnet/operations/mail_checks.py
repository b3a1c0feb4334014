"""What `govnet doctor` looks at of mail: whether it can go out, and comes in."""

from __future__ import annotations

import smtplib
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from govnet.kernel import clock
from govnet.mail import receiving
from govnet.mail.headers import can_be_written_to
from govnet.mail.lmtp_address import listen_address
from govnet.mail.queries import trouble
from govnet.operations import queries

_PATIENCE = 5.0


def addresses() -> tuple[bool, str]:
    """What no mail can be written from or to stops all of it, or loses the answers."""
    wrong = [one for one in (current_app.config["MAIL_DEFAULT_SENDER"],) if not _sends(one)]
    wrong += [
        f"{network.slug}: {address}"
        for network in queries.chained_networks()
        for address in (network.contact_email, network.list_address)
        if address and not can_be_written_to(address)
    ]
    if wrong:
        said = ", ".join(wrong)
        return False, _("no mail can go to these; write them in plain letters: %(addresses)s", addresses=said)
    return True, _("mail can go to each network’s mailbox")


def _sends(address: str) -> bool:
    return address.isascii() and can_be_written_to(address)


def mail() -> tuple[bool, str]:
    found = trouble()
    if found.line is not None and found.line.held_at:
        return False, _("held until a person releases it: %(why)s", why=found.line.held_why)
    if found.line is not None and found.line.tripped_at:
        return False, _(
            "the mail server refuses what we send: %(words)s. It %(when)s.",
            words=found.line.words or "?",
            when=_again(found.line.not_before),
        )
    if found.line is not None and found.line.troubles > 2:
        return False, _(
            "the mail server cannot be used: %(words)s. It %(when)s.",
            words=found.line.words or "?",
            when=_again(found.line.not_before),
        )
    words = _(
        "%(waiting)s waiting, %(failed)s could not be sent today",
        waiting=found.waiting,
        failed=found.failed_today,
    )
    return not found.any, words


def _again(moment: datetime | None) -> str:
    if moment is None or moment <= clock.now():
        return str(_("tries again with the next mail"))
    return str(_("tries again at %(time)s UTC", time=f"{moment:%H:%M}"))


def mail_in() -> tuple[bool, str]:
    if not current_app.config["MAIL_REPLIES"]:
        return True, _("no mail comes in: answers go to each network’s mailbox.")
    if current_app.config["LMTP_LISTEN"] and not _door_answers(current_app.config["LMTP_LISTEN"]):
        return False, _(
            "nobody listens at %(address)s (LMTP_LISTEN): start “govnet worker” on this machine.",
            address=current_app.config["LMTP_LISTEN"],
        )
    stuck, last = receiving.stuck(), receiving.last_came()
    if stuck:
        return False, _("the program failed at %(stuck)s: its log says why.", stuck=stuck)
    if last is None:
        return True, _("nothing has come yet")
    return True, _("the last came %(when)s UTC", when=f"{last:%Y-%m-%d %H:%M}")


def _door_answers(written: str) -> bool:
    """Whether the door for mail greets as it should."""
    door = listen_address(written)
    try:
        with smtplib.LMTP(
            door.path or door.host, door.port, local_hostname="localhost", timeout=_PATIENCE
        ) as server:
            return server.ehlo()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def smtp() -> tuple[bool, str]:
    config = current_app.config
    kind = smtplib.SMTP_SSL if config["MAIL_USE_SSL"] else smtplib.SMTP
    with kind(config["MAIL_SERVER"], config["MAIL_PORT"], timeout=_PATIENCE) as server:
        if config["MAIL_USE_TLS"]:
            server.starttls()
        if config["MAIL_USERNAME"]:
            server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"] or "")
        code, _answer = server.noop()
    address = f"{config['MAIL_SERVER']}:{config['MAIL_PORT']}"
    return code == 250, _("%(address)s answers %(code)s", address=address, code=code)
