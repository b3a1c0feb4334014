"""A form sent while the database fails: nothing is half done or told, what was typed comes back, and the next try works."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from govnet import create_app
from govnet.extensions import db, limiter
from govnet.kernel.clock import MovedClock
from govnet.kernel.outage import note
from govnet.operations import schema
from tests.faults.failing import Step, drawn, failing
from tests.faults.forms import Act, checked, found
from tests.operations import dumps
from tests.pages import Html

pytestmark = pytest.mark.sqlite
AT = datetime(2026, 11, 30, 10, tzinfo=UTC)
"""While the demo of the dump still has something open."""
DRAWN = 60
LEAST = 60
"""Forms that are found and work: fewer, and the walk has gone blind."""
BESIDE = {"signed_in_session", "read_mark", "submission"}
"""Tables that are written in short transactions of their own, or remember that a form was sent."""


EACH_TIME = {
    "announcements_sending.test": "a test mail to oneself, as often as it is asked for",
    "accounts.change_address": "another link, and only the newest of them works",
}
"""Forms that do it again when they are sent again, though the first time was saved and only the answer got lost."""
Rows = dict[str, tuple[int, str]]


class Network:
    """The demo's network in a file that every act finds as it was."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.path = Path(str(db.engine.url.database))
        self.whole = b""

    def keep(self) -> None:
        """Every later act begins from here."""
        self._close()
        self.whole = self.path.read_bytes()

    def restore(self) -> None:
        """Put it back as it was."""
        self._close()
        self.path.write_bytes(self.whole)
        limiter.reset()
        note(None)

    def _close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self) -> Rows:
        """Of each table how many rows it has, and a digest of them."""
        with closing(sqlite3.connect(self.path)) as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return {name: _digest(connection, name) for name in names if name not in BESIDE}

    def counts(self) -> dict[str, int]:
        """Of each table how many rows it has."""
        return {name: number for name, (number, _digest) in self.rows().items()}


def _digest(connection: sqlite3.Connection, table: str) -> tuple[int, str]:
    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    return len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("faults")
    url = f"sqlite:///{folder}/govnet.db"
    app = create_app(
        {"TESTING": True, "PROPAGATE_EXCEPTIONS": False, "SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": str(folder),
         "SQLITE_SYNCHRONOUS": "OFF"}
    )  # fmt: skip
    with app.app_context():
        dumps.load(dumps.newest())
        schema.prepare()
        db.session.remove()
    return Network(app)


def test_a_form_that_meets_a_failing_database_is_whole_or_not_at_all(
    network: Network, time: MovedClock
) -> None:
    time.move(to=AT)
    acts = found(network.app)
    network.keep()
    before = network.rows()
    trials: list[tuple[Act, Step, Any]] = []
    for act in acts:
        network.restore()
        with network.app.app_context():
            engine = db.engine
        act = checked(act, act.send(network.app)) or act
        network.restore()
        with failing(engine) as count:
            answer = act.send(network.app)
        if answer.status_code in (302, 303):
            done = network.counts()
            trials += [(act, step, done) for step in count.steps()]
    works = {act.endpoint for act, _step, _counts in trials}
    assert len(works) >= LEAST, sorted(works)
    wrong = [
        trouble
        for act, step, counts in drawn(trials, DRAWN, "forms")
        for trouble in _tried(network, act, step, before, counts)
    ]
    assert not wrong, "\n".join(wrong)


def _tried(network: Network, act: Act, step: Step, before: Rows, counts: dict[str, int]) -> Iterator[str]:
    """What is wrong after the form met the failure, and after it was sent once more."""
    network.restore()
    with network.app.app_context():
        engine = db.engine
    with failing(engine, step) as count:
        answer = act.send(network.app)
    where = f"{act}, failing at {step}: {answer.status_code}"
    now = network.rows()
    changed, done = {name for name in now if now[name] != before[name]}, _other(now, counts)
    page = Html(answer.text).text if answer.mimetype == "text/html" else ""
    if answer.status_code in (302, 303):
        if done:
            yield f"{where}, and not done: {done}"
        return
    if answer.status_code != 503:
        yield where
    yield from (f"{where}: “{words}” is lost" for words in act.typed if words not in page)
    if changed and (done or "may have been saved" not in page):
        yield f"{where}: changed {changed}"
    if not changed and not count.commits and "may have been saved" in page:
        yield f"{where}: says that it may have been saved"
    again = act.send(network.app)
    if again.status_code >= 500 or (again.status_code >= 400 and not changed):
        yield f"{where}, then {again.status_code}"
    other = _other(network.rows(), counts)
    if other and not (changed and act.endpoint in EACH_TIME):
        yield f"{where}, then other than at once: {other}"


def _other(now: Rows, counts: dict[str, int]) -> dict[str, int]:
    """Of which tables there are more or fewer rows than where nothing failed, and how many."""
    return {name: now[name][0] - number for name, number in counts.items() if now[name][0] != number}
