"""A day as people write it: by hand in any browser, the same on a phone, by keyboard and with scripts off."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date, get_month_names
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import DateField
from wtforms.widgets import TextInput

from govnet.kernel import clock
from govnet.kernel.translation import language

_FIRST_YEAR, _LAST_YEAR = 1000, 2999
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})")
_NAMED = re.compile(r"(?:\w+\.?,? )?(\d{1,2})(?:st|nd|rd|th|\.)? (\w{3,})\.?,? (\d{4})")
_NAME_FIRST = re.compile(r"(\w{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")


def read_day(text: str, language: str = "en") -> date | None:
    """The day that somebody wrote as 2026-05-15, 15/5/2026, 15.5.26, Fri 15 May 2026 or May 15, 2026; None for anything else.

    Of two numbers the first is the day. Month names are those of `language` and English, at least three letters of them.
    """
    words = " ".join(text.lower().split())
    if found := _ISO.fullmatch(words):
        year, month, day = map(int, found.groups())
    elif found := _NUMBERS.fullmatch(words):
        day, month, year = map(int, found.groups())
        year += 2000 if len(found[3]) == 2 else 0
    elif found := _NAMED.fullmatch(words) or _NAME_FIRST.fullmatch(words):
        first, second, year = found[1], found[2], int(found[3])
        name, number = (second, first) if first.isdecimal() else (first, second)
        month, day = _month(name, language), int(number)
    else:
        return None
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return within_reason(date(year, month, day))
    except ValueError:
        return None


def within_reason(day: date) -> date | None:
    """A day that can be counted on and back from in any zone; None for one at the ends of the calendar."""
    return date(day.year, day.month, day.day) if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _month(name: str, language: str) -> int:
    """Which month begins like that; 0 where none or several do."""
    found = {month for full, month in _months(language) if full.startswith(name)}
    return found.pop() if len(found) == 1 else 0


@lru_cache
def _months(language: str) -> tuple[tuple[str, int], ...]:
    widths = (get_month_names("wide", locale=each) for each in ("en", language))
    return tuple((name.lower(), number) for names in widths for number, name in names.items())


class Day(DateField):
    """A day, typed; says what it could not read, and keeps it."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed text."""
        typed, self.data = str(valuelist[0] if valuelist else "").strip(), None
        if not typed:
            self.raw_data = []  # blanks are nothing typed, for what is required too
            return
        self.data = read_day(typed, language())
        if self.data is None:
            raise ValueError(
                _("“%(typed)s” is not a day we can read. %(example)s", typed=typed[:40], example=self.example)
            )

    @property
    def example(self) -> str:
        """How to write one, by today."""
        day = clock.now().date()
        words = _(
            "Write a day such as %(long)s or %(short)s.", long=self._written(day), short=f"{day:%d/%m/%Y}"
        )
        return str(words)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self._written(self.data) if self.data else ""

    @staticmethod
    def _written(day: date) -> str:
        return str(format_date(day, "d MMMM y", locale=get_locale() or "en"))
