"""The one place that writes files: whole under their name or not at all, with nothing left behind by a killed process."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNFINISHED = ".govnet-unfinished"
_STALE = 60.0
"""Seconds after which something unfinished that nobody holds was left behind."""


@contextmanager
def whole(path: Path, *, new: bool = False) -> Iterator[io.BufferedWriter]:
    """A file for its owner only, which takes the place of `path` at the end of the block, whole and on the disk.

    Where the block or the disk fails, `path` is as it was. With `new` it takes no other file's place: raises
    FileExistsError. A device or a pipe is written to as it is. Raises OSError, which names the file, where it cannot be
    written.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    path = path if new else path.resolve()  # what a link leads to is meant, not the link
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    with _naming(path, unfinished):
        _sweep(path.parent)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _hold(file.fileno())
                yield file
                file.flush()
                os.fsync(file.fileno())
            if new:
                os.link(unfinished, path)
            else:
                unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def write(path: Path, content: bytes, *, new: bool = False) -> None:
    """The same of bytes that are there."""
    with whole(path, new=new) as file:
        file.write(content)


@contextmanager
def workshop(parent: Path) -> Iterator[Path]:
    """A folder in `parent` to make something in, for its owner only, gone at the end; after a kill at the next one's begin."""
    _sweep(parent)
    with _naming(parent, parent):
        folder = Path(tempfile.mkdtemp(prefix=".govnet-", suffix=_UNFINISHED, dir=parent))
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _hold(descriptor)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _hold(descriptor: int) -> None:
    with suppress(OSError):  # on a disk that knows no locks nothing is swept
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _sweep(parent: Path) -> None:
    """Remove what processes left unfinished that live no more: the system lets go of a lock with the process."""
    for path in parent.glob(f".*{_UNFINISHED}"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            # the disk's own time, which no clock of ours moves
            if time.time() - path.stat().st_mtime < _STALE or _is_held(path):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _naming(path: Path, unfinished: Path) -> Iterator[None]:
    """A full disk does not name the file, or names the unfinished one; this names the intended one."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(unfinished)):
            raise type(error)(error.errno, error.strerror, str(path)) from error
        raise
