"""The worker's duties at each tick: each is a function that may run in several processes at once.

A duty does one thing a transaction: it locks the thing's row and looks again whether it is due (`each_row`). If it fails,
it is tried again, ever later, and stops nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import Busy
from govnet.kernel.insertion import row_of
from govnet.kernel.models import DutyFailure
from govnet.kernel.outage import outage_of
from govnet.kernel.per_app import PerApp
from govnet.kernel.statements import chunks
from govnet.kernel.transaction import let_go, transaction

log = structlog.get_logger()
TRIES = 5
"""After so many failures a thing is set aside: a person should look, and it is tried once a day."""
WHOLE = 0
"""The thing that stands for a duty as a whole."""
_WAITS = (timedelta(), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=15))
_ASIDE = timedelta(days=1)
_OVER = timedelta(days=2)
_MOST_WORDS = 1_000
_MOST_BUSY = 3
_LOT = 500
"""Things that are done by one statement at most."""


@dataclass(frozen=True)
class Duty:
    """`run` does what is due now and returns how many things it did; every `seconds` at most.

    `by_clock` makes it wait while the machine's clock cannot be believed: nothing closes a day early by a slip.
    """

    name: str
    run: Callable[[], int]
    seconds: float = 1.0
    by_clock: bool = True


ending = threading.Event()
"""Set when the worker is asked to end: a long duty looks at it between two things it does."""

_duties: PerApp[list[Duty]] = PerApp("duties", list)
_believed: PerApp[list[Callable[[], bool]]] = PerApp("believed", list)


def believe_when(check: Callable[[], bool]) -> None:
    """Make duties that depend on the clock wait while `check` returns False; checked before each turn."""
    _believed()[:] = [check]


def take_up(duties: Iterable[Duty]) -> None:
    """Have the worker do these, in this order, at each turn."""
    _duties()[:] = duties


def duties() -> tuple[Duty, ...]:
    """All that the worker does."""
    return tuple(_duties())


def is_believed() -> bool:
    """Whether nothing that was brought doubts the clock."""
    return all(check() for check in _believed())


_at_work: ContextVar[bool] = ContextVar("at_work", default=False)


@contextmanager
def _working() -> Iterator[None]:
    token = _at_work.set(True)
    try:
        yield
    finally:
        _at_work.reset(token)


def is_at_work() -> bool:
    """Whether a duty is at work: what it makes must be a unique row, for another worker may make the same."""
    return _at_work.get()


Due = Callable[..., Iterable[int]]
"""Given conditions on the table, the ids of the rows that are due now, of those alone that meet the conditions."""


def each_row(name: str, table: type[Any], due: Due, do: Callable[[int], int]) -> int:
    """Do every due thing, each in a transaction of its own that has locked its row; returns how many that were.

    `due` is asked which rows of `table` there are, and again under the lock whether that one is among them still: of several
    workers one does it. One that fails keeps none of the others from being done, and takes no place of them in a `due` that
    has a limit.
    """
    keys = list(due())
    off = put_off(name) if keys else []
    if off:
        keys = list(due(table.id.not_in(off)))

    def one(key: int) -> int:
        lock_row(table, key)
        return do(key) if key in set(due(table.id == key)) else 0

    return each(name, keys, one)


def lock_row(table: type[Any], key: int) -> None:
    """Keep everybody else from writing to a row until the transaction ends; they can go on referring to it."""
    db.session.execute(select(table.id).where(table.id == key).with_for_update(key_share=True))


def each(name: str, due: Iterable[int], do: Callable[[int], int], *, alone: bool = False) -> int:
    """Do every due thing in a transaction of its own, where `do` itself sees to it that of several workers one does it.

    Returns how many that were. One that fails keeps none of the others from being done. With `alone` the function opens its
    transactions itself.
    """
    keys = list(due)
    let_go()  # an idle worker takes no lock
    if not keys:
        return 0
    waits = _failures(name)
    done = busy = 0
    for key in keys:
        if ending.is_set() or busy == _MOST_BUSY:
            break
        if key in waits and waits[key] > clock.now():
            continue
        try:
            done += _one(key, do, alone=alone)
        except Exception as error:
            if is_busy(error):  # at the next turn
                busy += 1
                log.warning("the database was busy", duty=name, thing=key)
            else:
                failed(name, key, error)
        else:
            if key in waits:
                succeeded(name, key)
    return done


def _one(key: int, do: Callable[[int], int], *, alone: bool) -> int:
    with _working():
        if alone:
            return int(do(key))
        with transaction():
            return int(do(key))


def together(name: str, due: Iterable[int], do: Callable[[Sequence[int]], int]) -> int:
    """Do what one statement can do to many things, some hundreds a transaction; returns how many that were.

    Where that fails, and for what failed before, each thing has a transaction of its own, as in `each`.
    """
    keys = list(due)
    waits = _failures(name) if keys else {}
    fresh = [key for key in keys if key not in waits]
    done = each(name, [key for key in keys if key in waits], lambda key: do([key]))
    for some in chunks(fresh, _LOT):
        if ending.is_set():
            break
        done += _lot(name, some, do)
    return done


def _lot(name: str, keys: Sequence[int], do: Callable[[Sequence[int]], int]) -> int:
    try:
        with transaction():
            return int(do(keys))
    except Exception as error:
        if is_busy(error):
            log.warning("the database was busy", duty=name)
            return 0
    return each(name, keys, lambda key: do([key]))


def is_busy(error: Exception) -> bool:
    """Whether it is the database's trouble, and not that of the thing."""
    return isinstance(error, Busy) or outage_of(error) is not None


def perhaps(check: Callable[[], bool]) -> bool:
    """The result of `check` for a thing; True if even that fails, so that `each` meets the fault at that thing alone."""
    try:
        return check()
    except (LookupError, ValueError, TypeError):
        return True


def put_off(name: str) -> list[int]:
    """The rows that failed and are not to be tried yet, so that a query with a limit can leave them out."""
    return [key for key, next_at in _failures(name).items() if next_at > clock.now()]


def failed_whole() -> set[str]:
    """The duties that are known to fail as a whole."""
    found = set(db.session.scalars(select(DutyFailure.duty).where(DutyFailure.thing == WHOLE)))
    let_go()
    return found


def failing(name: str) -> set[int]:
    """The rows that failed, and have not succeeded since."""
    return set(_failures(name))


def _failures(name: str) -> dict[int, datetime]:
    query = select(DutyFailure.thing, DutyFailure.next_at).where(DutyFailure.duty == name)
    found = dict(db.session.execute(query).all())
    let_go()
    return found


def failed(name: str, key: int, error: Exception) -> None:
    """Write down that a duty failed at a thing, and when it is tried again."""
    log.error("duty failed", duty=name, thing=key, exc_info=error)
    let_go()
    with transaction():
        now = clock.now()
        row = row_of(DutyFailure, duty=name, thing=key, attempts=0, error="", at=now, next_at=now)
        row.attempts += 1
        row.error, row.at = f"{type(error).__name__}: {error}"[:_MOST_WORDS], clock.now()
        row.next_at = clock.now() + (_WAITS[row.attempts - 1] if row.attempts < TRIES else _ASIDE)


def succeeded(name: str, key: int) -> None:
    """A row that had failed has succeeded."""
    with transaction():
        db.session.execute(delete(DutyFailure).where(DutyFailure.duty == name, DutyFailure.thing == key))


def set_aside() -> Sequence[DutyFailure]:
    """The failures that a person should look at, the oldest first, at most a hundred."""
    query = select(DutyFailure).where(DutyFailure.attempts >= TRIES)
    return db.session.scalars(query.order_by(DutyFailure.at, DutyFailure.thing).limit(100)).all()


def forget_over() -> int:
    """Drop failures that were not tried again when their time had come: they are no longer due. Returns how many."""
    over = DutyFailure.next_at < clock.now() - _OVER
    if db.session.scalar(select(DutyFailure.thing).where(over).limit(1)) is None:
        let_go()
        return 0
    with transaction():
        gone = db.session.execute(delete(DutyFailure).where(over))
    return int(getattr(gone, "rowcount", 0))
