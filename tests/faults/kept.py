"""A database that every trial finds as it was: the bytes of a SQLite file, or a PostgreSQL database made from a template."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, has_app_context
from sqlalchemy import text

from govnet.extensions import db, limiter
from govnet.kernel.models import Base
from govnet.kernel.outage import note
from govnet.operations.database import schema

Rows = dict[str, tuple[int, str]]
_MAILS = (
    "SELECT rtrim(m.key, '0123456789'), d.address, d.state FROM mail m JOIN delivery d ON d.mail_id = m.id"
)
_ENTRIES = {
    "sqlite": "SELECT n.slug, e.verb, e.subject FROM entry e JOIN network n ON n.id = e.network_id",
    "postgresql": (
        "SELECT n.slug, e.verb, rtrim(e.subject, '0123456789') FROM entry e JOIN network n ON n.id = e.network_id"
    ),
}
"""PostgreSQL gives no number again that was given in a transaction that failed."""
_BY_CHANCE = re.compile(r"(?<=^personal:).*")
_COUNTERS = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
_DIGEST = "SELECT '{0}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{0}\" t"
_SHAPE = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY type, name",
    "postgresql": """
        SELECT c.relname, concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v', 'S') AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT conname, concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace
        UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
        UNION ALL SELECT tgname, concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        ORDER BY 1, 2""",
}
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
}


class Kept:
    """The database of an app, kept as it is by keep(), and as it was then after each restore().

    With `tables` a trial may also make and drop tables; on PostgreSQL putting back one that did takes ten times as long.
    """

    def __init__(self, app: Flask, *, tables: bool = False) -> None:
        self.app, self.tables = app, tables
        with app.app_context():
            self.engine = db.engine
        self.url = self.engine.url
        self.postgresql = self.engine.dialect.name == "postgresql"
        self.whole = b""
        self.contents: dict[str, bytes] = {}
        self.counters: list[Any] = []
        self.kept: Rows = {}
        self.shape: list[Any] = []

    def keep(self) -> None:
        """Every later trial begins from here."""
        self.close()
        if not self.postgresql:
            with self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            self.engine.dispose()
            self.whole = Path(str(self.url.database)).read_bytes()
        else:
            self.kept, self.shape = self.rows(), self.schema()
            with self._own() as cursor:
                self.counters = cursor.execute(_COUNTERS).fetchall()
                for name in self.kept:
                    with cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT binary)'.encode()) as out:
                        self.contents[name] = b"".join(bytes(piece) for piece in out)
            if self.tables:
                self.close()
                self._copy_database(str(self.url.database), self._template)

    def restore(self) -> None:
        """Put it back as it was."""
        self.close()
        if not self.postgresql:
            path = str(self.url.database)
            for leftover in (f"{path}-wal", f"{path}-shm", f"{path}-journal"):
                Path(leftover).unlink(missing_ok=True)
            Path(path).write_bytes(self.whole)
        elif self.tables and self.schema() != self.shape:
            self.close()
            self._copy_database(self._template, str(self.url.database))
        else:
            self._copy_back()
        limiter.reset()
        note(None)

    def _copy_back(self) -> None:
        changed = [name for name, rows in self.rows().items() if rows != self.kept[name]]
        with self._own() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no triggers, no foreign keys
            for name in changed:
                cursor.execute(f'DELETE FROM "{name}"'.encode())
                with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT binary)'.encode()) as into:
                    into.write(self.contents[name])
            for name, number in self.counters:
                cursor.execute("SELECT setval(%s::regclass, %s, %s)", (name, number or 1, number is not None))

    @contextmanager
    def _own(self) -> Iterator[psycopg.Cursor[Any]]:
        address = self.url.set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(address) as connection, connection.cursor() as cursor:
            yield cursor

    def close(self) -> None:
        """Let go of every connection."""
        if has_app_context():
            db.session.remove()
        self.engine.dispose()

    @property
    def _template(self) -> str:
        return f"{self.url.database}_kept"

    def drop(self) -> None:
        """Nothing is there, not even tables."""
        self.close()
        if self.postgresql:
            self._copy_database("template1", str(self.url.database))
        else:
            Path(str(self.url.database)).unlink(missing_ok=True)

    def empty_tables(self) -> None:
        """Only today's tables are there, as a migrated database has them."""
        self.drop()
        with self.app.app_context():
            Base.metadata.create_all(self.engine)
            schema.prepare()

    def _copy_database(self, source: str, target: str) -> None:
        admin = self.url.set(drivername="postgresql", database="postgres").render_as_string(False)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"'.encode())

    def rows(self) -> Rows:
        """Of each table how many rows it has, and a digest of them."""
        with self.engine.connect() as connection:
            names = connection.scalars(text(_TABLES[self.engine.dialect.name])).all()
            if self.postgresql:
                found = connection.exec_driver_sql(
                    " UNION ALL ".join(map(_DIGEST.format, names)) or "SELECT 1"
                )
                return {name: (number, digest) for name, number, digest in found} if names else {}
            cursor = connection.connection.cursor()  # its rows are whole, and read ten times as fast
            rows = {name: cursor.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        return {
            name: (len(all_), hashlib.sha256(repr(all_).encode()).hexdigest()) for name, all_ in rows.items()
        }

    def schema(self) -> list[Any]:
        """Each table, index, constraint and trigger, as it is defined."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(_SHAPE[self.engine.dialect.name])]

    def quiet(self) -> bool:
        """Whether no mail goes out."""
        with self.engine.connect() as connection:
            return bool(connection.scalar(text("SELECT count(*) FROM mail_line WHERE held_at IS NOT NULL")))

    def counts(self) -> dict[str, int]:
        """Of each table how many rows it has."""
        return {name: number for name, (number, _digest) in self.rows().items()}

    def state(self) -> dict[str, Any]:
        """How many rows each table has, each mail with its recipients and what became of it, and each entry."""
        with self.engine.connect() as connection:
            names = connection.scalars(text(_TABLES[self.engine.dialect.name])).all()
            found: dict[str, Any] = {
                name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names
            }
            for name, query in (("mails", _MAILS), ("entries", _ENTRIES[self.engine.dialect.name])):
                if {"delivery", "entry"} <= set(names):
                    rows = connection.execute(text(query))
                    found[name] = Counter((_BY_CHANCE.sub("", str(first)), *rest) for first, *rest in rows)
        return found


def other(now: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """The differences from the state `then`: of a table how many rows there are more, of mails, entries and files which."""
    found: dict[str, Any] = {}
    for name, before in then.items():
        after = now.get(name, type(before)())
        if isinstance(before, Counter):
            after, before = after - before, before - after
        if after != before:
            found[name] = after - before if isinstance(before, int) else (after, before)
    return found
