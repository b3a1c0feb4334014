"""How connections behave: each database set as pages want it, writes that wait their turn."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, event

from govnet.kernel.transaction import WRITE

log = structlog.get_logger()

SQLITE: Mapping[str, Any] = {"hide_parameters": True}
"""For create_engine: errors of a statement are logged without its values."""
POSTGRESQL: Mapping[str, Any] = {
    **SQLITE,
    "pool_pre_ping": True,
    "pool_size": 8,
    "pool_timeout": 5,
    "connect_args": {
        "connect_timeout": 3,
        "tcp_user_timeout": 5_000,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    },
}
"""For create_engine: a server that has gone is found out within seconds (libpq, 34.1.2), and no page waits long for a turn."""


def watch(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set up every connection of `engine`."""
    if engine.dialect.name == "sqlite":
        _watch_sqlite(engine, synchronous)
    else:
        event.listen(engine, "connect", _compile_nothing)
        _let_the_dead_rest(engine)


def _compile_nothing(connection: Any, _record: object) -> None:
    """PostgreSQL compiles a statement that it thinks is dear: for pages that costs more than it saves, at every request."""
    connection.execute("SET jit = off")
    connection.commit()


def _let_the_dead_rest(engine: Engine) -> None:
    """A rollback on a connection that the server has ended is done: nothing of it fails any more.

    Otherwise whatever comes after the last statement, such as giving the connection back, fails in the place of the answer.
    """
    rollback = engine.dialect.do_rollback

    def do_rollback(connection: Any) -> None:
        try:
            rollback(connection)
        except engine.dialect.loaded_dbapi.OperationalError as error:
            if not (error.sqlstate or "08").startswith(("08", "57P")):
                raise
            log.info("the database had ended a connection", error=type(error).__name__)

    engine.dialect.do_rollback = do_rollback  # type: ignore[method-assign, assignment]


def _watch_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=5000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        patience = connection.get_execution_options().get(WRITE)
        if patience is None:
            connection.exec_driver_sql("BEGIN")
            return
        _begin_immediate(connection, patience)


def _begin_immediate(connection: Connection, patience: float) -> None:
    """Wait for the write lock by tries of our own: SQLite's busy handler starves."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    until = time.monotonic() + patience
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails again, as SQLAlchemy's own error
                    return
                time.sleep(random.uniform(0.001, 0.004))
    finally:
        raw.execute("PRAGMA busy_timeout=5000")
