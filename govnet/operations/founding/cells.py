"""Reads one table of a founding, cell by cell, and collects the mistakes, so that all are reported at once. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from govnet.kernel.messages import N_, Said
from govnet.kernel.person_names import trouble
from govnet.operations.founding.data import FoundingTrouble
from govnet.people.addresses import BadAddress, parsed
from govnet.web.days import read_day, within_reason

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NO_DAY: Final = date.min
_zones = cache(available_timezones)


class Cells:
    """A table and its place in the founding. A cell that is wrong is reported and read as something harmless."""

    def __init__(self, table: object, where: str, troubles: list[FoundingTrouble]) -> None:
        self.where, self.troubles = where, troubles
        self.table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        self._asked: set[str] = set()
        if not isinstance(table, Mapping):
            self.wrong("", N_("This should be a table of its own."))

    def wrong(self, name: str, text: str, **values: object) -> None:
        """Note a mistake in one cell, or in the table as a whole."""
        where = ".".join(part for part in (self.where, name) if part)
        self.troubles.append(FoundingTrouble(where, Said(text, values)))

    def _value(self, name: str) -> Any:
        self._asked.add(name)
        return self.table.get(name)

    def text(self, name: str, *, need: str = "", limit: int = 200) -> str:
        """One cleaned text; `need` is the message when it is empty."""
        value = self._value(name)
        if value is not None and not isinstance(value, str):
            self.wrong(name, N_("This should be text in quotation marks."))
            return ""
        cleaned = _CONTROL.sub("", value or "").strip()
        if need and not cleaned:
            self.wrong(name, need)
        if len(cleaned) > limit:
            self.wrong(name, N_("This is too long: at most %(limit)s characters."), limit=limit)
        return cleaned

    def called(self, name: str, *, need: str = "", person: bool = False) -> str:
        """The name of something, or of a person."""
        typed = self._value(name)
        said = trouble(typed, person=person) if isinstance(typed, str) else None
        if said is not None:
            self.wrong(name, said.text, **said.values)
        return self.text(name, need=need)

    def email(self, name: str, *, need: str = "") -> str:
        """An address, as it is kept."""
        value = self.text(name, need=need, limit=254)
        try:
            return parsed(value) if value else ""
        except BadAddress as bad:
            self.wrong(name, N_("“%(value)s” is not an email address. %(why)s"), value=value, why=bad.message)
            return value

    def slug(self, name: str, reserved: Sequence[str]) -> str:
        """A short name for addresses of pages."""
        value = self.text(name, need=N_("Choose the short name in the addresses of pages, such as “uk”."))
        if value and not SLUG.fullmatch(value):
            self.wrong(name, N_("Use 2 to 40 small letters, digits and hyphens, such as “uk”."))
        elif value in reserved:
            self.wrong(
                name, N_("“%(value)s” is a word that this site uses itself. Choose another."), value=value
            )
        return value

    def zone(self, name: str) -> str:
        """An IANA time zone."""
        value = self.text(name) or "Europe/London"
        if value not in _zones():
            self.wrong(
                name, N_("There is no time zone “%(value)s”. Write one such as Europe/London."), value=value
            )
        return value

    def choice(self, name: str, options: Sequence[str], default: str) -> str:
        """One of a few words."""
        value = self.text(name) or default
        if value not in options:
            self.wrong(name, N_("Choose one of: %(options)s."), options=tuple(options))
        return value

    def yes(self, name: str) -> bool:
        """True or false; false when it is missing."""
        value = self._value(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, N_("Write true or false, without quotation marks."))
        return value is True

    def day(self, name: str, need: str) -> date:
        """A date, or one as people write it: 2015-03-24, 24 March 2015, 24/3/2015."""
        value = self._value(name)
        typed = value[:40] if isinstance(value, str) else ""
        found = within_reason(value) if isinstance(value, date) else read_day(typed)
        if found is None:
            self.wrong(name, N_("Write a day such as 24 March 2015 or 2015-03-24.") if value else need)
            return NO_DAY
        return found

    def days(self) -> tuple[date, date]:
        """The cells `start` and `end` (the first day that no longer counts), in order."""
        start = self.day("start", N_("Say since which day, as 24 March 2015."))
        end = self.day("end", N_("Say until which day, as 24 March 2015."))
        if NO_DAY not in (start, end) and end <= start:
            self.wrong("end", N_("This must be later than the day it began."))
        return start, end

    def inner(self, name: str) -> "Cells":
        """A table inside this one; empty when it is missing."""
        value = self._value(name)
        return Cells(
            {} if value is None else value, ".".join(filter(None, (self.where, name))), self.troubles
        )

    def many(self, name: str) -> list["Cells"]:
        """A list of tables, numbered from 1."""
        value = self._value(name)
        if not isinstance(value, list | None):
            self.wrong(name, N_("This should be a list."))
            return []
        place = ".".join(filter(None, (self.where, name)))
        return [
            Cells(table, f"{place}.{number}", self.troubles) for number, table in enumerate(value or (), 1)
        ]

    def done(self) -> None:
        """Report every cell that nobody asked for: a misspelt name would otherwise be lost in silence."""
        for name in sorted(set(self.table) - self._asked):
            self.wrong(name, N_("There is nothing of this name here. Remove it, or check the spelling."))
