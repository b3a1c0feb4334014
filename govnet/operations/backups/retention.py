"""A folder of nightly backups, of which the newest are kept."""

from __future__ import annotations

import re
from pathlib import Path

from govnet.kernel import clock

_OURS = re.compile(r"govnet-[0-9]{8}-[0-9]{6}\.tar\.gz")


def next_in(folder: Path) -> Path:
    """The file that a backup of now becomes."""
    return folder / f"govnet-{clock.now():%Y%m%d-%H%M%S}.tar.gz"


def keep_newest(folder: Path, most: int) -> list[str]:
    """Delete the oldest of these files until `most` are left; their names. Other files in the folder stay."""
    ours = sorted(path for path in folder.iterdir() if _OURS.fullmatch(path.name))
    gone = ours[:-most]
    for path in gone:
        path.unlink()
    return [path.name for path in gone]
