"""Filled databases of the tables of a release, one file each, read into SQLite and PostgreSQL alike.

`python -m tests.operations.dumps DATABASE.db FILE.json.gz` writes one from a SQLite database, such as the demo's.
"""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa

from govnet.extensions import db
from govnet.kernel import folders

FOLDER = Path(__file__).parent


def load(revision: str) -> dict[str, int]:
    """Make the tables of `revision` in the empty database, fill them from its dump; how many rows each table has."""
    flask_migrate.upgrade(directory=folders.beside("migrations"), revision=revision)
    tables = json.loads(gzip.decompress((FOLDER / f"{revision}.json.gz").read_bytes()))
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        _without_checks(connection)
        for table in metadata.tables.values():
            columns, rows = tables[table.name]
            if rows and table.name != "alembic_version":
                types = [table.c[column].type for column in columns]
                connection.execute(
                    sa.insert(table),
                    [dict(zip(columns, map(_read, row, types), strict=True)) for row in rows],
                )
        if connection.dialect.name == "postgresql":
            _count_on(connection, metadata)
        connection.commit()
    return {name: len(rows) for name, (_columns, rows) in tables.items()}


def go_on(revision: str) -> dict[str, Any]:
    """Bring a loaded dump of 0.2.0 to `revision` and add what was done there: a file in `later` has these rows.

    It also says when that was (`at`), which proposals were made, and what their pages said as data. Returns the whole.
    """
    flask_migrate.upgrade(directory=folders.beside("migrations"), revision=revision)
    later: dict[str, Any] = json.loads(
        gzip.decompress((FOLDER / "later" / f"{revision}.json.gz").read_bytes())
    )
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        _without_checks(connection)
        for name, (columns, rows) in later["tables"].items():
            table = metadata.tables[name]
            types = [table.c[column].type for column in columns]
            for row in rows:
                values = dict(zip(columns, map(_read, row, types), strict=True))
                same = sa.and_(*(key == values[key.name] for key in table.primary_key))
                connection.execute(sa.delete(table).where(same))
                connection.execute(sa.insert(table).values(values))
        if connection.dialect.name == "postgresql":
            _count_on(connection, metadata)
        connection.commit()
    return later


def _without_checks(connection: sa.Connection) -> None:
    """No triggers and no foreign keys while rows come in any order; migrating puts the triggers back."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    names = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in connection.execute(names).scalars().all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    connection.commit()  # the pragma counts outside a transaction only
    connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")


def _count_on(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Rows that are added get numbers after those of the dump."""
    for table in metadata.tables.values():
        if "id" in table.c and table.c.id.server_default is not None:
            highest = connection.scalar(sa.select(sa.func.max(table.c.id)))
            sequence = sa.func.pg_get_serial_sequence(table.name, "id")
            connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


def _read(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    """A value of the dump as the column takes it."""
    if value is None:
        return None
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    if isinstance(kind, sa.DateTime):
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if kind.timezone else at
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(kind, sa.Boolean) else value


def newest() -> str:
    """The revision of the newest dump."""
    return max(path.name.split(".")[0] for path in FOLDER.glob("*.json.gz"))
