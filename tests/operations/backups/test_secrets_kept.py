"""Secrets are in no command's arguments, which everybody on the machine can read, and in no sentence."""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from govnet.operations.backups import database_copies
from tests.builders import a_network
from tests.shape import source

RECORDER = """#!/bin/sh
tr '\\0' ' ' < /proc/$$/cmdline >> {log}
echo >> {log}
env >> {log}.environment
exec {program} "$@"
"""
SECRET = "gehe/im wort"
PLACES = {"operations/backups/database_copies.py", "operations/serving/server.py", "mail/incoming/parser.py"}


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which PostgreSQL's programs write with which words they were called."""
    log, folder = tmp_path / "words", tmp_path / "bin"
    folder.mkdir()
    for program in ("pg_dump", "pg_restore", "psql"):
        (folder / program).write_text(RECORDER.format(log=log, program=shutil.which(program)))
        (folder / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


@pytest.mark.postgres
def test_a_backup_and_a_restore_show_no_password(
    app: Flask, recorded: Path, tmp_path: Path, new_database: Callable[[str], str]
) -> None:
    with app.app_context():
        a_network()
    source_engine = create_engine(
        create_engine(app.config["SQLALCHEMY_DATABASE_URI"]).url.set(password=SECRET)
    )
    database_copies.save(source_engine, tmp_path)
    target = create_engine(create_engine(new_database("secrets")).url.set(password=SECRET))
    database_copies.load(target, tmp_path)
    with target.connect() as connection:
        assert connection.scalar(text("SELECT slug FROM network")) == "uk"
    target.dispose()
    words = recorded.read_text()
    assert words.count("--dbname=postgresql://") == 2
    assert not any(secret in words for secret in (SECRET, "gehe", "im%20wort"))
    assert f"PGPASSWORD={SECRET}\n" in Path(f"{recorded}.environment").read_text()


def test_other_programs_are_started_in_few_places() -> None:
    """A new one is looked at, as these were: what they are called with names no secret."""
    found = set()
    for path in source.files():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(
                ("subprocess.", "os.exec", "os.spawn", "os.popen")
            ):
                found.add(source.name(path))
    assert found == PLACES


WRONG = {
    "no such host": "postgresql://govnet:geheim@127.0.0.1:1/govnet",
    "another scheme": "mysql://govnet:geheim@127.0.0.1/govnet",
    "a port that is none": "postgresql://govnet:geheim@127.0.0.1:port/govnet",
    "an option that is none": "postgresql://govnet:geheim@127.0.0.1/govnet?sslmode=geheimer",
    "another option": "postgresql://govnet:geheim@127.0.0.1/govnet?nonsense=1",
    "a comment": "postgresql://govnet:geheim@127.0.0.1/govnet # ours",
    "quoted": "'postgresql://govnet:geheim@127.0.0.1/govnet'",
}


@pytest.mark.parametrize("url", WRONG.values(), ids=WRONG)
def test_no_sentence_shows_the_database_s_password(command, monkeypatch, tmp_path: Path, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("GOVNET_DATA", str(tmp_path / "data"))
    for words in (["backup", "b.tar.gz"], ["doctor"]):
        done = command(*words)
        assert done.exit_code == 1
        assert "Traceback" not in done.output
        assert "geheim@" not in done.output
        assert ":geheim" not in done.output


@pytest.mark.parametrize(
    "url",
    ["redis://:geheim@127.0.0.1:1/x", "redis://kit:geheim@127.0.0.1:1/0?nonsense=1", "http://kit:geheim@h"],
)
def test_no_sentence_shows_the_password_of_redis(command, monkeypatch, tmp_path: Path, url: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setenv("GOVNET_DATA", str(tmp_path / "data"))
    done = command("doctor")
    assert done.exit_code == 1
    assert done.output.startswith("Error: REDIS_URL ")
    assert "geheim" not in done.output
