"""The only commit and rollback in the program."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from govnet.extensions import db
from govnet.kernel import clock, measures
from govnet.kernel.outage import BUSY, Unavailable, note, outage_of
from govnet.kernel.per_app import PerApp

Taken = TypeVar("Taken")
WRITE = "govnet_write"
"""The execution option of a connection that will write: how many seconds it may wait for the lock."""
PATIENCE = 5.0
_OPEN = "govnet_open"
_PERHAPS = "perhaps_saved"
_last_steps: PerApp[list[Callable[[], None]]] = PerApp("last_steps", list)


def last_step(step: Callable[[], None]) -> None:
    """Run `step` at the end of every transaction, before its commit; registering twice changes nothing."""
    if step not in _last_steps():
        _last_steps().append(step)


def in_transaction() -> bool:
    """Whether the caller is inside transaction()."""
    return bool(db.session.info.get(_OPEN))


def perhaps_saved() -> bool:
    """Whether a transaction of this request, or of this turn of a duty, was committed, or may have been."""
    return bool(db.session.info.get(_PERHAPS))


def nothing_saved() -> None:
    """A request begins: earlier commits are not its own."""
    db.session.info.pop(_PERHAPS, None)


@contextmanager
def transaction(*, patience: float = PATIENCE) -> Iterator[None]:
    """Everything in the block and its entries in the record, or nothing.

    Takes the write lock first (SQLite: BEGIN IMMEDIATE, tried for `patience` seconds), holds the clock still after that, and
    commits at the end. Raises Busy when the lock can't be had, Unavailable (a Busy) when the disk is full or the database
    cannot be written or reached, RuntimeError when nested or when rows were changed before.
    """
    session = db.session
    if in_transaction():
        raise RuntimeError("transaction() inside transaction()")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside transaction()")
    session.rollback()  # a read snapshot can't be upgraded to a write
    session.info[_OPEN] = True
    try:
        with _measured(lambda: _take_the_lock(patience)):
            with clock.held():
                yield
                for step in _last_steps():
                    step()
            session.info[_PERHAPS] = True  # a commit whose answer is lost may have been one
            session.commit()
        note(None)
    except (DBAPIError, PoolTimeout, OSError) as error:
        session.rollback()
        outage = outage_of(error)
        if outage is None:
            raise
        note(outage)
        if outage is BUSY:
            measures.tell("busy")
        raise Unavailable(outage, perhaps_saved=perhaps_saved()) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in [key for key in session.info if str(key).startswith("govnet_")]:
            del session.info[key]


@contextmanager
def plain_transaction(connection: Connection, *, patience: float = PATIENCE) -> Iterator[None]:
    """The same on a connection of the caller's, without the session: for a loop that commits with each thing it does.

    Statements only: no rows, no record. Raises Busy and Unavailable as transaction() does, RuntimeError inside it.
    """
    let_go()
    try:
        connection.execution_options(**{WRITE: patience})
        with _measured(connection.begin) as begun, begun, clock.held():
            yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        outage = outage_of(error)
        if outage is None:
            raise
        raise Unavailable(outage) from error


@contextmanager
def _measured(take: Callable[[], Taken]) -> Iterator[Taken]:
    """How long it took to have the lock, and how long nobody else could."""
    began = time.monotonic()
    taken = take()
    had = time.monotonic()
    measures.tell("write lock", had - began)
    try:
        yield taken
    finally:
        measures.tell("write lock held", time.monotonic() - had)


def let_go() -> None:
    """End a reading transaction: an idle worker keeps no snapshot, and a read that failed leaves nothing behind."""
    if in_transaction():
        raise RuntimeError("let_go() inside transaction()")
    db.session.rollback()


def _take_the_lock(patience: float) -> None:
    options: Any = {WRITE: patience}
    db.session.connection(execution_options=options)
