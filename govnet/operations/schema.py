"""The database's tables: made, upgraded, and checked against what the program expects."""

from __future__ import annotations

from pathlib import Path

import flask_migrate
from sqlalchemy import inspect, text

from govnet.extensions import db
from govnet.kernel import paths, triggers
from govnet.kernel.models import Base


def has_migrations() -> bool:
    """Whether this release brings migrations; a checkout before its first release has none."""
    return any(Path(paths.beside("migrations"), "versions").glob("*.py"))


def prepare() -> None:
    """Make the tables of an empty database, or bring those of an older release up to date; put triggers back."""
    if not has_migrations():
        Base.metadata.create_all(db.engine)
    elif _made_without_migrations():
        flask_migrate.stamp(directory=paths.beside("migrations"))
    else:
        flask_migrate.upgrade(directory=paths.beside("migrations"))
    with db.engine.begin() as connection:
        triggers.install(connection)


def _made_without_migrations() -> bool:
    """Whether a checkout made all of today's tables by itself, so that only their version is not written down."""
    there = set(inspect(db.engine).get_table_names())
    return "alembic_version" not in there and set(Base.metadata.tables) <= there


def is_empty() -> bool:
    """Whether the database has no network yet, or not even tables."""
    if not inspect(db.engine).has_table("network"):
        return True
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT 1 FROM network LIMIT 1")).first() is None


def missing() -> list[str]:
    """Tables and triggers that the program expects and the database lacks: "table x", "trigger y"."""
    there = set(inspect(db.engine).get_table_names())
    tables = [f"table {name}" for name in sorted(Base.metadata.tables) if name not in there]
    return tables + [
        f"trigger {name}" for name in sorted(triggers.names_on(db.engine.dialect.name) - _triggers_there())
    ]


def _triggers_there() -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with db.engine.connect() as connection:
        return set(connection.execute(text(query[db.engine.dialect.name])).scalars())
