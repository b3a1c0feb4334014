"""How connections behave: SQLite as a server's database should be set, writes that wait their turn."""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

from govnet.kernel.transaction import WRITE


def watch(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set up every connection of `engine`; nothing to do for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return

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
