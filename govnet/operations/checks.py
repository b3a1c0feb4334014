"""What `govnet doctor` and the operator's page look at: each check says in a sentence what it found."""

from __future__ import annotations

import shutil
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import and_, func, select
from sqlalchemy.exc import SQLAlchemyError

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import set_aside
from govnet.mail import receiving
from govnet.mail.headers import can_be_written_to
from govnet.mail.queries import trouble
from govnet.operations import queries, schema, upkeep
from govnet.operations.backups import data_folder
from govnet.operations.models import DatabaseLook
from govnet.record.models import ChainHead, Entry
from govnet.record.queries import check_chain
from govnet.record.rules import Fault

RECENT_BACKUP = timedelta(days=2)
LIVE_WORKER = timedelta(minutes=2)
LEAST_FREE = 500 * 1024 * 1024
_PATIENCE = 5.0
_SHOWN = 10


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is well, and in words what was found or what to do."""

    name: str
    well: bool
    words: str


def examine(*, now: bool = True) -> Iterator[Finding]:
    """Every check in turn; one that fails never keeps the others from running.

    Unless it is to be known `now`, what takes long is as the worker found it last.
    """
    checks = CHECKS if now else {**CHECKS, "database": _database_lately}
    for name, check in checks.items():
        try:
            well, words = check()
        except (SQLAlchemyError, OSError, smtplib.SMTPException) as error:
            well, words = False, _("could not be checked: %(error)s", error=str(error).splitlines()[0])
        yield Finding(name, well, words)


def _settings() -> tuple[bool, str]:
    config = current_app.config
    if config["ENV_NAME"] != "production":
        return True, _("GOVNET_ENV is not “production”: fine for trying out, not for strangers.")
    if config["MAIL_DOMAIN"].endswith("example.org"):
        return False, _("MAIL_DOMAIN is still an example: set it to the domain that mail comes from.")
    return True, _("production at %(url)s", url=config["SITE_URL"])


def _database() -> tuple[bool, str]:
    lacking = schema.missing()
    if lacking:
        return False, _("lacks %(what)s: run “govnet upgrade”.", what=", ".join(lacking[:5]))
    if upkeep.damage():
        return False, _("the file is damaged: restore the last backup.")
    return True, _("%(kind)s, every table and trigger is there", kind=db.engine.dialect.name)


def _database_lately() -> tuple[bool, str]:
    """The same, but for the look through the whole file, which the worker takes once a day."""
    lacking = schema.missing()
    if lacking:
        return False, _("lacks %(what)s: run “govnet upgrade”.", what=", ".join(lacking[:5]))
    last = db.session.get(DatabaseLook, 1)
    if last is None or last.at is None:
        return True, _("every table and trigger is there; the worker has not looked through it yet.")
    when = f"{last.at:%Y-%m-%d %H:%M}"
    if last.trouble:
        return False, _(
            "it was damaged when the worker looked %(when)s UTC: restore the last backup.", when=when
        )
    return True, _(
        "%(kind)s, every table and trigger is there; the worker looked through it %(when)s UTC",
        kind=db.engine.dialect.name,
        when=when,
    )


def _networks() -> tuple[bool, str]:
    count = queries.how_many_networks()
    return count > 0, str(count) if count else _("none yet: run “govnet init”.")


def _worker() -> tuple[bool, str]:
    beat = queries.last_beat()
    if beat is None:
        return False, _("no worker has run yet: start “govnet serve” or “govnet worker”.")
    silent = clock.now() - beat.at
    seconds = int(silent.total_seconds())
    words = _("last sign of life on %(host)s %(seconds)s seconds ago", host=beat.host, seconds=seconds)
    return silent < LIVE_WORKER, words


def _addresses() -> tuple[bool, str]:
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


def _duties() -> tuple[bool, str]:
    aside = set_aside()
    if not aside:
        return True, _("nothing is set aside")
    said = [f"{one.duty} ({one.thing}: {one.error.splitlines()[0][:200]})" for one in aside[:_SHOWN]]
    return False, _("it failed at these, and tries each once a day: %(things)s", things="; ".join(said))


def _mail() -> tuple[bool, str]:
    found = trouble()
    if found.line is not None and found.line.held_at:
        return False, _("held until a person releases it: %(why)s", why=found.line.held_why)
    if found.line is not None and found.line.tripped_at:
        return False, _("stopped after many errors: %(words)s", words=found.line.words)
    words = _(
        "%(waiting)s waiting, %(failed)s could not be sent today",
        waiting=found.waiting,
        failed=found.failed_today,
    )
    return not found.any, words


def _mail_in() -> tuple[bool, str]:
    if not current_app.config["MAIL_REPLIES"]:
        return True, _("no mail comes in: answers go to each network’s mailbox.")
    stuck, last = receiving.stuck(), receiving.last_came()
    if stuck:
        return False, _("the program failed at %(stuck)s: its log says why.", stuck=stuck)
    if last is None:
        return True, _("nothing has come yet")
    return True, _("the last came %(when)s UTC", when=f"{last:%Y-%m-%d %H:%M}")


def _smtp() -> tuple[bool, str]:
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


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(data_folder()).free
    megabytes = f"{free // 1024**2:,}"
    return free >= LEAST_FREE, _("%(n)s MB free beside %(folder)s", n=megabytes, folder=data_folder())


def _clock() -> tuple[bool, str]:
    if doubts := queries.clock_doubts():
        return False, _(
            "it says %(time)s UTC, but the newest entry was from %(newest)s when the worker on %(host)s started. "
            "Nothing closes until a time server keeps the clock, or you say that it is right: govnet operator confirm-clock",
            time=f"{clock.now():%Y-%m-%d %H:%M}", newest=f"{doubts[0].newest_at:%Y-%m-%d}", host=doubts[0].host,
        )  # fmt: skip
    last = and_(Entry.network_id == ChainHead.network_id, Entry.number == ChainHead.number)
    newest = db.session.scalar(select(func.max(Entry.at)).join(ChainHead, last))
    ahead = newest - clock.now() if newest else timedelta()
    if ahead > timedelta(minutes=1):
        return False, _(
            "the record’s last entry is %(ahead)s in the future: this machine’s clock is slow.", ahead=ahead
        )
    return True, _("it is %(time)s UTC", time=f"{clock.now():%Y-%m-%d %H:%M}")


def _backup() -> tuple[bool, str]:
    last = queries.last_backup()
    if last is None:
        return False, _("none yet: run “govnet backup FILE” every night.")
    said = {"when": f"{last.at:%Y-%m-%d %H:%M}", "size": f"{last.size:,}", "file": last.file}
    return clock.now() - last.at < RECENT_BACKUP, _("%(when)s UTC, %(size)s bytes, %(file)s", **said)


CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "settings": _settings,
    "database": _database,
    "networks": _networks,
    "worker": _worker,
    "duties": _duties,
    "mail": _mail,
    "addresses": _addresses,
    "mail in": _mail_in,
    "mail server": _smtp,
    "disk": _disk,
    "clock": _clock,
    "backup": _backup,
}


TITLES = {
    "settings": _l("Settings"),
    "database": _l("Database"),
    "networks": _l("Networks"),
    "worker": _l("Worker"),
    "duties": _l("What the worker does"),
    "mail": _l("Mail"),
    "addresses": _l("Mailboxes"),
    "mail in": _l("Mail that comes in"),
    "mail server": _l("Mail server"),
    "disk": _l("Disk"),
    "clock": _l("Clock"),
    "backup": _l("Last backup"),
}
"""What each check is called on the operator's page."""


def _faults(network_id: int) -> list[Fault]:
    """What is wrong with a record; a value that cannot even be read is a fault too."""
    try:
        return list(check_chain(network_id))
    except (LookupError, ValueError) as error:
        return [Fault(0, f"holds something that cannot be read: {error}")]


def verify() -> Iterator[Finding]:
    """Each network's record, recomputed from its first entry to its last."""
    for network in queries.chained_networks():
        faults = _faults(network.id)
        number = db.session.scalar(select(func.count()).where(Entry.network_id == network.id))
        words = (
            ngettext("%(num)s entry, whole", "%(num)s entries, whole", number or 0)
            if not faults
            else "; ".join(f"entry {f.number}: {f.what}" if f.number else f.what for f in faults[:20])
        )
        yield Finding(network.slug, not faults, words)
