"""`govnet receive`: a pipe's mail goes into the inbox without the application, which takes ten times as long to start."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from govnet.kernel import clock
from govnet.kernel.database_address import DatabaseAddress, database_address
from govnet.kernel.settings import ConfigError, load_config
from govnet.mail.incoming import inbox, reply_addresses
from govnet.operations import file_ownership
from govnet.operations.key_digest import key_digest

_TRY_AGAIN, _NEVER, _NO_SUCH_ADDRESS = 75, 65, 67
"""Exit codes for a mail server (sysexits.h): with EX_TEMPFAIL it tries again, with EX_DATAERR and EX_NOUSER it does not."""
_NOT_HERE = ("MAIL_RETURN_PATH", "SECURITY_CONTACT", "REDIS_URL")
"""Settings that a mail needs nothing of, and that take long to check."""
_NAMED = re.compile(r":(\w+)")
_PATIENCE = 10
"""Seconds to wait for the database, or for its write lock."""


class NotTaken(Exception):
    """Ends the command with `code`; the message says why."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


@click.command("receive")
@click.argument("recipient")
def receive(recipient: str) -> None:
    """Take one mail from standard input that came for RECIPIENT; a mail server calls this. The worker reads it then."""
    try:
        config = load_config().load(leave_out=_NOT_HERE)
        file_ownership.check(config.DATA_DIR, config.SQLALCHEMY_DATABASE_URI, ["receive", recipient])
        _take(recipient, config)
    except NotTaken as refusal:
        click.echo(f"Not taken: {refusal}", err=True)
        sys.exit(refusal.code)
    except ConfigError as error:
        click.echo(f"Not taken now: {error}", err=True)
        sys.exit(_TRY_AGAIN)
    except Exception as error:  # whatever it is, the mail server keeps the mail
        click.echo(f"Not taken now: {type(error).__name__}.", err=True)
        sys.exit(_TRY_AGAIN)


def _take(recipient: str, config: Any) -> None:
    if not config.MAIL_REPLIES:
        raise NotTaken(_TRY_AGAIN, "set MAIL_REPLIES first: see docs/running.md.")
    if reply_addresses.read(config.MAIL_REPLIES, config.MAIL_KEY, recipient) is None:
        with _database(config, "BEGIN") as run:
            if _is_another_key(run, config.MAIL_KEY):
                raise NotTaken(_TRY_AGAIN, "MAIL_KEY is not what this database is used with.")
        raise NotTaken(_NO_SUCH_ADDRESS, "no such address.")
    raw = sys.stdin.buffer.read(inbox.LARGEST + 1)
    if not raw.strip() or len(raw) > inbox.LARGEST:
        raise NotTaken(_NEVER, f"empty, or larger than {inbox.LARGEST // (1024 * 1024)} MB.")
    clock.follow(Path(config.CLOCK_FILE) if config.CLOCK_FILE else None)
    try:
        with _database(config, "BEGIN IMMEDIATE") as run:
            sqlite = config.SQLALCHEMY_DATABASE_URI.startswith("sqlite")
            inbox.keep(raw, recipient, at=clock.now(), run=run, sqlite=sqlite)
    except inbox.Full as full:
        raise NotTaken(_TRY_AGAIN, "too many mails are waiting.") from full


def _is_another_key(run: inbox.Run, key: str) -> bool:
    """Whether the database is used with another MAIL_KEY, under which the address may well be ours."""
    known = run("SELECT salt, digest FROM key_digest WHERE name = :name", {"name": "MAIL_KEY"})
    return any(key_digest(salt, "MAIL_KEY", key) != digest for salt, digest in known)


def _database(config: Any, begin: str) -> contextlib.AbstractContextManager[inbox.Run]:
    """A transaction that ends with the block; on SQLite begun with that statement."""
    at = database_address(config.SQLALCHEMY_DATABASE_URI)
    return (
        _sqlite(at, config.SQLITE_SYNCHRONOUS, begin) if at.driver.startswith("sqlite") else _postgresql(at)
    )


@contextlib.contextmanager
def _sqlite(at: DatabaseAddress, synchronous: str, begin: str) -> Iterator[inbox.Run]:
    """On the file of an SQLite database, which is there already."""
    address = f"file:{quote(at.database)}?mode=rw"
    opened = sqlite3.connect(address, timeout=_PATIENCE, isolation_level=None, uri=True)
    with contextlib.closing(opened) as connection:
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(begin)
        with connection:
            yield lambda statement, values: connection.execute(statement, dict(values)).fetchall()


@contextlib.contextmanager
def _postgresql(at: DatabaseAddress) -> Iterator[inbox.Run]:
    """On a PostgreSQL database."""
    import psycopg

    said = {"user": at.user, "password": at.password, "host": at.host, "port": at.port, "dbname": at.database}
    options: dict[str, Any] = {name: value for name, value in said.items() if value}
    with psycopg.connect(**{"connect_timeout": _PATIENCE, **options, **at.query}) as connection:
        yield _runs(connection)


def _runs(connection: Any) -> Callable[[str, Mapping[str, object]], Sequence[Any]]:
    def run(statement: str, values: Mapping[str, object]) -> Sequence[Any]:
        done = connection.execute(_NAMED.sub(r"%(\1)s", statement), dict(values))
        return done.fetchall() if done.description else ()

    return run
