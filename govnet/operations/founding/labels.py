"""The three ready charters described, for the page that founds a network."""

from __future__ import annotations

from typing import Any

from govnet.charter import rules
from govnet.charter.document import chapters, set_by
from govnet.charter.presets import ABOUT, NAMES
from govnet.kernel.messages import Said
from govnet.kernel.translation import say


def ready_charters() -> list[dict[str, Any]]:
    """Each ready charter: its key, name, a sentence about it, and its chapters of sentences."""
    return [
        {"key": key, "name": say_text(NAMES[key]), "about": say_text(ABOUT[key]), "chapters": _chapters(key)}
        for key in NAMES
    ]


def _chapters(key: str) -> list[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    charter = rules.starting(key)
    return [
        (say(chapter.title), [(say(clause.said), clause.statements) for clause in chapter.clauses])
        for chapter in chapters(charter, set_by([charter]))
    ]


def say_text(text: str) -> str:
    """A marked text in the reader's language."""
    return say(Said(text))
