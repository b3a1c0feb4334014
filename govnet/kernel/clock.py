"""The one clock: instants are UTC, days are days of a network's zone, and tests and the demo can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_held: ContextVar[datetime | None] = ContextVar("held", default=None)
_source: ContextVar[Callable[[], datetime] | None] = ContextVar("source", default=None)


_ahead: list[Path] = []


def follow(path: Path | None) -> None:
    """Go ahead of the system's clock by the seconds that a file holds, read anew each time (none: 0).

    For trying a network out: several processes share one clock that can be moved on.
    """
    _ahead[:] = [path] if path else []


def is_followed() -> bool:
    """Whether a file says how far ahead to go."""
    return bool(_ahead)


def skip(by: timedelta) -> None:
    """Move the followed clock on. Raises RuntimeError when none is followed."""
    if not _ahead:
        raise RuntimeError("the clock is the system's own")
    from govnet.kernel import files  # which nothing but a demo needs of the clock

    files.write(_ahead[0], str(_seconds_ahead() + by.total_seconds()).encode())


def _seconds_ahead() -> float:
    try:
        return float(_ahead[0].read_text(encoding="ascii")) if _ahead else 0.0
    except FileNotFoundError:
        return 0.0


def _system() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_seconds_ahead())


def now() -> datetime:
    """The present instant in UTC; the same one throughout a transaction."""
    return _held.get() or (_source.get() or _system)()


def today(zone: str) -> date:
    """The day it is now in `zone` (an IANA name such as "Europe/London")."""
    return now().astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The instant at which `day` begins in `zone`."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@contextmanager
def held() -> Iterator[datetime]:
    """Keep now() still for the length of the block: a transaction happens at one instant."""
    token = _held.set((_source.get() or _system)())
    try:
        yield now()
    finally:
        _held.reset(token)


class MovedClock:
    """A clock that stands where it is put until it is moved on."""

    def __init__(self, start: datetime) -> None:
        self.at = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta | None = None, *, to: datetime | None = None) -> None:
        """Go `to` an instant, or on (or back) `by` a span."""
        self.at = (to or self.at).astimezone(UTC) + (by or timedelta())


@contextmanager
def moved_to(start: datetime) -> Iterator[MovedClock]:
    """Replace the system's clock in this context by one that the caller moves."""
    clock = MovedClock(start)
    token = _source.set(clock)
    try:
        yield clock
    finally:
        _source.reset(token)
