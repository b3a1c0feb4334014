"""Databases for tests: a SQLite file copied from a template, or a PostgreSQL cluster started from its binaries."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from glob import glob
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from govnet.kernel.models import Base

CLUSTER: pytest.StashKey[Cluster] = pytest.StashKey()
_sqlite_template: list[bytes] = []
_COUNT_FROM_ONE = """
SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"""


@dataclass
class Cluster:
    """A PostgreSQL that listens on a socket in its own folder only."""

    folder: Path
    binaries: Path
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://govnet@/{{name}}?host={self.folder}"

    def run(self, *words: str) -> None:
        subprocess.run(words, check=True, capture_output=True, user=self.user, cwd=self.folder)

    def control(self, *words: str) -> None:
        log = str(self.folder / "log")
        self.run(str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-l", log, "-w", *words)

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[-2]))
    return Path(found[-1]) if found else Path(shutil.which("initdb") or "/missing/initdb").parent


def installed() -> bool:
    """Whether this machine has PostgreSQL's binaries."""
    return (_binaries() / "initdb").exists()


def start_cluster(*more: str) -> Cluster:
    """A throw-away cluster; as user postgres when root, which PostgreSQL refuses to be. Of settings said twice `more` holds."""
    binaries = _binaries()
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="govnet-pg-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    cluster = Cluster(folder, binaries, user)
    cluster.run(
        str(binaries / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "govnet",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
        "--locale=C.UTF-8",
    )
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off",
                "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "deadlock_timeout=200ms",
                "autovacuum_naptime=5s", *more]  # fmt: skip
    options = " ".join(f"-c {setting}" for setting in settings)
    cluster.control("-o", options, "start")
    return cluster


def create_database(base: str, name: str) -> str:
    """A fresh database in the cluster; returns its address."""
    admin = base.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return base.format(name=name)


def make_template(engine: Engine) -> None:
    """Create every table; on SQLite keep the empty file's bytes to start each test from."""
    Base.metadata.create_all(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()
        _sqlite_template[:] = [Path(str(engine.url.database)).read_bytes()]


def reset(engine: Engine) -> None:
    """Empty the tables. Few rows are in few of them: PostgreSQL deletes those in a tenth of the time of TRUNCATE."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        path = str(engine.url.database)
        for leftover in (f"{path}-wal", f"{path}-shm"):
            Path(leftover).unlink(missing_ok=True)
        Path(path).write_bytes(_sqlite_template[0])
        return
    with engine.begin() as connection:
        filled = connection.exec_driver_sql(_filled()).scalars().all()
        if filled:
            deletes = [f'DELETE FROM "{name}"' for name in filled]
            no_triggers_no_keys = "SET LOCAL session_replication_role = replica"
            connection.exec_driver_sql("; ".join([no_triggers_no_keys, *deletes]))
        connection.exec_driver_sql(_COUNT_FROM_ONE)


@cache
def _filled() -> str:
    """Which tables have rows. The same words each time: PostgreSQL plans them once for a connection."""
    return " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in Base.metadata.tables
    )
