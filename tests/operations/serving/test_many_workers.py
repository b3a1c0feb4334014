"""Every duty done by three processes at once on PostgreSQL ends as where one process did it: nothing twice, nothing left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from govnet.extensions import db
from govnet.factory.duties import DUTIES
from govnet.kernel.clock import MovedClock
from govnet.kernel.models import Base
from tests.mailbox import mailbox
from tests.operations import due

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[3]
OF_EACH = {"worker_beat", "database_look"}
SEED = 7


def a_copy(url: str, name: str) -> str:
    """A database with the same rows."""
    source = make_url(url)
    with psycopg.connect(source.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False),
                         autocommit=True) as server:  # fmt: skip
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source.database}"')
    return source.set(database=name).render_as_string(hide_password=False)


def worked(workers: int, url: str, time: MovedClock, port: int, folder: Path) -> Counter[str]:
    """How much each duty did, of so many processes that begin it at the same moment."""
    words = [
        sys.executable,
        "-m",
        "tests.operations.colleague",
        url,
        str(folder),
        time.at.isoformat(),
        str(port),
    ]
    log = folder / "workers.log"
    with ExitStack() as stack:
        written = stack.enter_context(log.open("w"))
        colleagues = [stack.enter_context(_started([*words, str(SEED + n)], written)) for n in range(workers)]
        for _duty in DUTIES:
            for one in colleagues:
                assert one.stdout and one.stdout.readline() == "ready\n", log.read_text()
            for one in colleagues:
                assert one.stdin
                one.stdin.write("go\n")
                one.stdin.flush()
        did: Counter[str] = Counter()
        for one in colleagues:
            out, _none = one.communicate(timeout=60)
            assert one.returncode == 0, log.read_text()
            did.update(json.loads(out))
        return did


@contextmanager
def _started(words: list[str], log: IO[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
    ) as one:
        try:
            yield one
        finally:
            one.kill()


def state_of(url: str) -> dict[str, Any]:
    """How many rows each table has; every mail with its recipients and what became of it; every entry; what failed."""
    engine = create_engine(url)
    asked = {
        "mails": "SELECT m.key, m.template, d.address, d.state FROM mail m JOIN delivery d ON d.mail_id = m.id",
        "entries": "SELECT n.slug, e.verb, e.subject FROM entry e JOIN network n ON n.id = e.network_id",
        "failures": "SELECT duty, thing, error FROM duty_failure",
    }
    with engine.connect() as connection:
        tables = sorted(set(Base.metadata.tables) - OF_EACH)
        found: dict[str, Any] = {
            name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables
        }
        for name, query in asked.items():
            found[name] = Counter(tuple(row) for row in connection.execute(text(query)))
    engine.dispose()
    return found


def test_every_duty_is_done_once_by_three_processes_at_once(
    app: Flask,
    time: MovedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_database: Callable[[str], str],
) -> None:
    monkeypatch.setitem(app.config, "MAIL_REPLIES", due.REPLIES)
    with app.app_context():
        assert set(due.DUE) == {one.name for one in DUTIES} - due.OF_EACH
        due.make(time)
        db.session.remove()
        db.engine.dispose()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    results = []
    for workers in (1, 3):
        copy = a_copy(url, f"many_workers_{workers}_{os.getpid()}")
        folder = tmp_path / str(workers)
        folder.mkdir()
        with mailbox(app, folder) as box:
            did = worked(workers, copy, time, app.extensions["mail"].port, folder)
            sent = Counter((mail["X-Envelope-To"], mail["Message-ID"]) for mail in box.mails())
        assert not [one for one, times in sent.items() if times > 1]
        results.append((did, state_of(copy), Counter(to for to, _id in sent)))
    (one, alone, mails), (three, together, mails_of_three) = results
    assert [name for name in due.DUE if not one[name]] == [], "a duty had nothing to do"
    assert {name: one[name] for name in due.DUE} == {name: three[name] for name in due.DUE}
    for what, before in alone.items():
        assert together[what] == before, what
    assert alone["failures"] == Counter()
    assert mails == mails_of_three
