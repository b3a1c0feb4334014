"""Shared by the operator's commands: errors as sentences, and a check that the database has tables."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from govnet.kernel.errors import GovnetError
from govnet.kernel.outage import Unavailable, outage_of
from govnet.kernel.settings import ConfigError, load_config
from govnet.operations.backups import actions
from govnet.operations.backups.backup_file import ArchiveError
from govnet.operations.backups.database_copies import CopyError
from govnet.operations.database import schema

TROUBLE = (GovnetError, ArchiveError, CopyError, actions.RestoreError, ConfigError)
_NO_TABLE = re.compile(r"no such (table|column)")
_UNDEFINED = ("42P01", "42703")
"""undefined_table and undefined_column (PostgreSQL manual, appendix A)."""
_MOST_WORDS = 300


def in_words(error: BaseException) -> str:
    """Describe the error for the user of a command; empty for a fault of the program."""
    if isinstance(error, Unavailable) and error.perhaps_saved:
        return f"{error} Something may have been saved all the same. Check before you call this again."
    if isinstance(error, TROUBLE):
        return str(error)
    if isinstance(error, SQLAlchemyError | sqlite3.Error):
        return _of_database(error)
    if isinstance(error, OSError) and error.errno != errno.EPIPE:
        return f"{error.filename}: {error.strerror}." if error.filename and error.strerror else f"{error}."
    return ""


def _of_database(error: SQLAlchemyError | sqlite3.Error) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(cause).split())[:_MOST_WORDS].rstrip(".")
    if _NO_TABLE.search(said) or getattr(cause, "sqlstate", None) in _UNDEFINED:
        return (
            "The database lacks tables of this release. Run govnet init at first, or govnet upgrade after installing "
            "a new release."
        )
    if outage_of(error) is None and not isinstance(error, sqlite3.Error):
        return ""
    return f"The database ({_place()}) cannot be used: {said}. Look at DATABASE_URL and GOVNET_DATA."


def _place() -> str:
    """Return the database in the settings, without its password."""
    from sqlalchemy.engine import make_url

    url = make_url(load_config().load().SQLALCHEMY_DATABASE_URI)
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors into a sentence instead of a traceback."""
    try:
        yield
    except Exception as error:
        words = "" if isinstance(error, click.ClickException) else in_words(error)
        if not words:
            raise
        raise click.ClickException(words) from error


def ready() -> None:
    """Refuse with a sentence if there are no tables yet."""
    if schema.is_empty():
        raise click.ClickException("There is no network here yet. Begin with: govnet init")
