"""The guides for developers name files and functions that are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shape import source

ROOT = source.PACKAGE.parent
NAMED = re.compile(r"`([a-z_]+(?:[./][a-z_]+)+)")
"""`kernel/duties.py`, `mail.links`: a room, and something in it."""


def _named_in(guide: str) -> set[str]:
    rooms = {path.name for path in source.PACKAGE.iterdir() if path.is_dir()}
    found = (each.removesuffix(".py").replace(".", "/") for each in NAMED.findall((ROOT / guide).read_text()))
    return {each for each in found if each.split("/")[0] in rooms}


def _is_there(named: str) -> bool:
    """Whether the longest part of it that is a file or a room has the next word in it."""
    parts = named.split("/")
    for many in range(len(parts), 0, -1):
        at = source.PACKAGE.joinpath(*parts[:many])
        file = at.with_suffix(".py") if at.with_suffix(".py").is_file() else at / "__init__.py"
        if file.is_file():
            return many == len(parts) or re.search(rf"\b{parts[many]}\b", file.read_text()) is not None
    return False


@pytest.mark.parametrize("guide", ["docs/frame.md", "docs/telling.md"])
def test_every_file_and_function_that_a_guide_names_is_there(guide: str) -> None:
    named = _named_in(guide)
    assert named
    assert {each for each in named if not _is_there(each)} == set()


WALKS = "docs/walkthroughs.md"
PATH = re.compile(r"`((?:docs|govnet|migrations|templates|tests)/[\w./]*)`")


def test_every_file_of_the_walk_throughs_is_there() -> None:
    named = set(PATH.findall((ROOT / WALKS).read_text()))
    assert len(named) > 40
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_a_field_of_joining_is_added_in_eight_files_that_have_its_neighbour() -> None:
    text = (ROOT / WALKS).read_text()
    steps = text.partition("## Add a field to joining")[2].partition("\n\n`")[0]
    files = [PATH.findall(line)[0] for line in steps.splitlines() if re.match(r"\d\.", line)]
    assert len(files) == len(set(files)) <= 8
    not_about = ("migrations/", "tests/")  # they name the field that is added, or its digest
    assert all("about" in (ROOT / path).read_text() for path in files if not path.startswith(not_about))


def test_every_room_says_in_a_sentence_what_is_in_it() -> None:
    for path in source.PACKAGE.rglob("__init__.py"):
        said = ast.get_docstring(source.tree(path)) or ""
        assert said.endswith(".") and "TODO" not in said, source.name(path)


def _explained(path: Path) -> Iterator[str]:
    """The sentences of a file that explain: those of its docstrings, also beside values."""
    for node in ast.walk(source.tree(path)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield from re.split(r"(?<=[.?!:])\s+", " ".join(node.value.value.split()))


@pytest.mark.parametrize(
    "path",
    [*source.files(), *sorted(ROOT.glob("tests/**/*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_statements_begin_with_the_thing_they_are_about(path: Path) -> None:
    """Questions alone begin with who or what."""
    asking = re.compile(r"(Who|Whoever|Whom|Whose|What|Whatever) ")
    assert [each for each in _explained(path) if asking.match(each) and not each.endswith("?")] == []
