"""Whether the clock with which a worker starts can be believed, held against the newest entry of the record."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, func, select, text

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.insertion import insert_once
from govnet.kernel.time_source import is_synchronised
from govnet.kernel.transaction import let_go, transaction
from govnet.operations.models import ClockDoubt
from govnet.record.models import Entry

log = structlog.get_logger()
FAR = timedelta(days=3)
"""Between the clock and the newest entry: a quiet week, or a clock that is wrong."""
NEAR = timedelta(minutes=5)
"""How far two clocks that agree may be apart."""
AGAIN = 10.0
"""Seconds until the other clocks are asked again."""


class ClockCheck:
    """Checked before each turn of the worker; once the clock is believed, it stays so for this process.

    A doubt is a row: entries made meanwhile by the same wrong clock, or another start, do not settle it.
    """

    def __init__(self, synchronised: Callable[[], bool] = is_synchronised) -> None:
        self._synchronised = synchronised
        self._settled = False
        self._next = 0.0

    def holds(self) -> bool:
        """Whether duties that depend on the clock may run."""
        if not self._settled and time.monotonic() >= self._next:
            self._settled = self._look()
            self._next = time.monotonic() + AGAIN
            let_go()
        return self._settled

    def _look(self) -> bool:
        host, newest = socket.gethostname()[:200], db.session.scalar(select(func.max(Entry.at)))
        if newest is None or clock.is_followed():
            return True
        doubt = db.session.get(ClockDoubt, host)
        since = doubt.newest_at if doubt else newest
        believed = abs(clock.now() - since) <= FAR or self._another_agrees()
        if believed and doubt is not None:
            with transaction():
                end_doubt(host)
            log.warning("the clock is believed", newest_entry=since.isoformat())
        elif not believed and doubt is None:
            let_go()
            with transaction():
                insert_once(ClockDoubt, host=host, began_at=clock.now(), newest_at=newest)
            log.warning("closings wait: is the clock right?", newest_entry=newest.isoformat())
        return believed

    def _another_agrees(self) -> bool:
        """The kernel's time server, or PostgreSQL on another machine: on the same one it has the same clock."""
        now = clock.now()
        if abs(now - datetime.fromtimestamp(time.time(), UTC)) <= NEAR and self._synchronised():
            return True
        if db.engine.dialect.name != "postgresql":
            return False
        elsewhere = text("SELECT clock_timestamp() WHERE inet_server_addr() <> inet_client_addr()")
        theirs = db.session.scalar(elsewhere)
        return theirs is not None and abs(now - theirs) <= NEAR


def end_doubt(host: str | None = None) -> None:
    """Believe the clock of one machine, or of all. Inside transaction()."""
    which = () if host is None else (ClockDoubt.host == host,)
    db.session.execute(delete(ClockDoubt).where(*which))
