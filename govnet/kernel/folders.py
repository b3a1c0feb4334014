"""Where the program's own files lie, and where this server keeps what is not in the database."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

PACKAGE = Path(__file__).resolve().parent.parent


def beside(name: str) -> str:
    """`templates`, `migrations` or `config.py`: inside an installed package, or next to it in a checkout."""
    inside = PACKAGE / name
    return str(inside if inside.exists() else PACKAGE.parent / name)


def data() -> Path:
    """GOVNET_DATA: the file of the database, and what stands beside it."""
    return Path(str(current_app.config["DATA_DIR"]))
