"""Whether the machine's clock can be believed: held against the time since the machine started, which nobody sets."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()
SLACK = 120.0
"""Seconds by which the clock may be set without anybody's deadline being at stake."""
PATIENCE = 600.0
"""Seconds after which a changed clock is believed: long enough to correct a slip of the hand."""


def _running() -> float:
    """Seconds since the machine started, its sleep included where the system counts it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()


class Steadiness:
    """Remembers how far the clock stands from the running time, and notices when that changes at once.

    A clock that jumped is not believed until it is back where it was, or has stood elsewhere for PATIENCE seconds.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, running: Callable[[], float] = _running
    ) -> None:
        self._wall, self._running = wall, running
        self._usual = self._apart()
        self._jumped: tuple[float, float] | None = None
        """Since a jump: how far apart the two are now, and the running time at which that began."""

    def _apart(self) -> float:
        return self._wall() - self._running()

    def holds(self) -> bool:
        """Whether duties that depend on the clock may run."""
        apart = self._apart()
        if abs(apart - self._usual) <= SLACK:
            self._usual, self._jumped = apart, None
            return True
        if self._jumped is None or abs(apart - self._jumped[0]) > SLACK:
            log.warning("the clock jumped", seconds=round(apart - self._usual), waits=PATIENCE)
            self._jumped = (apart, self._running())
        if self._running() - self._jumped[1] < PATIENCE:
            return False
        log.warning("the clock is believed again", seconds=round(apart - self._usual))
        self._usual, self._jumped = apart, None
        return True
