"""The tables are compared with the models: whatever differs is named, and nothing is that PostgreSQL only spells anew."""

from __future__ import annotations

import time as real_time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from govnet import create_app
from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import folders, triggers
from govnet.kernel.models import Base
from govnet.kernel.signals import Starting, emit
from govnet.operations.backups import database_copies
from govnet.operations.database import schema, table_shapes
from govnet.operations.health import checks

CHANGES = {
    "column zone of table person is missing": "ALTER TABLE person DROP COLUMN zone",
    "index ix_delivery_waiting of table delivery": "DROP INDEX ix_delivery_waiting",
    "index uq_person_email_verified of table person_email is another one": (
        "DROP INDEX uq_person_email_verified; "
        "CREATE INDEX uq_person_email_verified ON person_email (address) WHERE verified_at IS NOT NULL"
    ),
    "index ix_person_name_key of table person is another one": (
        "DROP INDEX ix_person_name_key; CREATE INDEX ix_person_name_key ON person (locale)"
    ),
    "table backup is missing": "DROP TABLE backup",
}
"""The message, and the statements that caused it, on both databases."""
ALTERED = {
    "column talk of table person is not of this release": "ALTER TABLE person ADD COLUMN talk INTEGER NOT NULL",
    "column zone of table person may not be empty": "ALTER TABLE person ALTER zone SET NOT NULL",
    "column name of table person may be empty": "ALTER TABLE person ALTER name DROP NOT NULL",
    "column size of table backup holds text, not whole number": "ALTER TABLE backup ALTER size TYPE text",
    "constraint uq_person_erasure_person_made_at of table person_erasure is missing": (
        "ALTER TABLE person_erasure DROP CONSTRAINT uq_person_erasure_person_made_at"
    ),
    "constraint fk_person_email_person_id of table person_email is missing": (
        "ALTER TABLE person_email DROP CONSTRAINT fk_person_email_person_id"
    ),
    "constraint ex_term_seat of table term is missing": "ALTER TABLE term DROP CONSTRAINT ex_term_seat",
    "constraint ck_person_of_old of table person is not of this release": (
        "ALTER TABLE person ADD CONSTRAINT ck_person_of_old CHECK (name <> 'x')"
    ),
}
ON_SQLITE = {
    "column name of table person may be empty": ("name VARCHAR(200) NOT NULL", "name VARCHAR(200)"),
    "column locale of table person holds whole number, not text": ("locale VARCHAR(12)", "locale INTEGER"),
    "constraint ck_person_erased_is_empty of table person is another one": (
        "password_hash IS NULL",
        "zone IS NULL",
    ),
    "constraint ck_person_erased_is_empty of table person is missing": (
        "ck_person_erased_is_empty",
        "ck_other",
    ),
}
"""A piece of the table person as it was made, and in its place."""


@pytest.fixture
def made(
    new_database: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """A server on migrated tables of its own."""
    url = new_database(f"shapes_{tmp_path.name}")
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(tmp_path / "data"), "TESTING": True})
    monkeypatch.setattr(main, "create_app", lambda: app)
    with app.app_context():
        schema.prepare()
        yield app
        db.session.remove()
        db.engine.dispose()


def change(statements: str) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        for statement in statements.split("; "):
            connection.execute(text(statement))


def refused(words: str) -> None:
    """Doctor, upgrade and the start say it."""
    found = schema.missing()
    assert any(words in each for each in found), found
    assert words in {one.name: one for one in checks.examine()}["database"].words
    with pytest.raises(schema.OtherTables, match=words):
        emit(Starting())
    db.session.remove()  # what it read must not keep the upgrade waiting
    done = CliRunner().invoke(main, ["upgrade"])
    assert (done.exit_code, words in done.output, "up to date" in done.output) == (1, True, False), (
        done.output
    )


@pytest.mark.parametrize(("words", "statements"), CHANGES.items(), ids=CHANGES.keys())
def test_a_different_table_is_named_and_refused(made: Flask, words: str, statements: str) -> None:
    change(statements)
    refused(words)


@pytest.mark.postgres
@pytest.mark.parametrize(("words", "statements"), ALTERED.items(), ids=ALTERED.keys())
def test_an_altered_table_is_named_and_refused(made: Flask, words: str, statements: str) -> None:
    change(statements)
    refused(words)


def rewritten(before: str, after: str) -> None:
    """Change what SQLite keeps of the table person."""
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'person'", (before, after)
        )
        raw.execute("PRAGMA writable_schema=RESET")
    db.engine.dispose()


@pytest.mark.sqlite
@pytest.mark.parametrize(("words", "pieces"), ON_SQLITE.items(), ids=ON_SQLITE.keys())
def test_a_table_made_otherwise_is_named_and_refused(
    made: Flask, words: str, pieces: tuple[str, str]
) -> None:
    rewritten(*pieces)
    refused(words)


def test_every_trigger_with_another_text_is_named_and_put_back(made: Flask) -> None:
    dialect = db.engine.dialect.name
    with db.engine.begin() as connection:
        for table, name, _moment, _body in triggers.written(dialect):
            connection.execute(
                text(f"DROP TRIGGER {name}" + (f" ON {table}" if dialect == "postgresql" else ""))
            )
    assert len(schema.missing()) == len(list(triggers.written(dialect)))
    assert "govnet upgrade" in schema.fault()
    schema.prepare()
    assert schema.missing() == []
    table, name, _moment, _body = next(iter(triggers.written(dialect)))
    with db.engine.begin() as connection:
        if dialect == "sqlite":
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.exec_driver_sql(OTHERWISE[dialect].format(name=name, table=table))
    assert schema.missing() == [f"trigger {name} of table {table} is another one"]


OTHERWISE = {
    "sqlite": "CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT 1; END",
    "postgresql": "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
}


def test_objects_that_somebody_added_are_left_alone(made: Flask) -> None:
    change(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY); CREATE INDEX own ON person (created_at); "
        "ALTER TABLE person ADD COLUMN own TEXT"
    )
    assert schema.missing() == []
    emit(Starting())


def test_tables_that_were_dumped_and_restored_again_and_again_are_no_others(
    made: Flask, tmp_path: Path
) -> None:
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        database_copies.save(db.engine, folder)
        db.session.remove()
        database_copies.load(db.engine, folder)
        assert schema.missing() == []


def test_tables_that_the_models_make_are_as_migrated_ones(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_database(f"created_{tmp_path.name}")
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(tmp_path), "TESTING": True})
    with app.app_context():
        Base.metadata.create_all(db.engine)
        assert schema.missing() == []
        db.engine.dispose()


def test_an_older_and_a_newer_release_are_told_apart(made: Flask) -> None:
    change("UPDATE alembic_version SET version_num = '0021'")
    assert "older release (number 0021" in schema.fault()
    change("UPDATE alembic_version SET version_num = '9999'")
    assert "newer release" in schema.fault()
    with pytest.raises(schema.OtherTables):
        emit(Starting())


def test_a_database_without_tables_says_how_to_begin(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_database(f"none_{tmp_path.name}")
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(tmp_path), "TESTING": True})
    with app.app_context():
        assert "govnet init" in schema.fault()
        db.engine.dispose()


def test_it_is_cheap_enough_for_every_start(made: Flask) -> None:
    began = real_time.process_time()
    with db.engine.connect() as connection:
        table_shapes.differences(connection)
    assert real_time.process_time() - began < 0.3  # 0.065 s where nothing else runs


def test_an_upgrade_of_tables_of_today_says_that_they_are_up_to_date(made: Flask) -> None:
    done = CliRunner().invoke(main, ["upgrade"])
    assert (done.exit_code, "up to date" in done.output) == (0, True), done.output
    flask_migrate.stamp(directory=folders.beside("migrations"))
    assert schema.fault() == ""
