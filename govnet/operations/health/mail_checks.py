"""The checks of mail: whether it can go out, and comes in."""

from __future__ import annotations

import smtplib
from datetime import datetime
from ipaddress import ip_address

from flask import current_app
from flask_babel import gettext as _

from govnet.kernel import clock
from govnet.mail.delivery import smtp as delivery_smtp
from govnet.mail.delivery.sender import return_path
from govnet.mail.headers import can_be_written_to
from govnet.mail.incoming import intake
from govnet.mail.incoming.lmtp_address import listen_address
from govnet.mail.queries import trouble
from govnet.mail.rules import DeliveryState
from govnet.operations import queries
from govnet.operations.backups import restored_copy
from govnet.operations.health import heartbeats

_PATIENCE = 5.0
_SIGN_IN = (530, 534, 535, 538)


def addresses() -> tuple[bool, str]:
    """Addresses that no mail can be written from or to stop all of it, or lose the answers."""
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
        if found.line.held_why == restored_copy.BEING_PUT_BACK:
            return False, str(restored_copy.HalfRestored())
        return False, _("held until a person releases it: %(why)s", why=found.line.held_why)
    if found.line is not None and found.line.tripped_at:
        return False, _(
            "the mail server refuses our mail: %(words)s. %(when)s",
            words=found.line.words or "?",
            when=tries_again(found.line.not_before),
        )
    if found.line is not None and found.line.troubles > 2:
        return False, _(
            "the mail server cannot be used: %(words)s. %(when)s",
            words=found.line.words or "?",
            when=tries_again(found.line.not_before),
        )
    words = _(
        "%(waiting)s waiting, %(failed)s could not be sent today",
        waiting=found.waiting,
        failed=found.failed_today,
    )
    return not found.any, words


def tries_again(moment: datetime | None) -> str:
    """The time when a line that rests is used again, as a sentence."""
    if moment is None or moment <= clock.now():
        return str(_("The next mail is a new try."))
    return str(_("govnet tries again at %(time)s UTC.", time=f"{moment:%H:%M}"))


def mail_in() -> tuple[bool, str]:
    if not current_app.config["MAIL_REPLIES"]:
        return True, _("no mail comes in: answers go to each network’s mailbox.")
    if current_app.config["LMTP_LISTEN"] and not _door_answers(current_app.config["LMTP_LISTEN"]):
        host = heartbeats.elsewhere() if _only_here(current_app.config["LMTP_LISTEN"]) else ""
        if host:
            return True, _("taken by the worker on %(host)s: no worker runs on this machine.", host=host)
        return False, _(
            "nobody listens at %(address)s (LMTP_LISTEN): start “govnet worker” on this machine.",
            address=current_app.config["LMTP_LISTEN"],
        )
    stuck, last = intake.stuck(), intake.last_came()
    if stuck:
        return False, _("the program failed at %(stuck)s: its log says why.", stuck=stuck)
    if last is None:
        return True, _("nothing has come yet")
    return True, _("the last came %(when)s UTC", when=f"{last:%Y-%m-%d %H:%M}")


def _only_here(written: str) -> bool:
    """Whether the door can be reached on its own machine alone, so that each machine has another one."""
    door = listen_address(written)
    return bool(door.path) or _is_here(door.host)


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
    """Whether the server would take a mail from us, found out over the sender's own line."""
    wrong = _sign_in_trouble()
    if wrong:
        return False, wrong
    try:
        with delivery_smtp.open_line(timeout=_PATIENCE) as talk:
            answer = talk.takes_from(return_path("doctor"))
    except delivery_smtp.LineDown as down:
        answer = down.answer
    if answer.verdict.state is DeliveryState.ACCEPTED:
        return True, _("%(address)s answers %(code)s", address=place(), code=answer.code)
    if answer.code is None:
        return False, _("%(place)s cannot be reached: %(words)s", place=place(), words=answer.words)
    hint = _(" Look at MAIL_USERNAME and MAIL_PASSWORD.") if answer.code in _SIGN_IN else ""
    said = _("%(place)s refuses us: %(code)s %(words)s", place=place(), code=answer.code, words=answer.words)
    return False, said + hint


def _sign_in_trouble() -> str:
    """The mistake in how we sign in, before the server is asked: a password is not sent to find out."""
    mail = current_app.extensions["mail"]
    if bool(mail.username) != bool(mail.password):
        there, missing = ("MAIL_USERNAME", "MAIL_PASSWORD")
        if mail.password:
            there, missing = missing, there
        return str(
            _("%(there)s is set and %(missing)s is not: we do not sign in.", there=there, missing=missing)
        )
    if mail.username and not (mail.use_tls or mail.use_ssl) and not _is_here(mail.server):
        return str(
            _("the password goes to %(place)s in plain text: set MAIL_USE_TLS=1 (port 587) or MAIL_USE_SSL=1 (port 465).",
              place=place())
        )  # fmt: skip
    return ""


def _is_here(host: str) -> bool:
    """Whether what goes to this host stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def place() -> str:
    """The mail server, as it is set."""
    mail = current_app.extensions["mail"]
    return f"{mail.server}:{mail.port}"
