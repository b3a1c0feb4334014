"""The database's tables: made, upgraded, and checked against what the program expects."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text

from govnet.extensions import db
from govnet.kernel import folders, triggers
from govnet.kernel.errors import GovnetError
from govnet.kernel.models import Base
from govnet.operations.database import table_shapes

FIRST = "0001"
TOO_OLD = (
    "The tables of this database were made by a version of govnet from before 0.2.0 was finished, and cannot be upgraded. "
    "Run that version once more to save `govnet export members` and the record, then start with an empty database: "
    "docs/running.md, “A database from before 0.2.0”."
)
_SHOWN = 3


class OtherTables(GovnetError):
    """The tables are not those that this release makes; the message says what differs and what to do."""


class TooOld(GovnetError):
    """The database was made before migrations were numbered."""


def prepare() -> None:
    """Make the tables of an empty database, or bring those of an older release up to date; put triggers back.

    Raises TooOld, and changes nothing, where the tables are of no release.
    """
    import flask_migrate

    there, versions = _tables_there(db.engine), folders.beside("migrations")
    if there and _revision(there) is None and _holds(there, _tables_of_models()):
        flask_migrate.stamp(directory=versions)  # a checkout or a test made today's tables by itself
    elif there and _revision(there) in (None, FIRST) and not _holds(there, _tables_of_first()):
        raise TooOld(TOO_OLD)
    else:
        flask_migrate.upgrade(directory=versions)
    with db.engine.begin() as connection:
        triggers.install(connection)


Tables = dict[str, frozenset[str]]
"""Each table with the names of its columns."""


def _tables_there(engine: Engine) -> Tables:
    seen = inspect(engine)
    return {name: frozenset(c["name"] for c in seen.get_columns(name)) for name in seen.get_table_names()}


def _tables_of_models() -> Tables:
    return {name: frozenset(table.columns.keys()) for name, table in Base.metadata.tables.items()}


def _tables_of_first() -> Tables:
    """The tables of the first migration, by running it on an empty database in memory."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    engine = create_engine("sqlite://")
    directory = ScriptDirectory(folders.beside("migrations"))
    try:
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            directory.get_revision(FIRST).module.upgrade()
            connection.commit()
            return _tables_there(engine)
    finally:
        engine.dispose()


def _holds(there: Tables, wanted: Tables) -> bool:
    return all(columns == there.get(name) for name, columns in wanted.items())


def _revision(there: Collection[str]) -> str | None:
    if "alembic_version" not in there:
        return None
    with db.engine.connect() as connection:
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def has_tables() -> bool:
    """Whether the database was made, with or without a network."""
    return inspect(db.engine).has_table("network")


def is_empty() -> bool:
    """Whether the database has no network yet, or not even tables."""
    if not has_tables():
        return True
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT 1 FROM network LIMIT 1")).first() is None


def missing() -> list[str]:
    """The differences between the database and this release, each in a few words."""
    with db.engine.connect() as connection:
        return table_shapes.differences(connection)


def fault() -> str:
    """Why this program cannot work on these tables, and what to do, in a sentence; empty where it can."""
    there = set(inspect(db.engine).get_table_names())
    if "network" not in there:
        return "There are no tables in this database yet. Begin with: govnet init"
    revision, known = _revision(there), _revisions()
    if revision is not None and revision not in known:
        return f"The tables were made by a newer release of govnet (number {revision[:20]}): install that one again."
    if revision is not None and revision != known[-1]:
        return f"The tables are of an older release (number {revision}, not {known[-1]}): run govnet upgrade"
    return _words_of(missing())


def check() -> None:
    """Refuse tables that are not this release's. Raises OtherTables."""
    said = fault()
    if said:
        raise OtherTables(said)


def _words_of(differences: list[str]) -> str:
    if not differences:
        return ""
    if all(each.startswith("trigger ") for each in differences):
        return f"The tables are not as this release makes them: {_few(differences)}. Run govnet upgrade"
    return (
        f"The tables are not as this release makes them: {_few(differences)}. Somebody changed them, or an upgrade was "
        "interrupted. Restore the last backup, or correct this in the database."
    )


def _few(differences: list[str]) -> str:
    more = len(differences) - _SHOWN
    return ", ".join(differences[:_SHOWN]) + (f", and {more} more" if more > 0 else "")


def _revisions() -> list[str]:
    """The numbers of the program's own migrations, the newest last."""
    return sorted(path.name[:4] for path in Path(folders.beside("migrations"), "versions").glob("[0-9]*.py"))
