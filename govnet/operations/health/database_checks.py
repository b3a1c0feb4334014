"""The checks of the database: its tables, its file, its disk and its backups; and of Redis."""

from __future__ import annotations

import shutil
from datetime import timedelta

from flask_babel import gettext as _

from govnet.extensions import db, limiter
from govnet.kernel import clock, folders
from govnet.kernel.request_counts import SharedCounts
from govnet.operations import queries
from govnet.operations.database import schema, upkeep
from govnet.operations.models import DatabaseLook

RECENT_BACKUP = timedelta(days=2)
LEAST_FREE = 500 * 1024 * 1024


def database() -> tuple[bool, str]:
    if fault := schema.fault():
        return False, fault
    if upkeep.damage():
        return False, _("the file is damaged: restore the last backup.")
    return True, _("%(kind)s, every table and trigger is there", kind=db.engine.dialect.name)


def database_lately() -> tuple[bool, str]:
    """The same, but for the look through the whole file, which the worker takes once a day."""
    if fault := schema.fault():
        return False, fault
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


def backup() -> tuple[bool, str]:
    last = queries.last_backup()
    if last is None:
        return False, _("none yet: run “govnet backup FILE” every night.")
    said = {"when": f"{last.at:%Y-%m-%d %H:%M}", "size": f"{last.size:,}", "file": last.file}
    return clock.now() - last.at < RECENT_BACKUP, _("%(when)s UTC, %(size)s bytes, %(file)s", **said)


def disk() -> tuple[bool, str]:
    free = shutil.disk_usage(folders.data()).free
    megabytes = f"{free // 1024**2:,}"
    return free >= LEAST_FREE, _("%(n)s MB free beside %(folder)s", n=megabytes, folder=folders.data())


def redis() -> tuple[bool, str]:
    """Whether all processes count requests together."""
    if not isinstance(limiter.storage, SharedCounts):
        return True, _("not used: each web process counts requests for itself; several need REDIS_URL.")
    error = limiter.storage.trouble()
    if error is not None:
        return False, _(
            "it does not count (%(error)s): each web process counts requests for itself until it is back. Look at REDIS_URL.",
            error=error.splitlines()[0],
        )
    return True, _("counts requests for all web processes together")
