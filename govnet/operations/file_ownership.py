"""The owner of the data folder: a file that the wrong user makes in it locks the server out of its own database."""

from __future__ import annotations

import os
import pwd
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from govnet.kernel.folders import ensure_directory
from govnet.kernel.settings import FILE, ConfigError


def check(data: str, database: str, words: Sequence[str] = ()) -> None:
    """Raises ConfigError, with the user who could run this command, if this user should not write here.

    Root may write everywhere and should not: files that it makes in another's folder, only root can change.
    """
    for name, folder in _folders(data, database):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not there.is_dir():
            raise ConfigError(
                f"{name} needs the folder {folder}, but {there} is a file: name a folder, for example {name}={_example(name)}"
            )
        owner, me = there.stat().st_uid, os.geteuid()
        if me == 0 and owner != 0:
            raise ConfigError(
                f"{name} needs the folder {folder}, which belongs to {_user(owner)}, and what root makes in it would lock "
                f"{_user(owner)} out: {as_user(owner, words)}"
            )
        if not os.access(there, os.W_OK | os.X_OK):
            raise ConfigError(
                f"{name} needs the folder {folder}, where {_user(me)} may not write (it belongs to {_user(owner)}): "
                f"{as_user(owner, words)}"
            )
    for file in _files(data, database):
        if file.exists() and not os.access(file, os.W_OK):
            owner = file.stat().st_uid
            raise ConfigError(
                f"GOVNET_DATA holds {file}, which {_user(os.geteuid())} may not write (it belongs to {_user(owner)}): "
                f"sudo chown {_user(os.geteuid())} {shlex.quote(str(file))}"
            )


def make(data: str) -> None:
    """Make the data folder, for its owner only, where it is missing. Raises ConfigError."""
    try:
        ensure_directory(data)
    except OSError as error:
        raise ConfigError(
            f"GOVNET_DATA is {data}, which cannot be made ({error.strerror}): it must be a folder in which files can be "
            "written, for example GOVNET_DATA=/srv/govnet/data"
        ) from error


def _folders(data: str, database: str) -> Iterator[tuple[str, Path]]:
    yield "GOVNET_DATA", Path(data)
    file = _sqlite_file(database)
    if file is not None and file.parent != Path(data):
        yield "DATABASE_URL", file.parent


def _files(data: str, database: str) -> Iterator[Path]:
    yield Path(data) / "erasures.jsonl"
    file = _sqlite_file(database)
    if file is not None:
        yield from (file.with_name(file.name + end) for end in ("", "-wal", "-shm"))


def _sqlite_file(database: str) -> Path | None:
    file = database.partition(":///")[2].partition("?")[0]
    return Path(file) if database.startswith("sqlite") and file else None


def _example(name: str) -> str:
    return "/srv/govnet/data" if name == "GOVNET_DATA" else "sqlite:////srv/govnet/data/govnet.db"


def as_user(uid: int, words: Sequence[str]) -> str:
    """How this command is called as that user."""
    program = sys.argv[0] if Path(sys.argv[0]).name == "govnet" else "govnet"
    path = os.environ.get(FILE)
    named = ["--settings", path] if path and "--settings" not in words else []
    return f"sudo -u {_user(uid)} {shlex.join([program, *named, *words])}"


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
