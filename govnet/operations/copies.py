"""Copies of the whole database: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from glob import glob
from pathlib import Path

from sqlalchemy import URL, Engine

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


class CopyError(Exception):
    """The copy could not be made; the message says why."""


def save(engine: Engine, folder: Path) -> Path:
    """A consistent copy in `folder`, while others read and write. Raises CopyError."""
    target = folder / NAMES[engine.dialect.name]
    if engine.dialect.name == "postgresql":
        _run(engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return target
    with (
        _explained(),
        closing(sqlite3.connect(_path(engine))) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise CopyError(f"the database is damaged: {found}")
    return target


def load(engine: Engine, folder: Path) -> None:
    """Put the copy in `folder` in the place of everything that is in the database. Raises CopyError."""
    source = folder / NAMES[engine.dialect.name]
    if engine.dialect.name == "postgresql":
        engine.dispose()
        _run(engine, "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
             str(source))  # fmt: skip
        return
    engine.dispose()
    Path(_path(engine)).parent.mkdir(parents=True, exist_ok=True)
    with (
        _explained(),
        closing(sqlite3.connect(source)) as copy,
        closing(sqlite3.connect(_path(engine), timeout=30)) as target,
    ):
        copy.backup(target)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise CopyError(f"SQLite could not copy the database: {error}. Is the disk full?") from error


def _path(engine: Engine) -> str:
    return str(engine.url.database)


def _run(engine: Engine, program: str, *words: str) -> None:
    """Run a program of PostgreSQL's on the engine's database.

    Everybody on the machine can read a command's words while it runs: the password goes by the environment instead.
    """
    found = shutil.which(program) or next(
        iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{program}"))[-1:]), None
    )
    if found is None:
        raise CopyError(f"{program} is not installed: it comes with PostgreSQL's client programs.")
    at = engine.url
    secret = {"PGPASSWORD": str(at.password)} if at.password else {}
    bare = URL.create("postgresql", at.username, None, at.host, at.port, at.database, at.query)
    command = [found, f"--dbname={bare.render_as_string()}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **secret})  # noqa: S603
    if done.returncode:
        raise CopyError(f"{program} failed: {done.stderr.strip()[-500:]}")
