"""What somebody's answer by mail says: yes, or nothing that a program should act on."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
ASSENT = frozenset({"yes", "yep", "yeah", "yup", "confirm", "confirmed", "ie", "ydw", "cadarnhau"})
"""Words of which an answer that says yes has one, in English and in Welsh."""
AROUND = frozenset(
    {
        "i",
        "i'm",
        "am",
        "a",
        "an",
        "and",
        "are",
        "we",
        "we're",
        "is",
        "it",
        "still",
        "do",
        "to",
        "that",
        "this",
    }
    | {"my", "our", "the", "of", "member", "members", "membership", "please", "thanks", "thank", "you", "ok"}
    | {"okay", "sure", "hello", "hi", "dear", "all", "very", "much", "kind", "regards", "best"}
)
"""Words that may stand around it. Any other word is one that the program does not understand, such as "not" or "off"."""
_GREETINGS = frozenset({"hello", "hi", "dear", "good", "helo", "annwyl"})
_MOST_WORDS = 12


def says_yes(lines: Sequence[str]) -> bool:
    """Whether the first line that greets nobody says yes and nothing else.

    It is strict on purpose: "Yes, take me off the list" is no yes. Who is not understood is told how to say it.
    """
    for line in lines:
        words = [word.replace("’", "'").casefold() for word in _WORD.findall(line)]
        if not words:
            return False
        if words[0] in _GREETINGS and not ASSENT & set(words):
            continue
        short = len(words) <= _MOST_WORDS and "?" not in line
        return short and bool(ASSENT & set(words)) and set(words) <= ASSENT | AROUND
    return False
