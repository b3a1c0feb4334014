"""Reading the program's own source, for the tests that hold its shape."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "govnet"


def files() -> list[Path]:
    """Every Python file of the program."""
    return sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    """ "forum/threads/views.py" for messages."""
    return str(path.relative_to(PACKAGE))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module and every name in it that the file imports, as dotted names; imports for types alone count too."""
    return _imported(tree(path))


def for_types(path: Path) -> frozenset[str]:
    """Those of them that are read by the type checker alone."""
    blocks = (
        each
        for each in tree(path).body
        if isinstance(each, ast.If) and "TYPE_CHECKING" in ast.dump(each.test)
    )
    return frozenset(name for block in blocks for name in _imported(block))


def _imported(within: ast.AST) -> frozenset[str]:
    found = set()
    for node in ast.walk(within):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def feature(path: Path) -> str:
    """The feature (folder) that the file belongs to, or its own name at the top."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def modules_of(path: Path) -> set[tuple[str, str]]:
    """(feature, file) pairs of this program that the file imports."""
    pairs = set()
    for dotted in imported(path):
        parts = dotted.split(".")
        if parts[0] == "govnet" and len(parts) > 1:
            pairs.add((parts[1], parts[2] if len(parts) > 2 else ""))
    return pairs
