"""The checks of `govnet doctor` and the operator's page: each says in a sentence what it found."""

from __future__ import annotations

import platform
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

from govnet import __version__
from govnet.extensions import db
from govnet.kernel import clock, settings_file
from govnet.kernel.duties import set_aside
from govnet.operations import keys, queries
from govnet.operations.health import database_checks, heartbeats, mail_checks
from govnet.record.audit import check_chain
from govnet.record.chain import Fault
from govnet.record.models import ChainHead, Entry

_SHOWN = 10


@dataclass(frozen=True)
class Finding:
    """One check: its subject, whether it is well, and a sentence with the finding or the remedy."""

    name: str
    well: bool
    words: str


def examine(*, now: bool = True) -> Iterator[Finding]:
    """Every check in turn; one that fails never keeps the others from running.

    Unless it is to be known `now`, what takes long is as the worker found it last.
    """
    checks = CHECKS if now else {**CHECKS, "database": database_checks.database_lately}
    for name, check in checks.items():
        try:
            well, words = check()
        except (SQLAlchemyError, OSError, smtplib.SMTPException) as error:
            well, words = False, _("could not be checked: %(error)s", error=str(error).splitlines()[0])
        yield Finding(name, well, words)


def _release() -> tuple[bool, str]:
    python = platform.python_version()
    return True, _("govnet %(release)s on Python %(python)s", release=__version__, python=python)


def _settings() -> tuple[bool, str]:
    config = current_app.config
    if others := keys.differing():
        return False, _(
            "%(which)s: different from what this database was used with. See govnet operator accept-keys "
            "--help.",
            which=", ".join(others),
        )
    if config["GOVNET_SETTINGS"] and settings_file.open_to_everybody(config["GOVNET_SETTINGS"]):
        return False, _(
            "everybody on this machine can read %(file)s: chmod o= %(file)s", file=config["GOVNET_SETTINGS"]
        )
    if config["ENV_NAME"] != "production":
        return True, _("GOVNET_ENV is not “production”: fine for trying it out, not for public use.")
    if config["MAIL_DOMAIN"].endswith("example.org"):
        return False, _("MAIL_DOMAIN is still an example: set it to the domain that mail comes from.")
    return True, _("production at %(url)s", url=config["SITE_URL"])


def _networks() -> tuple[bool, str]:
    count = queries.how_many_networks()
    if count:
        return True, str(count)
    until = queries.founding_until()
    if until is None:
        return False, _("none yet: run “govnet init”.")
    when = f"{until:%Y-%m-%d %H:%M}"
    return False, _(
        "none yet: open the link that “govnet init” printed, until %(when)s UTC, or run it again.", when=when
    )


def _duties() -> tuple[bool, str]:
    aside = set_aside()
    if not aside:
        return True, _("nothing has failed")
    said = [f"{one.duty} ({one.thing}: {one.error.splitlines()[0][:200]})" for one in aside[:_SHOWN]]
    return False, _("these failed, and each is tried again once a day: %(things)s", things="; ".join(said))


def _clock() -> tuple[bool, str]:
    if doubts := queries.clock_doubts():
        return False, _(
            "it says %(time)s UTC, but the newest entry was from %(newest)s when the worker on "
            "%(host)s started. Nothing closes until a time server "
            "keeps the clock, or you confirm that it is right: govnet operator confirm-clock",
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


CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "release": _release,
    "settings": _settings,
    "database": database_checks.database,
    "networks": _networks,
    "worker": heartbeats.look,
    "duties": _duties,
    "mail": mail_checks.mail,
    "addresses": mail_checks.addresses,
    "mail in": mail_checks.mail_in,
    "mail server": mail_checks.smtp,
    "disk": database_checks.disk,
    "redis": database_checks.redis,
    "clock": _clock,
    "backup": database_checks.backup,
}


TITLES = {
    "release": _l("Release"),
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
    "redis": _l("Redis"),
    "clock": _l("Clock"),
    "backup": _l("Last backup"),
}
"""The name of each check on the operator's page."""


def _faults(network_id: int) -> list[Fault]:
    """The faults of a record; a value that cannot even be read is one too."""
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
