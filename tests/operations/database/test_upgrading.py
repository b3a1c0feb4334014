"""A filled database of each release is brought up to date whole; one of no release is left as it is."""

from __future__ import annotations

from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, inspect, select, text

from govnet.charter.models import Network
from govnet.cli import main
from govnet.decisions.models import Decision
from govnet.extensions import db
from govnet.kernel import folders
from govnet.operations.backups import actions
from govnet.operations.database import schema
from govnet.record.models import Entry
from tests import builders
from tests.operations import dumps
from tests.pages import opened

RELEASES = sorted(path.name.split(".")[0] for path in dumps.FOLDER.glob("*.json.gz"))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("revision", RELEASES)
def test_a_filled_database_is_upgraded_with_every_row_and_a_whole_record(
    server: Flask, revision: str
) -> None:
    entries = dumps.load(revision)["entry"]
    done = run("upgrade")
    assert done.exit_code == 0, done.output
    assert "Backed up to" in done.output
    assert schema.missing() == []
    kept = db.session.scalar(select(func.count()).select_from(Entry))
    assert kept is not None
    assert kept >= entries


@pytest.mark.parametrize("revision", RELEASES)
def test_the_pages_of_an_upgraded_database_open(server: Flask, revision: str) -> None:
    dumps.load(revision)
    schema.prepare()
    slug = db.session.scalars(select(Network.slug).order_by(Network.id)).first()
    numbers = [decision.number for decision in db.session.scalars(select(Decision))]
    db.session.remove()
    pages = ["", "decisions", "committee", "coordinator", "charter", "record", "forum", "join", "data"]
    assert numbers
    for page in [*pages, *(f"decisions/{number}" for number in numbers)]:
        opened(server.test_client(), f"/{slug}/{page}")


def test_a_database_of_before_the_first_migration_is_refused_and_left_as_it_is(server: Flask) -> None:
    flask_migrate.upgrade(directory=folders.beside("migrations"), revision="0001")
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE thread DROP COLUMN can_change"))
    before = inspect(db.engine).get_table_names()
    done = run("upgrade")
    assert done.exit_code == 1
    assert "before 0.2.0" in done.output
    assert "govnet export members" in done.output
    assert inspect(db.engine).get_table_names() == before


def test_a_backup_from_before_the_first_migration_does_not_replace_what_is_there(
    server: Flask, tmp_path: Path
) -> None:
    schema.prepare()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.execute(text("ALTER TABLE thread DROP COLUMN can_change"))
    old = tmp_path / "old.tar.gz"
    actions.take(old)
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE thread ADD COLUMN can_change TEXT NOT NULL DEFAULT ''"))
    builders.a_network()
    db.session.remove()
    done = run("restore", str(old), "--replace")
    assert "before 0.2.0" in done.output
    assert schema.missing() == []
    assert db.session.scalar(select(func.count()).select_from(Network)) == 1


def test_tables_without_a_revision_that_are_not_todays_are_refused(server: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE person (id INTEGER PRIMARY KEY)"))
    assert "before 0.2.0" in run("init").output


def test_todays_tables_without_a_revision_are_taken_as_they_are(server: Flask) -> None:
    db.create_all()
    assert run("init").exit_code == 0
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
