"""The sentences of the program in English as people speak it: "Anyone who joins agrees", never "Who joins agrees"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.face.pseudo import sentences

QUESTIONS = {
    "Who decides: %(value)s.",
    "I argue with what people say, not with who they are.",
}
"""Each names a question, and no person."""
PERSON = re.compile(
    r"\bwhoever\b|\b(?:only|never|not|but|than|by|for|to|with|of) who\b|^(?:who|whose|whom)\b.*[.;]$",
    re.IGNORECASE,
)
THING = re.compile(r"^What (?:is|was|has been|holds|stands|comes)\b.*[.;]$|\btold\b")
"""A thing that a sentence leaves without its noun, and people who are "told" where they are notified."""


def each_sentence() -> Iterator[str]:
    for one in sentences():
        for form in (one,) if isinstance(one, str) else one:
            yield from re.split(r"(?<=[.?!;])\s+", " ".join(form.split()))


def test_no_sentence_begins_a_statement_with_who_or_whoever() -> None:
    assert {each for each in each_sentence() if PERSON.search(each)} - QUESTIONS == set()


def test_things_have_their_noun_and_people_are_notified() -> None:
    assert {each for each in each_sentence() if THING.search(each)} == set()


def test_the_pattern_finds_such_a_person() -> None:
    assert all(
        map(
            PERSON.search,
            (
                "Who joins agrees to it.",
                "Only who asked can.",
                "It is for whoever asks.",
                "Never who hid it.",
                "Ask by who made it",
            ),
        )
    )
    assert not any(map(PERSON.search, ("Who decides", "Anyone who joins agrees to it.", "Who asks?")))
