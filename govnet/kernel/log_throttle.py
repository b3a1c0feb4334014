"""Logs frequent events sparingly: the first at once, then one line a minute with their number."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

PAUSE = 60.0
_MOST_KINDS = 500


class Seldom:
    """Counts lines that are kept out of the log, by kind."""

    def __init__(self, pause: float = PAUSE, burst: int = 1) -> None:
        """`burst`: how many lines each pause may have before they are counted."""
        self.pause, self.burst = pause, burst
        self._lock = threading.Lock()
        self._said: dict[Hashable, tuple[float | None, int, int]] = {}

    def times(self, kind: Hashable) -> int:
        """How many there were since the last line, this one included, where it is time for a line; 0 where it is not."""
        now = time.monotonic()
        with self._lock:
            at, lines, kept_back = self._said.get(kind, (None, 0, 0))
            if at is not None and now - at < self.pause:
                more = lines < self.burst
                self._said[kind] = at, lines + more, kept_back + (not more)
                return int(more)
            if len(self._said) >= _MOST_KINDS:
                self._said.clear()
            self._said[kind] = now, 1, 0
            return kept_back + 1
