"""Numbers as people type them, within what anybody means: read here and nowhere else. Pure."""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = 9
"""Of a whole number; any database can hold it."""
_FRACTION = re.compile(r"(\d{1,4})(?:\s*/\s*(\d{1,4})|\.(\d{1,4}))?\s*(%?)")


def whole_number(typed: object) -> int | None:
    """The whole number in a text of at most nine digits; None for anything else, a sign included."""
    text = str(typed or "").strip()
    return int(text) if text.isdecimal() and len(text) <= DIGITS else None


def fraction(text: str) -> Fraction:
    """`2/3`, `10%` or `0.1`, exact, with at most four digits a part. Raises ValueError for anything else."""
    found = _FRACTION.fullmatch(text.strip())
    if found is None or (found[2] and not int(found[2])):
        raise ValueError(text[:40])
    whole, below, after, percent = found.groups()
    value = Fraction(int(whole), int(below or 1))
    if after:
        value += Fraction(int(after), 10 ** len(after))
    return value / 100 if percent else value
