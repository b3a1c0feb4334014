"""Copies of the whole database: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from glob import glob
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import URL, Engine

from govnet.kernel.files import write

Statements = Mapping[str, Sequence[str]]
"""SQL by the table that it is about."""
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


def load(engine: Engine, folder: Path, *, before: Statements = MappingProxyType({})) -> None:
    """Put the copy in `folder` in the place of everything that is in the database, all at once. Raises CopyError.

    Nobody sees the copy before the statements `before` were run on it, those of tables that it has.
    """
    engine.dispose()
    source = folder / NAMES[engine.dialect.name]
    if engine.dialect.name == "postgresql":
        _load_postgresql(engine, source, before)
    else:
        Path(_path(engine)).parent.mkdir(parents=True, exist_ok=True)
        _load_sqlite(engine, source, before)


def _load_postgresql(engine: Engine, source: Path, before: Statements) -> None:
    copy, more = source.with_suffix(".sql"), source.with_name("before.sql")
    _run(engine, "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={copy}",
         str(source), on_database=False)  # fmt: skip
    blocks = (
        f"DO $$ BEGIN IF to_regclass('{table}') IS NOT NULL THEN {'; '.join(run)}; END IF; END $$;\n"
        for table, run in before.items()
    )
    write(more, ("RESET search_path;\n" + "".join(blocks)).encode())
    _run(engine, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
         f"--file={copy}", f"--file={more}")  # fmt: skip


def _load_sqlite(engine: Engine, source: Path, before: Statements) -> None:
    with (
        _explained(),
        closing(sqlite3.connect(source)) as copy,
        closing(sqlite3.connect(_path(engine), timeout=30)) as target,
    ):
        there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        with copy:
            for statement in (one for table, run in before.items() if table in there for one in run):
                copy.execute(statement)
        copy.backup(target)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise CopyError(f"SQLite could not copy the database: {error}. Is the disk full?") from error


def _path(engine: Engine) -> str:
    return str(engine.url.database)


def _run(engine: Engine, program: str, *words: str, on_database: bool = True) -> None:
    """Run a program of PostgreSQL's, on the engine's database unless it needs none.

    Everybody on the machine can read a command's arguments while it runs: the password goes by the environment instead.
    """
    found = shutil.which(program) or next(
        iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{program}"))[-1:]), None
    )
    if found is None:
        raise CopyError(f"{program} is not installed: it comes with PostgreSQL's client programs.")
    at = engine.url
    secret = {"PGPASSWORD": str(at.password)} if at.password else {}
    bare = URL.create("postgresql", at.username, None, at.host, at.port, at.database, at.query)
    command = [found, *([f"--dbname={bare.render_as_string()}"] if on_database else []), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **secret})  # noqa: S603
    if done.returncode:
        raise CopyError(f"{program} failed: {done.stderr.strip()[-500:]}")
