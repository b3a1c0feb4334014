"""Taking a backup, and putting one back without sending anything twice or bringing anybody back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy import select

from govnet import __version__
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock, files, folders
from govnet.kernel.actor import SHELL, Door
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import mailings
from govnet.operations.backups import backup_file, database_copies, erasure_file, erasure_list, restored_copy
from govnet.operations.database import schema
from govnet.operations.events import BackupRestored
from govnet.operations.health import heartbeats
from govnet.operations.keys import write_down
from govnet.operations.models import Backup
from govnet.operations.operators import tell_all
from govnet.record.queries import head

log = structlog.get_logger()
KEYS_FOUND = "keys-from-backup.json"


class RestoreError(Exception):
    """Nothing was put back; the message says why and what to do."""


@dataclass(frozen=True)
class Restored:
    """The result of a restore: `keys_differ` says that links in mails already sent need the backup's MAIL_KEY."""

    taken: str
    erased_again: int
    keys_differ: bool


def take(target: Path) -> backup_file.Manifest:
    """Write a backup of everything to `target` while the network goes on. Raises CopyError or OSError.

    It is good without being noted in the database, which may be what cannot be written just now: that is said in the log.
    """
    gone = erasure_file.join(erasure_list.in_database(), erasure_file.listed(folders.data()))
    erasure_file.merge(folders.data(), gone)
    at = clock.now()
    with files.workshop(target.parent) as folder:
        database_copies.save(db.engine, folder)
        files.write(
            folder / backup_file.KEYS, json.dumps({"MAIL_KEY": current_app.config["MAIL_KEY"]}).encode()
        )
        erasure_file.merge(folder, gone)
        manifest = backup_file.pack(folder, target, release=__version__, at=at.isoformat(),
                                kind=db.engine.dialect.name, networks=_heads())  # fmt: skip
    try:
        with transaction():
            db.session.add(Backup(at=at, file=str(target.resolve())[-500:], size=target.stat().st_size))
    except Busy as error:
        log.warning("that a backup was taken could not be written down", error=str(error))
    return manifest


def _heads() -> dict[str, list[object]]:
    """Each network with its last entry; asked by column, for an upgrade backs up tables of an older release."""
    networks = db.session.execute(select(Network.id, Network.slug).order_by(Network.id))
    return {row.slug: list(head(row.id)) for row in networks}


def restore(source: Path, *, replace: bool) -> Restored:
    """Put a backup in the place of the database: its mail is held, everybody is signed out, the erased stay erased.

    Raises RestoreError while a worker runs, where networks would be overwritten without `replace`, or where the
    backup is of another kind of database; TooOld where it is of no release; ArchiveError or CopyError where it cannot be read.
    """
    with backup_file.unpacked(source) as (folder, manifest):
        _check(manifest, replace)
        keys_differ = _keep_keys(backup_file.keys(folder))
        erasure_file.merge(folders.data(), [*erasure_file.listed(folder), *erasure_list.in_database()])
        before = None if _is_to_be_lost() else _before(folders.data())
        if before is not None:
            take(before)
        _replace_by(folder, restored_copy.statements(clock.now(), postgresql=manifest.kind == "postgresql"))
    _prepare_or_put_back(before)
    again = erasure_list.catch_up()
    _finish(manifest, again)
    return Restored(manifest.at, again, keys_differ)


def _is_to_be_lost() -> bool:
    """Whether nothing is there, or only what a restore that was cut off put there."""
    return schema.is_empty() or restored_copy.is_unfinished()


def _replace_by(folder: Path, before: database_copies.Statements) -> None:
    db.session.remove()
    database_copies.load(db.engine, folder, before=before)


def _prepare_or_put_back(before: Path | None) -> None:
    """Bring the backup's tables up to date; if that is impossible, put the old database back and raise TooOld."""
    try:
        schema.prepare()
    except schema.TooOld:
        if before is not None:
            with backup_file.unpacked(before) as (folder, _manifest):
                _replace_by(folder, {})
        raise


def _check(manifest: backup_file.Manifest, replace: bool) -> None:
    if manifest.kind != db.engine.dialect.name:
        raise RestoreError(
            f"The backup is from {manifest.kind}, but DATABASE_URL names {db.engine.dialect.name}."
        )
    if schema.is_empty():
        return
    if not replace and not restored_copy.is_unfinished():
        raise RestoreError("There are networks in this database. To replace them by the backup, add --replace. "
                           "They are backed up first.")  # fmt: skip
    heartbeats.refuse_while_one_lives()


def _before(folder: Path) -> Path:
    return folder / f"before-restore-{clock.now():%Y%m%d-%H%M%S}.tar.gz"


def _finish(manifest: backup_file.Manifest, erased_again: int) -> None:
    """Tell everybody that it happened; from here on mail waits only for a person."""
    with transaction():
        mailings.hold_all(
            f"A backup of {manifest.at} was restored. Some of its mail may have been sent since."
        )
        tell_all(BackupRestored, by=SHELL, via=Door.CLI, taken=manifest.at, erased_again=erased_again)
        write_down()


def _keep_keys(keys: dict[str, str]) -> bool:
    if keys.get("MAIL_KEY") == current_app.config["MAIL_KEY"]:
        return False
    files.write(folders.data() / KEYS_FOUND, json.dumps(keys).encode())
    return True
