"""A backup file: a tar of the database's copy, the mail keys, the list of erasures, and a manifest of digests."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = "govnet-backup-1"
MANIFEST = "manifest.json"


class ArchiveError(Exception):
    """The file is no backup, or not whole; the message says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: `kind` is sqlite or postgresql, `at` an instant, `files` each name's SHA-256."""

    format: str
    release: str
    at: str
    kind: str
    networks: dict[str, list[Any]]
    """Each network's slug, with its record's last number and hash."""
    files: dict[str, str]


def digest(path: Path) -> str:
    """A file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, target: Path, **facts: Any) -> Manifest:
    """Write the folder's files and their manifest into `target`, readable by its owner only, whole or not at all."""
    files = {path.name: digest(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(format=FORMAT, files=files, **facts)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    unfinished = target.with_name(f".{target.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as tar:
            for name in (MANIFEST, *files):
                tar.add(folder / name, arcname=name)
        raw.flush()
        os.fsync(raw.fileno())
    unfinished.replace(target)
    return manifest


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, Manifest]]:
    """The backup's files in a folder of their own, each checked against the manifest. Raises ArchiveError."""
    with tempfile.TemporaryDirectory(prefix="govnet-restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(source, "r:gz") as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise ArchiveError(f"{source} cannot be read as a backup: {error}") from error
        yield folder, _checked(source, folder)


def _checked(source: Path, folder: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ArchiveError(f"{source} has no manifest: it was not made by “govnet backup”.") from error
    if manifest.format != FORMAT:
        raise ArchiveError(f"{source} was made by another release ({manifest.format}).")
    for name, expected in manifest.files.items():
        path = folder / Path(name).name
        if not path.exists() or digest(path) != expected:
            raise ArchiveError(f"{source} is damaged: {name} is not as it was written.")
    return manifest
