"""Processes on one database share their keys: one with others refuses, until the change is said to be meant."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from govnet.cli import COMMANDS, WITH_ANY_KEYS
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from govnet.operations import keys
from govnet.operations.backups import actions
from govnet.operations.health import checks
from govnet.operations.health.heartbeats import beat
from govnet.operations.models import KeyDigest
from govnet.record.models import Entry
from tests.builders import a_network

ROOT = Path(__file__).resolve().parents[2]
ANOTHER = {"SECRET_KEY": "s" * 40, "MAIL_KEY": "m" * 40, "SITE_URL": "https://moved.example.org"}


@pytest.fixture
def run(app: Flask, command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command on this test's database, where keys were written down."""
    monkeypatch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""))
    monkeypatch.setenv("GOVNET_DATA", str(tmp_path))
    with app.app_context():
        a_network()
        keys.check()
        db.session.remove()
        db.engine.dispose()
    return command


def test_the_first_process_writes_its_keys_down_and_none_can_be_read_from_them(context: None) -> None:
    keys.check()
    first = [(row.name, row.digest) for row in db.session.scalars(select(KeyDigest))]
    assert sorted(name for name, _digest in first) == sorted(keys.KEYS)
    keys.check()
    assert [(row.name, row.digest) for row in db.session.scalars(select(KeyDigest))] == first
    with transaction():
        keys.write_down()
    again = {row.digest for row in db.session.scalars(select(KeyDigest))}
    assert not again & {digest for _name, digest in first}, (
        "the same keys have another digest under another salt"
    )


@pytest.mark.parametrize("name", keys.KEYS)
@pytest.mark.parametrize(
    "words", [["backup", "b.tar.gz"], ["worker"], ["serve"], ["upgrade"], ["init"]], ids=" ".join
)
def test_a_process_with_another_key_refuses_and_says_which(
    run, app, monkeypatch, name: str, words: list[str]
) -> None:
    monkeypatch.setenv(name, ANOTHER[name])
    if name == "SECRET_KEY":  # which stands for both where there is no MAIL_KEY
        monkeypatch.setenv("MAIL_KEY", app.config["MAIL_KEY"])
    done = run(*words)
    assert done.exit_code == 1, done.output
    assert f"{name} differs from the values that this database is used with" in done.output.splitlines()[-1]
    assert ANOTHER[name] not in done.output


def test_every_other_command_is_held_to_the_keys() -> None:
    assert set(COMMANDS) - WITH_ANY_KEYS >= {"serve", "worker", "backup", "upgrade", "import", "export"}


def test_the_doctor_names_them(app: Flask, context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.check()
    monkeypatch.setitem(app.config, "MAIL_KEY", "another")
    monkeypatch.setitem(app.config, "SITE_URL", "https://moved.example.org")
    found = next(finding for finding in checks.examine() if finding.name == "settings")
    assert (found.well, found.words.split(":")[0]) == (False, "MAIL_KEY, SITE_URL")


def test_the_doctor_names_a_settings_file_that_everybody_can_read(
    app: Flask, context: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.env").write_text("")
    monkeypatch.setitem(app.config, "GOVNET_SETTINGS", str(tmp_path / "settings.env"))
    for mode, well in ((0o600, True), (0o640, True), (0o604, False)):
        (tmp_path / "settings.env").chmod(mode)
        found = next(finding for finding in checks.examine() if finding.name == "settings")
        assert found.well is well
        assert (f"chmod o= {tmp_path}/settings.env" in found.words) is not well


def test_keys_are_changed_on_purpose_while_everything_stands_still(
    run, app: Flask, time: clock.MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing was changed" in run("operator", "accept-keys").output
    with app.app_context():
        beat()
    for name, value in ANOTHER.items():
        monkeypatch.setenv(name, value)
    assert "A worker is running on " in run("operator", "accept-keys").output
    assert "SECRET_KEY and MAIL_KEY and SITE_URL differ" in run("operator", "release-mail").output
    time.move(timedelta(minutes=2))
    assert "new SECRET_KEY and MAIL_KEY and SITE_URL" in run("operator", "accept-keys").output
    assert "No mail is held." in run("operator", "release-mail").output
    with app.app_context():
        told = db.session.scalars(select(Entry).where(Entry.verb == "operator.keys-accepted")).one()
        assert "MAIL_KEY" in str(told.facts)
        for value in ANOTHER.values():
            assert value not in f"{told.facts} {told.words}"


def test_a_backup_is_put_back_under_other_keys(run, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("backup", "b.tar.gz").exit_code == 0
    monkeypatch.setenv("MAIL_KEY", ANOTHER["MAIL_KEY"])
    monkeypatch.setenv("SECRET_KEY", ANOTHER["SECRET_KEY"])
    done = run("restore", "b.tar.gz", "--replace")
    assert done.exit_code == 0, done.output
    assert "MAIL_KEY differs from the backup's" in done.output
    assert run("operator", "release-mail").exit_code == 0
    monkeypatch.delenv("MAIL_KEY")
    assert "MAIL_KEY differs" in run("backup", "c.tar.gz").output


def test_a_restore_that_is_refused_keeps_the_keys(
    app: Flask, context: None, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    a_network()
    keys.check()
    actions.take(tmp_path / "b.tar.gz")
    monkeypatch.setitem(app.config, "MAIL_KEY", "another")
    with pytest.raises(actions.RestoreError):
        actions.restore(tmp_path / "b.tar.gz", replace=False)
    assert keys.differing() == ["MAIL_KEY"]


def test_of_several_that_start_at_once_those_with_one_set_of_keys_go_on(app: Flask, tmp_path: Path) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    environ = {**os.environ, "DATABASE_URL": url, "GOVNET_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "govnet", "import", "list", "--network", "none"]
    started = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environ, "SITE_URL": f"https://{one}.example.org"},
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in ("first", "second", "first")
    ]
    said = [process.communicate(timeout=60)[1] for process in started]
    refused = ["SITE_URL differs" in one for one in said]
    assert refused in ([False, True, False], [True, False, True]), said
