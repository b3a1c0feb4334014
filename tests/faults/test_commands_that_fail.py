"""A command while the database fails: one sentence, nothing half done, and the same command does it when it is called again."""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import insert, update

from govnet import create_app
from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import breaker, mailings
from govnet.mail.delivery.smtp import ServerAnswer
from govnet.mail.rules import SmtpStep as MailStep
from govnet.mail.rules import judge
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.operations import keys
from govnet.operations.backups import actions
from govnet.operations.models import ClockDoubt, KeyDigest
from tests import builders
from tests.charter.test_founding_file import FILE
from tests.faults.failing import ON_SQLITE, Count, Step, drawn, failing
from tests.faults.kept import Kept, other
from tests.operations import dumps

FORK = multiprocessing.get_context("fork")
DRAWN = 1
"""Steps of each command, where not all are asked for."""
ON_BOTH = ("init by a file", "restore")
"""Commands that PostgreSQL is tried with, too, where not all are asked for: a trial takes seconds there."""
LONG_AFTER = datetime(2027, 6, 1, 10, tzinfo=UTC)
"""When no worker of the dumps is taken to be at work."""
ROSTER = "name,email,organisation,kind,as\nNell Found,nell@example.org,,individual,member\n"


@dataclass(frozen=True)
class Row:
    """One command: its words, on what it is tried, and whether it does it again each time that it is called."""

    words: str
    on: str = "network"
    each_time: bool = False
    in_parts: bool = False
    """It has several transactions: what is there between them is good by itself, or nothing runs on it."""
    forgets: str = ""
    """A table without which it is done all the same, and says so; and which gets another row each time."""


COMMANDS = {
    "backup": Row("backup whole.tar.gz", forgets="backup"),
    "import members": Row("import members roster.csv --go", each_time=True),
    "import undo": Row("import undo 1 --go"),
    "init": Row("init", on="nothing", each_time=True, in_parts=True),
    "operator accept-keys": Row("operator accept-keys", on="other keys"),
    "operator confirm-clock": Row("operator confirm-clock"),
    "operator give": Row("operator give new@example.org --name New"),
    "operator link": Row("operator link olu@example.org", each_time=True),
    "operator release-mail": Row("operator release-mail"),
    "operator reset-mail": Row("operator reset-mail"),
    "operator take": Row("operator take olu@example.org"),
    "restore": Row("restore before.tar.gz --replace", in_parts=True),
    "upgrade": Row("upgrade", on="0001", in_parts=True, forgets="backup"),
}
MORE = {
    "backup, of several": Row("backup folder --keep 2", forgets="backup"),
    "init by a file": Row("init --file network.toml", on="init", in_parts=True),
    "init, another link": Row("init", on="network", each_time=True),
    "restore on an empty database": Row("restore before.tar.gz", on="tables", in_parts=True),
}
"""The same commands on something else."""
READS = {
    "doctor": Row("doctor"),
    "export members": Row("export members out.csv"),
    "guide": Row("guide"),
    "import list": Row("import list"),
    "verify": Row("verify"),
}
"""Commands that change nothing in the database."""
ELSEWHERE = {
    "demo": "makes a network of its own, new at every start",
    "deploy-files": "opens no database",
    "receive": "test_incoming_that_fails.py",
    "serve": "web and worker: forms and duties",
    "worker": "test_duties_that_fail.py",
}


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    context = click.Context(group, info_name="govnet")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_tried_here_or_elsewhere() -> None:
    assert sorted(_commands(main)) == sorted({**COMMANDS, **READS, **ELSEWHERE})


@dataclass(frozen=True)
class Done:
    """How a command ended; `crash` is an error that it did not put in words."""

    exit_code: int
    output: str
    crash: str
    count: Count


class Machine(Kept):
    """A database and a data folder that each trial finds as they were."""

    def __init__(self, app: Flask, folder: Path) -> None:
        super().__init__(app, tables=True)
        self.folder, self.files = folder, folder.with_name("files")

    def keep(self) -> None:
        super().keep()
        shutil.rmtree(self.files, ignore_errors=True)
        shutil.copytree(self.folder, self.files)

    def restore(self) -> None:
        super().restore()
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.files, self.folder, dirs_exist_ok=True)

    def run(self, words: str, step: Step | None = None) -> Done:
        """Call it in a process of its own, as on a machine, with the database failing at the step; None only counts."""
        self.close()
        here, there = FORK.Pipe(duplex=False)
        process = FORK.Process(target=self._run, args=(there, words, step))
        process.start()
        there.close()
        done: Done = here.recv()
        process.join()
        return done

    def _run(self, there: Connection, words: str, step: Step | None) -> None:
        with failing(self.engine, step) as count:
            done = CliRunner().invoke(main, words.split())
        crash = "" if isinstance(done.exception, SystemExit | None) else repr(done.exception)
        there.send(Done(done.exit_code, done.output, crash, count))

    def state(self) -> dict[str, Any]:
        """The database, and which files there are."""
        names = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))
        return {**super().state(), "files": names}

    def found(self) -> str:
        """A digest of all that the next command finds: rows, tables, files; of backups that it made only how many and which.

        Their bytes and sizes differ each time, and no command here reads them.
        """
        made = {
            str(path.relative_to(self.folder)): b"" if path.match("before-*") else path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        rows = self.rows()
        rows["backup"] = (rows.get("backup", (0, ""))[0], "")
        whole = (rows, self.schema(), sorted(made.items()))
        return hashlib.sha256(repr(whole).encode()).hexdigest()


@pytest.fixture
def machine(
    new_database: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "folder").mkdir()
    (folder / "roster.csv").write_text(ROSTER)
    (folder / "network.toml").write_text(FILE)
    app = create_app(
        {"TESTING": True, "SQLALCHEMY_DATABASE_URI": new_database("commands"), "DATA_DIR": str(folder),
         "SQLITE_SYNCHRONOUS": "OFF"}
    )  # fmt: skip
    monkeypatch.chdir(folder)
    monkeypatch.setattr(main, "create_app", lambda: app)
    made = Machine(app, folder)
    made.drop()
    yield made
    with app.app_context():
        db.engine.dispose()


def _make(machine: Machine, what: str) -> None:
    """Have something there for a command to work on."""
    with machine.app.app_context():
        if what in ("network", "tables", "other keys"):
            machine.empty_tables()
            _network(machine.folder / "before.tar.gz")
            if what == "other keys":
                with transaction():
                    db.session.execute(update(KeyDigest).values(digest="another"))
        elif what == "init":
            assert machine.run("init").exit_code == 0  # which tries every step of making the tables
        elif what != "nothing":
            dumps.load(what)
        db.session.remove()
    if what == "tables":
        (machine.folder / "erasures.jsonl").unlink(missing_ok=True)
        machine.empty_tables()
    machine.keep()


def _network(backup: Path) -> None:
    network = builders.a_network()
    builders.an_operator(email="olu@example.org")
    keys.check()
    with transaction():
        imports.import_roster(network, read_roster(b"here@example.org\n").rows, go=True, via=Door.CLI)
    actions.take(backup)  # which holds no mail
    with transaction():
        mailings.hold_all("A copy.")
        for _ in range(3):
            breaker.trouble(ServerAnswer(judge(MailStep.AUTH, 535, "wrong"), 535, "wrong"))
        db.session.execute(
            insert(ClockDoubt).values(host="here", newest_at=clock.now(), began_at=clock.now())
        )


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in ON_BOTH else ON_SQLITE) for name in (*COMMANDS, *MORE)],
)
def test_a_command_that_meets_a_failing_database_does_all_or_nothing(
    machine: Machine, time: clock.MovedClock, name: str
) -> None:
    row = {**COMMANDS, **MORE}[name]
    if row.on == "0001":
        time.move(to=LONG_AFTER)
    _make(machine, row.on)
    before = machine.state()
    done = machine.run(row.words)
    assert done.exit_code == 0, done.output
    after = machine.state()
    assert after != before, "it did nothing"
    seen: set[str] = set()
    wrong = [
        trouble
        for step in drawn(done.count.steps_by_place(), DRAWN, name)
        for trouble in _tried(machine, row, step, before, after, seen)
    ]
    assert not wrong, "\n".join(wrong)


def _tried(
    machine: Machine, row: Row, step: Step, before: dict[str, Any], after: dict[str, Any], seen: set[str]
) -> Iterator[str]:
    """The mistakes after it failed at the step, and after it was called again, once for each state in which it left things."""
    machine.restore()
    done = machine.run(row.words, step)
    now, where = machine.state(), f"{row.words}, failing at {step}: {done.output[-300:]!r}"
    if done.exit_code == 0:
        missing = other(now, after)
        if missing and not (missing == {row.forgets: -1} and "could not be written down" in done.output):
            yield f"{where}: says that it is done: {missing}"
        return
    yield from (f"{where}: {why}" for why in _said(done))
    if not row.in_parts and now not in (before, after):
        yield f"{where}: half done: {other(now, before)}"
    if row.words.startswith("restore") and now != before and not machine.quiet():
        yield f"{where}: a worker that starts now sends what the copy held"
    if machine.found() in seen:
        return
    seen.add(machine.found())
    again = machine.run(row.words)
    if again.exit_code != 0:
        yield from (f"{where}, then: {why}" for why in _said(again))
    late = other(machine.state(), after)
    late.pop(row.forgets, None)
    if late and not (row.each_time and now == after):
        yield f"{where}, then {again.output[-300:]!r}: other than at once: {late}"


def _said(done: Done) -> Iterator[str]:
    """The faults in how it says that it did not work."""
    if done.exit_code != 1 or done.crash:
        yield f"ends with {done.exit_code}, {done.crash}"
    if done.output.count("Error: ") != 1 or "Traceback" in done.output:
        yield "not one sentence"


@pytest.mark.sqlite
@pytest.mark.parametrize("name", READS)
def test_a_reading_command_changes_nothing_and_names_in_a_sentence_the_failure(
    machine: Machine, name: str
) -> None:
    _make(machine, "network")
    before = machine.rows()
    steps = machine.run(READS[name].words).count.steps_by_place()
    assert machine.rows() == before
    for step in drawn(steps, DRAWN, name):
        done = machine.run(READS[name].words, step)
        assert not done.crash, (step, done.crash)
        assert machine.rows() == before
