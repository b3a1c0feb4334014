"""What may happen a thousand times a second and is worth a line: at once, then one a minute with how many there were."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

PAUSE = 60.0
_MOST_KINDS = 500


class Seldom:
    """Counts what is kept out of the log, by kind."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self._lock = threading.Lock()
        self._said: dict[Hashable, tuple[float, int]] = {}

    def times(self, kind: Hashable) -> int:
        """How many there were since the last line, this one included, where it is time for a line; 0 where it is not."""
        now = time.monotonic()
        with self._lock:
            at, kept_back = self._said.get(kind, (None, 0))
            if at is not None and now - at < self.pause:
                self._said[kind] = at, kept_back + 1
                return 0
            if len(self._said) >= _MOST_KINDS:
                self._said.clear()
            self._said[kind] = now, 0
            return kept_back + 1
