"""The disk full at each write: the old file is whole, no half file bears the name, nothing is left behind, the next try works."""

from __future__ import annotations

import builtins
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from govnet import create_app
from govnet.cli import main
from govnet.extensions import db
from govnet.kernel import clock, files
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.operations.backups import actions, backup_file
from tests import builders
from tests.faults.failing import ON_SQLITE, drawn
from tests.faults.kept import Kept, Rows

DRAWN = 3
"""Trials of each, where not all are asked for."""
ANSWERS = "--site-url https://network.example.org --mail-server smtp.example.org --data {here}/data"
WRITES = {
    "backup": "backup new.tar.gz",
    "backup over another": "backup old.tar.gz --overwrite",
    "backup of several": "backup folder --keep 2",
    "restore": "restore old.tar.gz --replace",
    "restore on another key": "restore others.tar.gz --replace",
    "export members": "export members new.csv",
    "export members over another": "export members old.csv",
    "deploy-files": "deploy-files files",
    "settings": f"init --settings settings.env {ANSWERS}",
    "upgrade": "upgrade",
}
"""Commands that write files."""
NOTED = {"backup"}
"""Tables that tell of what was done before the disk was full: the backup that a restore begins with."""
SIZES = (0, 1, 200, 4_096, 10_000, 40_000, 100_000, 300_000)


class Disk:
    """Counts what a process does to files by Python's own calls; the nth of these fails as on a full disk."""

    def __init__(self, fails: int = 0) -> None:
        self.fails, self.count = fails, 0

    def counted(self, function: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if writes(*args, **named):
                self.count += 1
                if self.count == self.fails:
                    raise OSError(ENOSPC, os.strerror(ENOSPC))
            return function(*args, **named)

        return call

    @contextmanager
    def used(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "replace", "rename", "link", "mkdir"):
                patch.setattr(os, name, self.counted(getattr(os, name), lambda *_a, **_n: True))
            patch.setattr(os, "open", self.counted(os.open, lambda _path, flags, *_a, **_n: bool(flags & 3)))
            patch.setattr(os, "fdopen", self.counted(os.fdopen, _opens_for_writing))
            opened = self.counted(io.open, _opens_for_writing)
            patch.setattr(io, "open", opened)
            patch.setattr(builtins, "open", opened)
            yield


def _opens_for_writing(_path: object, mode: str = "r", *_args: object, **_named: object) -> bool:
    return bool(set(mode) & set("wax+"))


@contextmanager
def no_larger_than(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes (setrlimit(2)): a write that would ends early, or fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@dataclass
class Trial:
    """One way in which the disk fails."""

    call: int = 0
    size: int = -1

    def __str__(self) -> str:
        return f"file operation {self.call}" if self.call else f"{self.size} bytes a file"

    @contextmanager
    def used(self) -> Iterator[None]:
        if self.call:
            with Disk(self.call).used():
                yield
        else:
            with no_larger_than(self.size):
                yield


class Machine(Kept):
    """A folder with a database and files that each trial finds as they were."""

    def __init__(self, app: Flask, folder: Path) -> None:
        super().__init__(app)
        self.folder, self.copy = folder, folder.with_name("as-it-was")
        self.then: Rows = {}

    def keep(self) -> None:
        super().keep()
        self.then = self.rows()
        shutil.copytree(self.folder, self.copy)

    def restore(self) -> None:
        super().restore()
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.copy, self.folder, dirs_exist_ok=True)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.folder.rglob("*") if path.is_file() and "govnet.db" not in path.name)
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def run(self, words: str) -> Result:
        done = CliRunner().invoke(main, words.split())
        self.close()
        return done


@pytest.fixture
def machine(
    new_database: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    folder = tmp_path / "here"
    (folder / "folder").mkdir(parents=True)
    (folder / "data").mkdir(mode=0o700)
    app = create_app(
        {"TESTING": True, "SQLALCHEMY_DATABASE_URI": new_database("disk"), "DATA_DIR": str(folder / "data"),
         "SQLITE_SYNCHRONOUS": "OFF"}
    )  # fmt: skip
    monkeypatch.chdir(folder)
    monkeypatch.setattr(main, "create_app", lambda: app)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("GOVNET_SETTINGS", "")  # so that what init sets is taken back
    monkeypatch.delenv("GOVNET_SETTINGS")
    monkeypatch.setattr("tempfile.tempdir", None)
    made = Machine(app, folder)
    made.empty_tables()
    with app.app_context():
        network = builders.a_network()
        with transaction():
            rows = read_roster(b"name,email\nNell Found,nell@example.org\n").rows
            imports.import_roster(network, rows, go=True, via=Door.CLI)
        db.session.remove()
        actions.take(folder / "old.tar.gz")
        with monkeypatch.context() as patch:
            patch.setitem(app.config, "MAIL_KEY", "another-key-of-at-least-32-characters")
            actions.take(folder / "others.tar.gz")
        (folder / "old.csv").write_text("what was there\n")
    made.keep()
    yield made
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("name", [pytest.param(name, marks=ON_SQLITE) for name in WRITES])
def test_where_the_disk_is_full_a_file_is_whole_or_as_it_was(machine: Machine, name: str) -> None:
    words, before, disk = WRITES[name].format(here=machine.folder), machine.files(), Disk()
    with disk.used():
        done = machine.run(words)
    assert done.exit_code == 0, done.output
    after = machine.files()
    trials = [*(Trial(call=n + 1) for n in range(disk.count)), *(Trial(size=size) for size in SIZES)]
    assert disk.count
    wrong = [
        f"{words}, {trial}: {trouble}"
        for trial in drawn(trials, DRAWN, name)
        for trouble in _tried(machine, words, trial, before, after)
    ]
    assert not wrong, "\n".join(wrong)


Files = dict[str, bytes]


def _tried(machine: Machine, words: str, trial: Trial, before: Files, after: Files) -> Iterator[str]:
    machine.restore()
    with trial.used():
        done = machine.run(words)
    now = machine.files()
    yield from _not_whole(now, before, after)
    changed = {name for name, rows in machine.rows().items() if rows != machine.then.get(name)} - NOTED
    if changed and not (done.exit_code == 0 or machine.quiet()):
        yield f"{done.output[-200:]!r}, and the database is another one: {changed}"
    machine.close()
    if done.exit_code != 0 and (done.exit_code != 1 or done.output.count("Error: ") != 1):
        yield f"ends with {done.exit_code}, {done.exception!r}: {done.output[-300:]!r}"
    if done.exit_code == 0 and set(now) != set(after):
        yield f"says that it is done: {set(now) ^ set(after)}"
    os.environ.pop("GOVNET_SETTINGS", None)
    made = words.startswith("init") and "settings.env" in now  # which init never changes, and says so
    again = machine.run("init --settings settings.env" if made else words)
    os.environ.pop("GOVNET_SETTINGS", None)
    late = machine.files()
    if again.exit_code != 0 and (done.exit_code != 0 or set(late) != set(after)):
        yield f"{done.output[-200:]!r}, then ends with {again.exit_code}: {again.output[-300:]!r}"
    if set(late) != set(after):
        yield f"{done.output[-200:]!r}, then other files: {set(late) ^ set(after)}"


def _not_whole(now: Files, before: Files, after: Files) -> Iterator[str]:
    """Files that are neither as they were, nor missing as they were, nor as an undisturbed run leaves them."""
    yield from (f"{path} is left behind" for path in set(now) - set(before) - set(after))
    yield from (f"{path} is gone" for path in set(before) - set(now))
    for path, content in now.items():
        if content in (before.get(path), after.get(path)):
            continue
        if path.endswith(".tar.gz"):
            with backup_file.unpacked(Path(path)):
                continue
        if not (
            path.endswith("settings.env") and content.endswith(after[path].splitlines(keepends=True)[-1])
        ):
            yield f"{path} is neither old nor new: {len(content)} bytes"


def test_files_of_a_killed_process_are_removed_by_the_next(tmp_path: Path) -> None:
    killed = os.fork()
    if not killed:
        with files.whole(tmp_path / "one"), files.workshop(tmp_path) as folder:
            (folder / "half").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(killed, 0)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 2
    files.write(tmp_path / "two", b"2")
    assert len(list(tmp_path.iterdir())) == 3, "what is not old may be somebody's who just begins"
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    with files.workshop(tmp_path) as held:
        os.utime(held, (0, 0))
        files.write(tmp_path / "two", b"22")
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([held.name, "two"])
    assert (tmp_path / "two").read_bytes() == b"22"


def test_the_moved_clock_of_a_demo_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_ahead", [tmp_path / "clock"])
    clock.skip(timedelta(seconds=10))
    with no_larger_than(1), pytest.raises(OSError):
        clock.skip(timedelta(seconds=10))
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]
    clock.skip(timedelta(seconds=10))
    assert clock._seconds_ahead() == 20


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    words = "from govnet.kernel import logs; logs.configure(); logs.log.error('full'); print('on')"
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", words], stdout=subprocess.PIPE, stderr=full, check=False)
    assert (done.returncode, done.stdout) == (0, b"on\n")
