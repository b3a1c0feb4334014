"""Where the program's own files lie."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def beside(name: str) -> str:
    """`templates`, `migrations` or `config.py`: inside an installed package, or next to it in a checkout."""
    inside = PACKAGE / name
    return str(inside if inside.exists() else PACKAGE.parent / name)
