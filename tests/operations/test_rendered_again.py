"""Texts that were stored under earlier terms are made into HTML again, and the check of the record stays whole."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from sqlalchemy import text

from govnet.extensions import db
from govnet.kernel import folders, triggers
from govnet.kernel.models import Base
from govnet.kernel.text import render
from tests import builders
from tests.chain import faults_of
from tests.decisions.builders import a_proposal
from tests.forum.made import a_post, a_thread, a_topic
from tests.letters.builders import a_letter

pytestmark = pytest.mark.usefixtures("context")


def migration() -> ModuleType:
    (path,) = Path(folders.beside("migrations"), "versions").glob("*_rendered_again.py")
    spec = importlib.util.spec_from_file_location("rendered_again", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CAME_LATER = {("meeting_note", "html")}
"""Columns that no database had yet when that migration was written."""


def test_every_table_that_keeps_html_is_rendered_again() -> None:
    kept = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("html")
    }
    assert {(table, html) for table, _keys, _source, html in migration().TEXTS} == kept - CAME_LATER


def run(module: ModuleType) -> None:
    """The migration on the tests' own database, as env.py runs it: on SQLite without triggers."""
    db.session.remove()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in triggers.names():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        with Operations.context(MigrationContext.configure(connection)):
            module.upgrade()
        triggers.install(connection)


def test_html_of_older_rules_is_made_again_also_for_closed_and_earlier_versions(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = migration()
    network = builders.a_network()
    ann = builders.a_member(network)
    post = a_post(a_thread(a_topic(network), ann), ann, "See “https://example.org/x” there")
    a_letter(network, ann)
    a_proposal(network, ann)
    network_id, post_id = network.id, post.id
    monkeypatch.setattr(module, "MANY", 1)
    monkeypatch.setattr(module, "rendered", lambda source: f"<p>old: {len(source)}</p>")
    run(module)
    assert len(faults_of(network_id)) == 4, "a post, its discussion’s first one, a letter and a proposal"
    monkeypatch.setattr(module, "rendered", render)
    run(module)
    assert faults_of(network_id) == []
    html = db.session.execute(text("SELECT html FROM post WHERE id = :id"), {"id": post_id}).scalar()
    assert html == render("See “https://example.org/x” there")
