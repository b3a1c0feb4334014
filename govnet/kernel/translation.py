"""Puts what the pure rules said into the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from flask_babel import get_locale, gettext, ngettext

from govnet.kernel.messages import Said


def language() -> str:
    """The code of the language in use, such as "en" or "pt_BR"; "en" where nobody reads."""
    locale = get_locale()
    return _code(locale) if locale else "en"


@lru_cache(maxsize=100)
def _code(locale: Locale) -> str:
    return str(locale)


def say(said: object) -> str:
    """The sentence in the reader's language; days are written out, several values get commas."""
    if isinstance(said, tuple | list):
        return ", ".join(say(each) for each in said)
    if isinstance(said, date) and not isinstance(said, datetime):
        return format_date(said, "EEE d MMM y", locale=get_locale() or "en").replace(",", "")
    if not isinstance(said, Said):
        return str(said)
    values = {name: say(value) for name, value in said.values.items()}
    if said.plural:
        return str(ngettext(said.text, said.plural, said.number, **values))
    return str(gettext(said.text, **values))


def either(names: Iterable[object]) -> str:
    """ "Ann, Bo or Cy": any one of these, as the reader's language lists them."""
    return format_list([str(name) for name in names], style="or", locale=get_locale() or "en").replace(
        ", or ", " or "
    )


def nested(text: str) -> str:
    """Quotation marks inside quotation marks are single ones; left alone where one is missing."""
    if text.count("“") < 2 or text.count("“") != text.count("”"):
        return text
    depth, found = 0, []
    for letter in text:
        depth += letter == "“"
        found.append(_SINGLE.get(letter, letter) if depth > 1 else letter)
        depth -= letter == "”"
    return "".join(found)


_SINGLE = {"“": "‘", "”": "’"}


def say_when(at: datetime, zone: str) -> str:
    """ "Fri 15 May 2015, 18:00 BST": an instant by the clock where the network is."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{say(local.date())}, {local:%H:%M} {local:%Z}"
