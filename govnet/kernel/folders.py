"""The folders of the program's own files, and of this server's data outside the database."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def beside(name: str) -> str:
    """`templates`, `migrations` or `config.py`: inside an installed package, or next to it in a checkout."""
    inside = PACKAGE / name
    return str(inside if inside.exists() else PACKAGE.parent / name)


def data() -> Path:
    """GOVNET_DATA: the file of the database, and the files beside it."""
    from flask import current_app  # which commands that read settings alone do without

    return Path(str(current_app.config["DATA_DIR"]))


def ensure_directory(path: str) -> Path:
    """Make a private directory if it is missing."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    return Path(path)
