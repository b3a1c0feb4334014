"""The list of who was erased lies outside the database; a backup carries it, and a restore brings both lists together."""

from __future__ import annotations

import os
from pathlib import Path

from govnet.accounts.erasure import LIST


def carry_over(source: Path, target: Path) -> None:
    """Put every line of the one folder's list that the other's lacks at its end, on disk before this returns."""
    new = [line for line in _lines(source) if line not in set(_lines(target))]
    if not new:
        return
    with open(target / LIST, "a", encoding="ascii", opener=_private) as file:
        file.write("".join(f"{line}\n" for line in new))
        file.flush()
        os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _lines(folder: Path) -> list[str]:
    path = folder / LIST
    return path.read_text(encoding="ascii", errors="replace").splitlines() if path.exists() else []
