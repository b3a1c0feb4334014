"""A backup file: a tar of the database's copy, the mail keys, the list of erasures, and a manifest of digests."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from govnet.kernel.files import whole, workshop, write
from govnet.operations.backups import erasure_file
from govnet.operations.backups.database_copies import NAMES

FORMAT = "govnet-backup-1"
MANIFEST = "manifest.json"
KEYS = "keys.json"
_MEGABYTE = 1024 * 1024
_AT_ONCE = _MEGABYTE
MOST = {
    MANIFEST: 4 * _MEGABYTE,
    KEYS: _MEGABYTE,
    erasure_file.FILE: 256 * _MEGABYTE,
    **dict.fromkeys(NAMES.values(), 2**62),  # as large as the disk is
}
"""The files that a backup may have, each with the bytes that it has at most."""
_UNREADABLE = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, OverflowError, RecursionError)


class ArchiveError(Exception):
    """The file is no backup, or not whole; the message says what to do."""


@dataclass(frozen=True)
class Manifest:
    """The content of a backup: `kind` is sqlite or postgresql, `at` an instant, `files` each name's SHA-256."""

    format: str
    release: str
    at: str
    kind: str
    networks: dict[str, list[Any]]
    """Each network's slug, with its record's last number and hash."""
    files: dict[str, str]


def keys(folder: Path) -> dict[str, str]:
    """The keys in the folder of a backup. Raises ArchiveError."""
    try:
        found = json.loads((folder / KEYS).read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in found.items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise ArchiveError(f"{KEYS} in the backup cannot be read.") from error


def digest(path: Path) -> str:
    """A file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, target: Path, **facts: Any) -> Manifest:
    """Write the folder's files and their manifest into `target`, readable by its owner only, whole or not at all."""
    files = {path.name: digest(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(format=FORMAT, files=files, **facts)
    write(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    with whole(target) as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as tar:
        for name in (MANIFEST, *files):
            tar.add(folder / name, arcname=name)
    return manifest


class _Bounded(gzip.GzipFile):
    """Never makes more than a little of its input at once, whatever lengths a file claims."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _AT_ONCE:
            raise tarfile.ReadError("a part of it is said to be larger than it can be")
        return super().read(size)


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, Manifest]]:
    """The backup's files in a folder of their own, each checked against the manifest. Raises ArchiveError.

    Only files that a backup has are taken out, each once, under their own names and within bounds.
    """
    with workshop(Path(tempfile.gettempdir())) as folder:
        try:
            with _Bounded(source) as plain, tarfile.open(fileobj=plain, mode="r:") as tar:
                found = {member.name: _taken(tar, member, folder) for member in tar}
        except _UNREADABLE as error:
            raise ArchiveError(f"{source} cannot be read as a backup: {error}") from error
        yield folder, _checked(source, folder, found)


def _taken(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Copy a file out of the backup; its SHA-256, in hex."""
    most = MOST.get(member.name, -1)
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or most < 0:
        raise tarfile.ReadError(f"“{member.name[:100]}” in it is no file of a backup")
    room = min(most, shutil.disk_usage(folder).free)
    if not 0 <= member.size <= room:
        raise tarfile.ReadError(
            f"{member.name} is {member.size:,} bytes, and there is room for {room:,} in {folder.parent}"
        )
    content = tar.extractfile(member)
    assert content is not None  # a regular file
    with content, (folder / member.name).open("xb") as target:
        shutil.copyfileobj(content, target)
    return digest(folder / member.name)


def _checked(source: Path, folder: Path, found: dict[str, str]) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        wanted = {**manifest.files}
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ArchiveError(f"{source} has no manifest: it was not made by “govnet backup”.") from error
    if manifest.format != FORMAT:
        raise ArchiveError(f"{source} was made by another release ({str(manifest.format)[:100]}).")
    if manifest.kind not in NAMES or not isinstance(manifest.at, str):
        raise ArchiveError(f"{source} has a manifest that “govnet backup” did not write.")
    for name in dict.fromkeys([NAMES[manifest.kind], KEYS, *wanted]):
        if name not in wanted or found.get(name) != wanted[name]:
            raise ArchiveError(f"{source} is damaged: {name} is not as it was written.")
    return manifest
