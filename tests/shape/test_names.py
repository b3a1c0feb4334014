"""A file is called what the glossary calls the thing: docs/glossary.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.shape import source

GLOSSARY = source.PACKAGE.parent / "docs" / "glossary.md"
CANONICAL = {"models", "rules", "events", "queries", "actions", "forms"} | {
    *("views", "notify", "cli", "triggers", "listeners"),
}


def _nouns() -> frozenset[str]:
    rows = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("|")]
    return frozenset(word for row in rows for word in re.findall(r"`([a-z_]+)`", row))


def _is_named(path: Path, nouns: frozenset[str]) -> bool:
    """A canonical name, a noun, or a noun and a canonical name: `term_views`."""
    stem = path.stem
    before, _, last = stem.rpartition("_")
    return stem in CANONICAL | nouns or (last in CANONICAL and _is_known(before, nouns))


def _is_known(words: str, nouns: frozenset[str]) -> bool:
    return words in nouns or f"{words}s" in nouns


def test_every_file_is_called_by_a_word_of_the_glossary() -> None:
    nouns = _nouns()
    unknown = {
        source.name(path)
        for path in source.files()
        if not path.stem.startswith("__") and not _is_named(path, nouns)
    }
    assert unknown == set()


def test_no_two_classes_have_one_name() -> None:
    names = [
        each.name
        for path in source.files()
        for each in source.tree(path).body
        if isinstance(each, ast.ClassDef)
    ]
    assert sorted(set(names)) == sorted(names)
