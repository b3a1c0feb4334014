"""A database that comes as a bare file, as Litestream brings one back: made into a backup, so that all of a restore applies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import DatabaseError

from govnet.kernel import files
from govnet.operations.backups import backup_file, database_copies, erasure_file
from govnet.record.models import Entry

_BEGINNING = b"SQLite format 3\0"
"""How an SQLite file begins (sqlite.org/fileformat.html, 1.3)."""


@contextmanager
def as_backup(source: Path) -> Iterator[Path]:
    """A backup that holds the SQLite file `source`, with this server's own key; `source` itself where it is none.

    Raises CopyError where the file is damaged, ArchiveError where it holds no entry of a network.
    """
    with source.open("rb") as file:
        if file.read(len(_BEGINNING)) != _BEGINNING:
            yield source
            return
    with files.workshop(source.resolve().parent) as place:
        folder = place / "files"
        folder.mkdir()
        engine = create_engine(f"sqlite:///{source.resolve()}")
        try:
            database_copies.save(engine, folder)
            at = _newest(engine, source)
        finally:
            engine.dispose()
        key = current_app.config["MAIL_KEY"]
        files.write(folder / backup_file.KEYS, json.dumps({"MAIL_KEY": key}).encode())
        erasure_file.merge(folder, [])
        target = place / "backup.tar.gz"
        backup_file.pack(folder, target, release="", at=at.isoformat(), kind="sqlite", networks={})
        yield target


def _newest(engine: Engine, source: Path) -> datetime:
    """When the newest entry in the file was recorded."""
    try:
        with engine.connect() as connection:
            at = connection.scalar(select(func.max(Entry.at)))
    except DatabaseError:
        at = None
    if at is None:
        raise backup_file.ArchiveError(f"{source} holds no network of govnet.")
    return at
