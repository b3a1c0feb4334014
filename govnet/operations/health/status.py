"""The health of this installation, for monitors: a few statements that cannot take long, and no addresses in the answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from govnet.extensions import db, limiter
from govnet.kernel import clock, folders
from govnet.kernel.outage import BUSY, DAMAGED, UNREACHABLE, Outage, outage_of
from govnet.kernel.request_counts import SharedCounts
from govnet.kernel.transaction import let_go
from govnet.mail import queries as mail
from govnet.operations import queries
from govnet.operations.health.database_checks import LEAST_FREE
from govnet.operations.health.heartbeats import ALIVE

Part = Mapping[str, Any]
"""`ok`, and the finding in few words or numbers."""
_AT_MOST = "2s"


def bounded() -> None:
    """Let no statement of this request take long: PostgreSQL ends it, and SQLite has none that waits."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"SET LOCAL statement_timeout = '{_AT_MOST}'"))


def outage() -> Outage | None:
    """The obstacle that keeps the database from being written, if any."""
    try:
        bounded()
        return queries.outage() if queries.answers() else UNREACHABLE
    except SQLAlchemyError as error:
        return outage_of(error) or UNREACHABLE
    finally:
        with suppress(SQLAlchemyError):
            let_go()


def parts() -> dict[str, Part]:
    """The parts that have to be well for all of it to work, by name. One that cannot be checked is not well.

    If the database does not answer it is asked once, so that the monitor waits for it once.
    """
    database = outage()
    found: dict[str, Part] = {
        "database": {
            "ok": database is None or database is BUSY,
            "state": database.name if database else "can be written",
        }
    }
    for name, look in _IN_DATABASE.items():
        found[name] = _away(database) if database in (UNREACHABLE, DAMAGED) else _looked_at(look, bounded)
    return {**found, "disk": _looked_at(_disk), "redis": _looked_at(_redis)}


def _looked_at(look: Callable[[], Part], before: Callable[[], None] = lambda: None) -> Part:
    try:
        before()
        return look()
    except (SQLAlchemyError, OSError) as error:
        return _away(outage_of(error))
    finally:
        with suppress(SQLAlchemyError):
            let_go()


def _away(why: Outage | None) -> Part:
    return {"ok": False, "state": why.name if why else "cannot be looked at"}


def _worker() -> Part:
    beat = queries.last_beat()
    if beat is None:
        return {"ok": False, "state": "none runs"}
    silent = clock.now() - beat.at
    return {"ok": silent < ALIVE, "seconds": int(silent.total_seconds())}


def _mail() -> Part:
    line = mail.line()
    if line is not None and line.held_at:
        return {"ok": False, "state": "held until a person releases it"}
    if line is not None and line.tripped_at:
        return {"ok": False, "state": "stopped after many errors"}
    still = mail.stands_still()
    return {"ok": not still, "state": "stands still" if still else "goes out"}


def _duties() -> Part:
    aside = queries.duties_set_aside()
    return {"ok": not aside, "set_aside": len(aside.splitlines())}


def _disk() -> Part:
    free = shutil.disk_usage(folders.data()).free
    return {"ok": free >= LEAST_FREE, "free_megabytes": free // 1024**2}


def _redis() -> Part:
    if not isinstance(limiter.storage, SharedCounts):
        return {"ok": True, "state": "not used"}
    away = limiter.storage.trouble() is not None
    return {"ok": not away, "state": "away" if away else "counts requests"}


_IN_DATABASE: dict[str, Callable[[], Part]] = {
    "worker": _worker,
    "duties": _duties,
    "mail": _mail,
}
