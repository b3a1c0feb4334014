"""A command that cannot reach something prints one sentence and exits with 1, for every command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from govnet.cli import COMMANDS, SMALL
from govnet.kernel.settings import load_config
from govnet.kernel.settings_file import quoted
from tests.kernel.test_settings import ODD, STRANGERS
from tests.kernel.test_settings import WRONG as WRONG_VALUES
from tests.operations.test_keys import ROOT

TABLE = load_config().TABLE

WORDS = {
    "backup": ["b.tar.gz"],
    "export": ["members", "m.csv"],
    "import": ["list"],
    "init": [],
    "operator": ["give", "kit@example.org"],
    "restore": ["there"],
    "serve": [],
    "upgrade": [],
    "verify": [],
    "worker": [],
}
OF_ITS_OWN = {"demo", "doctor", *SMALL}
"""The demo has a database of its own, doctor says of each thing what it found, and receive has a mail server's exit codes."""
WITHOUT_APPLICATION = {"guide", "deploy-files"}


def test_every_command_is_here() -> None:
    assert set(COMMANDS) == {*WORDS, *OF_ITS_OWN, *WITHOUT_APPLICATION}


@pytest.fixture
def refused(command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], str]:
    """Run a command on a database that cannot be used; what it said."""
    monkeypatch.setenv("GOVNET_DATA", str(tmp_path / "data"))
    (tmp_path / "there").write_text("")

    def run(name: str, url: str) -> str:
        monkeypatch.setenv("DATABASE_URL", url)
        done = command(name, *WORDS[name])
        assert done.exit_code == 1, done.output
        assert done.output.startswith("Error: "), done.output
        assert done.output.count("\n") == 1, done.output
        return str(done.output)

    return run


@pytest.mark.parametrize("name", sorted(set(WORDS) - {"restore"}))
def test_a_database_that_does_not_answer_is_named(refused, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        port = taken.getsockname()[1]
        said = refused(name, f"postgresql://govnet:geheim@127.0.0.1:{port}/govnet")
    assert f"postgresql://govnet:***@127.0.0.1:{port}/govnet" in said
    assert "refused" in said
    assert "DATABASE_URL" in said


@pytest.mark.parametrize("name", sorted(set(WORDS) - {"restore"}))
@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_named(refused, tmp_path: Path, name: str) -> None:
    (tmp_path / "other.db").write_text("This is a letter, not a database. " * 50)
    said = refused(name, f"sqlite:///{tmp_path}/other.db")
    assert f"sqlite:///{tmp_path}/other.db" in said
    assert "not a database" in said


@pytest.fixture
def locked(new_database: Callable[[str], str]) -> Iterator[str]:
    """A database whose role needs a password, as it does on a real server: the address without one."""
    url = make_url(new_database("locked"))
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    folder = Path(str(url.query["host"])) / "data" / "pg_hba.conf"
    before = folder.read_text()
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS locked")
        connection.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        folder.write_text(f"local all locked scram-sha-256\n{before}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_sleep(0.3)")
    yield url.set(drivername="postgresql", username="locked").render_as_string(hide_password=False)
    folder.write_text(before)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP ROLE locked")


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["init", "serve", "worker", "backup"])
def test_a_wrong_password_and_a_missing_database_are_named(refused, locked: str, name: str) -> None:
    url = make_url(locked)
    wrong = url.set(password="geheim").render_as_string(hide_password=False)
    assert "password authentication failed" in refused(name, wrong)
    missing = url.set(password="right", database="nowhere").render_as_string(hide_password=False)
    assert "database \u201cnowhere\u201d does not exist" in refused(name, missing).replace(
        '"nowhere"', "\u201cnowhere\u201d"
    )


@pytest.mark.parametrize(
    "words", [["worker"], ["serve", "--port", "5999"], ["doctor"], ["backup", "b.tar.gz"]], ids=" ".join
)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_PORT", "smtp"),
        ("DATABASE_URL", "postgresql://g:geheim@127.0.0.1:1/g"),
        ("REDIS_URL", "banana"),
        ("GOVNET_DATA", "/proc/nowhere"),
    ],
)
def test_a_process_says_one_sentence_and_ends(
    tmp_path: Path, words: list[str], name: str, value: str
) -> None:
    if (words, name) == (["doctor"], "DATABASE_URL"):
        return  # says of each thing what it found: tests/operations/backups/test_secrets_kept.py
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "GOVNET_DATA": str(tmp_path / "data"),
        name: value,
    }
    done = subprocess.run(
        [sys.executable, "-m", "govnet", *words],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert "geheim" not in done.stderr


WRONG = [
    *(
        (row.name, name, ODD[name])
        for row in TABLE
        for name in ("dots", "quoted", "guide's comment", "empty")
    ),
    *((name, value[:30], value) for name, values in WRONG_VALUES.items() for value in values),
]
NAMES = sorted(set(WORDS) | {"doctor"})


@pytest.mark.parametrize(("setting", "name", "value"), WRONG, ids=[f"{s}-{n}" for s, n, _v in WRONG])
def test_a_wrong_setting_stops_each_command_with_a_sentence(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str, name: str, value: str
) -> None:
    """From the environment, and but for GOVNET_SETTINGS itself from the settings file; each case by another command."""
    (tmp_path / "there").write_text("")
    called = NAMES[hash_of(setting, name) % len(NAMES)]
    words = [called, *WORDS.get(called, [])]
    for key, good in STRANGERS.items():
        monkeypatch.setenv(key, good)
    monkeypatch.setenv(setting, value)
    from_environment = command(*words)
    said = [from_environment.output]
    if setting != "GOVNET_SETTINGS":
        monkeypatch.delenv(setting)
        for key in STRANGERS:
            monkeypatch.delenv(key, raising=False)
        lines = {**STRANGERS, setting: value}
        (tmp_path / "s.env").write_text("".join(f"{key}={quoted(text)}\n" for key, text in lines.items()))
        (tmp_path / "s.env").chmod(0o600)
        said.append(command("--settings", tmp_path / "s.env", *words).output)
    assert from_environment.exit_code == 1
    assert len(set(said)) == 1, said
    assert said[0].startswith("Error: ")
    assert said[0].count("\n") == 1
    assert setting in said[0] or value in said[0]
    assert not (tmp_path / "instance").exists(), "nothing is made before the settings are right"


def hash_of(*words: str) -> int:
    """The same number in every run."""
    return sum(map(ord, "".join(words)))
