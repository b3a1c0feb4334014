"""The people who were erased, as lines of a file beside the database, so that a restored backup brings nobody back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog

log = structlog.get_logger()
FILE = "erasures.jsonl"


@dataclass(frozen=True, order=True)
class Erasure:
    """A person's number and when the row was made, which no later person shares; no name, no address."""

    at: str
    person: int
    made: str

    @property
    def whose(self) -> tuple[object, ...]:
        """By what two lines are of the same erasure."""
        return self.person, self.made


@dataclass(frozen=True, order=True)
class AddressErasure:
    """An address that was erased, as people.addresses keeps it: no list brings it in again until its owner proves it."""

    at: str
    address: str
    """Its keyed digest."""

    @property
    def whose(self) -> tuple[object, ...]:
        """The same address may be erased again, after its owner had come back."""
        return (self.address, self.at)


Line = Erasure | AddressErasure


def of_person(person_id: int, made: datetime, at: datetime) -> Erasure:
    """Somebody's erasure, as a line of the file."""
    return Erasure(at.isoformat(), person_id, made.isoformat())


def join(*lists: Iterable[Line]) -> list[Line]:
    """All of them, each erasure once: the one that was recorded first."""
    found: dict[tuple[object, ...], Line] = {}
    for line in sorted((line for lines in lists for line in lines), key=lambda line: line.at):
        found.setdefault(line.whose, line)
    return list(found.values())


def listed(folder: Path) -> list[Line]:
    """The list of a folder, in order; empty without one."""
    path = folder / FILE
    return join(_read(path)) if path.exists() else []


def _read(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, 1):
            try:
                values = json.loads(text)
                kind = AddressErasure if "address" in values else Erasure
                line: Line = kind(**values)
                for at in (line.at, line.made) if isinstance(line, Erasure) else (line.at,):
                    datetime.fromisoformat(at)
            except (ValueError, TypeError, RecursionError):
                if text.strip():  # half a line, where the disk was full
                    log.warning("a line of the list of erasures cannot be read", file=str(path), line=number)
            else:
                yield line


def merge(folder: Path, others: Iterable[Line]) -> int:
    """Put on the folder's list what it lacks of the others, on disk before this returns; how many lines that were."""
    path = folder / FILE
    there = {line.whose for line in listed(folder)}
    new = [line for line in join(others) if line.whose not in there]
    if not new:
        return 0
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        torn = file.seek(0, os.SEEK_END) and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n"
        text = "".join(json.dumps(asdict(line)) + "\n" for line in new)
        whole = ("\n" * torn + text).encode()
        if file.write(whole) != len(whole):
            raise OSError(f"{path} could not be written whole. Is the disk full?")
        os.fsync(file.fileno())
    return len(new)
