"""Who was erased: a list outside the database, so that a backup put back does not bring anybody back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

FILE = "erasures.jsonl"


@dataclass(frozen=True, order=True)
class Erasure:
    """A person's number and when the row was made, which no later person shares; no name, no address."""

    at: str
    person: int
    made: str


def note(folder: Path, person_id: int, made: datetime, at: datetime) -> None:
    """Add somebody to the list, on disk before this returns."""
    line = json.dumps(asdict(Erasure(at.isoformat(), person_id, made.isoformat())))
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    (folder / FILE).chmod(0o600)


def listed(folder: Path) -> list[Erasure]:
    """Everybody on the list of a folder, each once, in order; none where there is no list."""
    path = folder / FILE
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return sorted({Erasure(**json.loads(line)) for line in lines if line.strip()})


def merge(folder: Path, others: Iterable[Erasure]) -> list[Erasure]:
    """Put the others on the folder's list too, and return the whole list."""
    there = listed(folder)
    for one in sorted(set(others) - set(there)):
        note(folder, one.person, datetime.fromisoformat(one.made), datetime.fromisoformat(one.at))
    return listed(folder)
