"""Migrations end where the models are, with every trigger, and keep every row on the way."""

from __future__ import annotations

import ast
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from govnet import create_app
from govnet.extensions import db
from govnet.kernel import folders
from govnet.kernel.actor import SYSTEM, Act, Door
from govnet.kernel.models import Base
from govnet.kernel.transaction import transaction
from govnet.record.actions import record
from tests import builders
from tests.chain import faults_of
from tests.kernel.test_frame import Happened

MIGRATIONS = folders.beside("migrations")
AFTERWARDS = ("ix_delivery_failed", "ix_telling_wrong", "ix_thread_numbers", "ix_application_answered")
"""Indexes of 0021 that a database made while it was written does not have yet."""
ANOTHER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", {last!r}, None, None


def upgrade():
    for table in ("person", "entry", "network"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("tried", sa.Integer(), nullable=False, server_default="0"))
"""

MOVED = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", {last!r}, None, None


def upgrade():
    for table in {tables!r}:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("tried", sa.Integer(), nullable=True))
        with op.batch_alter_table(table) as batch:  # on SQLite this copies the whole table
            batch.drop_column("tried")
"""


@pytest.fixture
def empty(new_database: Callable[[str], str], tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any tables."""
    url = new_database(f"migrated_{tmp_path.name}")
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(tmp_path), "TESTING": True})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def fresh(empty: Flask, new_database: Callable[[str], str], tmp_path: Path) -> Iterator[Engine]:
    """A database made from the models, and never restored: PostgreSQL spells checks anew where it reads a dump."""
    engine = create_engine(new_database(f"fresh_{tmp_path.name}"))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def shape(engine: Engine) -> dict[str, object]:
    """Everything that the database holds true: columns, constraints, indexes and triggers."""
    seen = inspect(engine)
    tables = sorted(set(seen.get_table_names()) - {"alembic_version"})
    found: dict[str, object] = {}
    for table in tables:
        found[f"{table} columns"] = [
            (c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)
        ]
        found[f"{table} checks"] = sorted(
            (str(c["name"]), c["sqltext"]) for c in seen.get_check_constraints(table)
        )
        found[f"{table} uniques"] = sorted(
            (str(c["name"]), tuple(c["column_names"])) for c in seen.get_unique_constraints(table)
        )
        found[f"{table} keys"] = sorted(
            (str(c["name"]), tuple(c["constrained_columns"]), c["referred_table"])
            for c in seen.get_foreign_keys(table)
        )
    found["rest"] = sorted(rest(engine))
    return found


def rest(engine: Engine) -> list[tuple[str, ...]]:
    """Triggers with their text, and indexes and exclusions as the database spells them."""
    queries = {
        "sqlite": [
            "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        ],
        "postgresql": [
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'",
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        ],
    }
    with engine.connect() as connection:
        rows = [row for query in queries[engine.dialect.name] for row in connection.execute(text(query))]
    return [tuple(" ".join(str(value).split()) for value in row) for row in rows]


def test_a_migrated_database_is_like_a_fresh_one(fresh: Engine, empty: Flask) -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)
    migrated, made = shape(db.engine), shape(fresh)
    for name, value in made.items():
        assert migrated.get(name) == value, name
    assert migrated.keys() == made.keys()


def upgrade_once_more(folder: Path, text_of_migration: str, **values: object) -> None:
    """Run one more migration after the program's own."""
    copy = folder / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    last = max(path.name[:4] for path in Path(MIGRATIONS, "versions").glob("*.py"))
    (copy / "versions" / "9999_another.py").write_text(text_of_migration.format(last=last, **values))
    flask_migrate.upgrade(directory=str(copy))


def test_an_altered_table_keeps_every_constraint_index_and_trigger(empty: Flask, tmp_path: Path) -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)
    before = shape(db.engine)
    upgrade_once_more(tmp_path, MOVED, tables=sorted(Base.metadata.tables))
    after = shape(db.engine)
    for name in before:
        if name != "rest":
            assert after[name] == before[name], name
    assert [row[0] for row in after["rest"]] == [row[0] for row in before["rest"]]


def test_migrations_are_numbered_without_a_gap_or_a_fork() -> None:
    found = sorted(Path(MIGRATIONS, "versions").glob("*.py"))
    for number, path in enumerate(found, start=1):
        scope: dict[str, object] = {}
        exec(compile(path.read_text(), str(path), "exec"), scope)
        assert path.name.startswith(f"{number:04}_"), f"{path.name} should be number {number:04}"
        assert scope["revision"] == f"{number:04}", path.name
        assert scope["down_revision"] == (f"{number - 1:04}" if number > 1 else None), path.name


FIRST_OF_MANY = 23
"""The migration that ended the first release's; those before it are not changed any more."""


def added_columns(path: Path) -> Iterator[tuple[str, set[str]]]:
    """The columns that a migration adds to tables there are, each with what it says of them."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "add_column":
            column = call.args[-1]
            assert isinstance(column, ast.Call), f"{path.name}: write the column in place"
            says = {f"{word.arg}={ast.unparse(word.value)}" for word in column.keywords}
            yield ast.unparse(column.args[0]), says


def test_a_column_that_must_have_a_value_gets_one_in_the_rows_there_are() -> None:
    found = 0
    for path in sorted(Path(MIGRATIONS, "versions").glob("*.py"))[FIRST_OF_MANY:]:
        for name, says in added_columns(path):
            found += 1
            has_one = any(word.startswith("server_default=") for word in says)
            assert "nullable=True" in says or has_one, f"{path.name}: {name} has no server_default"
    assert found > 5


def test_a_migration_that_has_landed_is_never_changed_renamed_or_taken_away() -> None:
    """Their digests stand in a file beside this one, as sha256sum writes them; a new migration adds its line."""
    lines = Path(__file__).with_name("landed_migrations.sha256").read_text().split("\n")[:-1]
    landed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(MIGRATIONS, "versions").glob("*.py"))
    }
    assert found == landed


@pytest.mark.parametrize(
    ("version", "otherwise"),
    [
        ("0021", [f"DROP INDEX {name}" for name in AFTERWARDS]),
        ("0022", ["DROP INDEX ix_position_kind", "DROP INDEX ix_position_reasons",
                  "CREATE INDEX ix_position_version_id ON position (version_id)"]),
    ],
    ids=["fewer in 0021", "others in 0022"],
)  # fmt: skip
def test_indexes_that_came_under_another_number_end_as_in_a_fresh_database(
    fresh: Engine, empty: Flask, version: str, otherwise: list[str]
) -> None:
    flask_migrate.upgrade(directory=MIGRATIONS, revision=version)
    with db.engine.begin() as connection:
        for statement in otherwise:
            connection.execute(text(statement))
    flask_migrate.upgrade(directory=MIGRATIONS)
    assert sorted(rest(db.engine)) == sorted(rest(fresh))


def test_a_migration_that_moves_tables_keeps_rows_and_triggers(empty: Flask, tmp_path: Path) -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)
    network = builders.a_network()
    network_id, actor = network.id, builders.acting(builders.a_member(network), network)
    with transaction():
        record(Happened(act=Act(actor, SYSTEM, Door.WEB, network.id), thing=network, what="x"))
    db.session.remove()
    upgrade_once_more(tmp_path, ANOTHER)
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM person_email")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM entry WHERE tried = 0")).scalar() == 1
    assert faults_of(network_id) == []
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text("DELETE FROM entry"))
