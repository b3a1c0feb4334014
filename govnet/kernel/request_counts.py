"""Request counts for limits: in Redis for all processes together, and in this one while Redis is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask
from limits.storage import MemoryStorage, Storage, storage_from_string

log = structlog.get_logger()
Number = TypeVar("Number", int, float)
SCHEME = "shared+"
"""Put before the address of a Redis, it has Flask-Limiter count here."""
_TIMEOUT = 0.3
"""Seconds that a page waits at most for Redis to take a connection, or to answer."""
_LOOK = 1.0
"""Seconds between two looks whether it is back."""


def bind(app: Flask) -> None:
    """Have Flask-Limiter count so where a Redis is set. Before limiter.init_app."""
    uri = app.config["RATELIMIT_STORAGE_URI"]
    if not uri.startswith(("memory:", SCHEME)):
        app.config["RATELIMIT_STORAGE_URI"] = SCHEME + ("redis+" if uri.startswith("unix:") else "") + uri


class SharedCounts(Storage):
    """Counts in both places and answers with the higher number, so that no limit starts afresh when Redis goes or comes.

    Once Redis failed no page asks it again until a thread of its own has counted something there.
    """

    STORAGE_SCHEME = [SCHEME + kind for kind in ("redis", "rediss", "redis+unix", "redis+sentinel",
                                                 "valkey", "valkeys", "valkey+unix")]  # fmt: skip

    def __init__(self, uri: str, **options: Any) -> None:
        super().__init__(uri)
        bounds = {"socket_connect_timeout": _TIMEOUT, "socket_timeout": _TIMEOUT, "retry": None}
        self.shared: Any = storage_from_string(uri.removeprefix(SCHEME), **{**bounds, **options})
        self.own = MemoryStorage()
        self._lock = threading.Lock()
        self._away = False

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """The errors of Redis."""
        return (self.shared.base_exceptions, OSError)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; how many that makes."""
        return self._higher(
            self.own.incr(key, expiry, amount), lambda: int(self.shared.incr(key, expiry, amount))
        )

    def get(self, key: str) -> int:
        """How many there are."""
        return self._higher(self.own.get(key), lambda: int(self.shared.get(key)))

    def get_expiry(self, key: str) -> float:
        """The time when counting starts afresh, in seconds since 1970."""
        return self._higher(self.own.get_expiry(key), lambda: float(self.shared.get_expiry(key)))

    def clear(self, key: str) -> None:
        """Begin the count anew."""
        self.own.clear(key)
        self._higher(0, lambda: int(self.shared.clear(key) or 0))

    def reset(self) -> int | None:
        """Begin all counts anew."""
        self.own.reset()
        return self._higher(0, lambda: int(self.shared.reset() or 0))

    def check(self) -> bool:
        """Whether Redis counts."""
        return self.trouble() is None

    def trouble(self) -> str | None:
        """Redis' own message why it does not count, by a try; None when it does."""
        try:
            self.shared.incr("govnet-look", 60)
        except self.base_exceptions as error:
            return str(error) or type(error).__name__
        return None

    def _higher(self, own: Number, ask: Callable[[], Number]) -> Number:
        if self._away:
            return own
        try:
            return max(own, ask())
        except self.base_exceptions as error:
            self._went(error)
            return own

    def _went(self, error: Exception) -> None:
        with self._lock:
            if self._away:
                return
            self._away = True
        log.warning("redis is away: each process counts requests for itself", error=type(error).__name__)
        threading.Thread(target=self._wait, name="redis", daemon=True).start()

    def _wait(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(_LOOK)
            if self.check():
                break
        self._away = False
        log.warning("redis is back: requests are counted for all processes together")
