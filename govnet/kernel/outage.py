"""Outages of the database or the disk: which trouble it is, and when to try again."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from govnet.kernel.errors import Busy


@dataclass(frozen=True)
class Outage:
    """One kind of trouble: a word for the log and for monitors, a sentence for people, seconds until it may be over."""

    name: str
    words: Any
    again: int


BUSY = Outage("the database is busy", _l("The database is busy. Please try again in a moment."), 5)
FULL = Outage(
    "the disk is full",
    _l(
        "The server’s disk is full, so nothing can be saved just now. Reading still works. The people who "
        "look after the server have to make room."
    ),
    600,
)
READ_ONLY = Outage(
    "the database cannot be written",
    _l(
        "The database can be read but not written just now, so nothing can be saved. The people who look "
        "after the server have to put it right."
    ),
    600,
)
UNREACHABLE = Outage("the database does not answer", _l("The database does not answer just now."), 60)
DAMAGED = Outage(
    "the database is damaged",
    _l("The database is damaged. The people who look after the server have to restore a backup."),
    3600,
)

_BY_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_PROTOCOL: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: READ_ONLY,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: UNREACHABLE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
"""By primary result code (sqlite.org/rescode.html)."""
_BY_STATE = {
    "08": UNREACHABLE, "25006": READ_ONLY, "40001": BUSY, "40P01": BUSY, "53100": FULL, "53": UNREACHABLE, "55P03": BUSY,
    "57014": BUSY, "57P": UNREACHABLE, "58": READ_ONLY, "XX001": DAMAGED, "XX002": DAMAGED,
}  # fmt: skip
"""By the SQLSTATE or its beginning, the longest first (PostgreSQL manual, appendix A)."""
_BY_ERRNO = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EROFS: READ_ONLY}
_noted: list[tuple[Outage, float]] = []
_away: list[float] = []
"""When a write of this process last found no database."""
STALE = 60.0
"""Seconds after which a failed write says nothing more about now."""


class Unavailable(Busy):
    """It was not saved, for what `outage` says; `perhaps_saved` where it, or something before it, may have been."""

    def __init__(self, outage: Outage, *, perhaps_saved: bool = False) -> None:
        super().__init__(outage.words)
        self.outage = outage
        self.again = outage.again
        self.perhaps_saved = perhaps_saved


def outage_of(error: BaseException) -> Outage | None:
    """The trouble behind an exception; None when it is a fault of another kind."""
    if isinstance(error, Unavailable):
        return error.outage
    if isinstance(error, PoolTimeout):
        return BUSY
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _BY_SQLITE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None) or ""
    known = next((_BY_STATE[begin] for begin in _beginnings(state) if begin in _BY_STATE), None)
    if known is None and (
        error.connection_invalidated or (isinstance(error, OperationalError) and not state)
    ):
        return UNREACHABLE
    return known


def _beginnings(state: str) -> Iterator[str]:
    return (state[:length] for length in range(len(state), 1, -1))


def note(outage: Outage | None) -> None:
    """Remember what kept the latest write of this process from being saved; None when it was saved."""
    _noted[:] = [(outage, time.monotonic())] if outage is not None and outage is not BUSY else []
    if outage is UNREACHABLE:
        _away[:] = [time.monotonic()]


def was_away(seconds: float) -> bool:
    """Whether a write of this process found no database so short a time ago: others may not have come back to it yet."""
    return bool(_away) and time.monotonic() - _away[0] < seconds


def noted() -> Outage | None:
    """The outage that kept the latest write of this process from being saved, in the last minute."""
    found = next(iter(_noted), None)
    return found[0] if found is not None and time.monotonic() - found[1] < STALE else None
