"""Reads a list of people as other programs write it, and names by its row whatever cannot be used, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.membership.roster import columns as roster_columns
from govnet.membership.roster.columns import Columns, columns_of
from govnet.membership.roster.file import MOST_COLUMNS, MOST_ROWS, FileRow, Unreadable, lines_of, text_of
from govnet.membership.roster.row import (
    EDGE,
    ORGANISATION,
    ComesAs,
    Problem,
    RosterRow,
    Wish,
    address_and_name,
    address_of,
    mailboxes_in,
    person_of,
    same_name,
    wish_of,
)
from govnet.membership.roster.table import (
    TITLES,
    addresses_in,
    guessed,
    heading_of,
    letter,
    score,
    strange_words,
    values_in,
    with_addresses,
)
from govnet.people.organisations import name_key

COLUMNS: Final = ("name", "email", "organisation", "kind", "as")
_ONCE: Final = frozenset(COLUMNS) - {"email"}
"""Columns that must not be there twice; of several addresses the first one counts."""
_START: Final = 20_000
"""Letters at the top from which we tell a list from a table."""
_MOST_SAID: Final = 2_500
_STRANGE: Final = 10
_NAMED: Final = 30
"""Columns passed over that are named."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The content of a file: usable rows, repeated rows, mistakes, and values that were read otherwise than they stand
    there or passed over.
    """

    rows: tuple[RosterRow, ...]
    repeated: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_roster(content: bytes, comes_as: str = ComesAs.SUBSCRIBER) -> Roster:
    """Every row understood, or named with its number and its mistake.

    `comes_as` is for rows that do not name a kind; a row without a name can only be a reader.
    """
    try:
        text, encoding = text_of(content)
        reading = _Reading(ComesAs(comes_as))
        if encoding:
            reading.note(
                0,
                _(
                    "The file was read as %(encoding)s. Check whether letters with accents are right.",
                    encoding=encoding,
                ),
            )
        if text.startswith(("{", "[")):
            reading.members_of_mailman(text)
        else:
            reading.table(text)
    except Unreadable as error:
        return Roster((), problems=(Problem(0, str(error)),))
    return reading.roster()


class _Reading:
    """A file while it is read."""

    def __init__(self, comes_as: ComesAs) -> None:
        self.comes_as = comes_as
        self.rows: list[RosterRow] = []
        self.repeated: list[int] = []
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.at: dict[str, list[int]] = {}
        """Where in rows those of an address are."""
        self.voices: dict[str, RosterRow] = {}
        self.names: dict[str, RosterRow] = {}

    def note(self, row: int, message: str) -> None:
        self.notes.append(Problem(row, _shown(message)))

    def roster(self) -> Roster:
        if not self.rows and not self.problems:
            self._wrong(0, _("The file names nobody: it has no row with an address."))
        in_order = sorted(self.notes, key=lambda note: note.row)
        return Roster(tuple(self.rows), tuple(self.repeated), tuple(self.problems), tuple(in_order))

    # a table

    def table(self, text: str) -> None:
        if not text:
            message = _("is empty. The first row names the columns: %(columns)s.", columns=", ".join(COLUMNS))
            self._wrong(1, message)
            return
        if _is_a_list(text):
            self._mailboxes(text)
            return
        _delimiter, lines = lines_of(text, score)
        top = list(islice(lines, TITLES))
        if max(len(line.cells) for line in top) > MOST_COLUMNS:
            raise Unreadable(
                _(
                    "The file has more than %(most)s columns. Delete those that are not needed.",
                    most=MOST_COLUMNS,
                )
            )
        columns, begins = self._columns(top)
        if columns is not None:
            self._people(columns, chain(top[begins:], lines))

    def _columns(self, top: Sequence[FileRow]) -> tuple[Columns | None, int]:
        """The columns, and the place of the first row that is no heading; None where the file can't be read by them."""
        heading = heading_of(top)
        if heading is None:
            return self._columns_by_content(top)
        for line in top[:heading]:
            if not line.is_blank:
                self.note(line.number, _("is above the heading and was ignored."))
        columns = columns_of([cell.strip(EDGE) for cell in top[heading].cells])
        return self._checked(columns, top[heading], top[heading + 1 :]), heading + 1

    def _checked(self, columns: Columns, heading: FileRow, rows: Sequence[FileRow]) -> Columns | None:
        folded = [roster_columns.folded(each) for each in columns.headings]
        twice = next((h for h in folded if folded.count(h) > 1 and roster_columns.column_of(h) in _ONCE), "")
        if twice:
            message = _("names the column “%(column)s” twice. Delete one of them.", column=twice)
            self._wrong(heading.number, message)
            return None
        columns = with_addresses(columns, rows)
        if "email" not in columns.places and "other email" not in columns.places:
            message = _("has no column named email. Name the column with the addresses “email”.")
            self._wrong(heading.number, message)
            return None
        return columns

    def _columns_by_content(self, top: Sequence[FileRow]) -> tuple[Columns | None, int]:
        """The columns of a file without a known heading: by the values in them."""
        begins = next((n for n, line in enumerate(top) if addresses_in(line)), None)
        if begins is None:
            number = next((line.number for line in top if not line.is_blank), 1)
            message = _(
                "has no column named email, and no row below has an address. Name the column with the "
                "addresses “email”."
            )
            self._wrong(number, message)
            return None, 0
        for line in top[:begins]:
            if not line.is_blank:
                self.note(line.number, _("has no address and was taken for a title or heading."))
        columns = guessed(top[begins:])
        self._say_guessed(columns)
        return columns, begins

    def _say_guessed(self, columns: Columns) -> None:
        words = {
            "email": _("the address"),
            "name": _("the name"),
            "first": _("the first name"),
            "last": _("the last name"),
        }
        said = [
            _("column %(letter)s is %(what)s", letter=letter(place), what=words[column])
            for column, places in columns.places.items()
            for place in places
        ]
        self.note(
            0,
            _(
                "No heading names the columns. They were recognised by their content: %(columns)s.",
                columns=", ".join(said),
            ),
        )

    def _people(self, columns: Columns, lines: Iterable[FileRow]) -> None:
        filled: set[int] = set()
        strange: set[tuple[str, str]] = set()
        unknown = set(columns.unknown)
        count = 0
        for line in lines:
            if line.is_blank or _is_heading(line, columns):
                continue
            count += 1
            if count > MOST_ROWS:
                self._too_many(line.number)
                break
            strange.update(strange_words(columns, line.cells) if len(strange) < _STRANGE else ())
            filled |= {n for n in unknown - filled if n < len(line.cells) and line.cells[n].strip(EDGE)}
            self._person(columns, line)
        self._passed_over(columns, sorted(filled))
        for heading in sorted({each for each, _word in strange}):
            said = ", ".join(sorted(word[:40] for each, word in strange if each == heading)[:_STRANGE])
            self.note(
                0,
                _(
                    "Under “%(heading)s” these values mean nothing here: %(words)s.",
                    heading=heading,
                    words=said,
                ),
            )

    def _too_many(self, number: int) -> None:
        most = f"{MOST_ROWS:,}"
        self._wrong(number, _("A file may have %(most)s rows. Split it in two.", most=most))

    def _passed_over(self, columns: Columns, places: Sequence[int]) -> None:
        if not places:
            return
        names = [columns.headings[n] or _("column %(letter)s", letter=letter(n)) for n in places]
        shown = ", ".join(name[:60] for name in names[:_NAMED])
        if len(names) > _NAMED:
            more = len(names) - _NAMED
            shown = ngettext(
                "%(columns)s and %(num)s more", "%(columns)s and %(num)s more", more, columns=shown
            )
        self.note(0, _("Columns that were ignored: %(columns)s.", columns=shown))

    def _person(self, columns: Columns, line: FileRow) -> None:
        if line.open_quote:
            self._wrong(line.number, _("has a quotation mark that never closes. Close it, or delete it."))
            return
        said = values_in(columns, line.cells)
        more = line.cells[len(columns.headings) :]
        if any(cell.strip(EDGE) for cell in more) or (
            more and not address_of(address_and_name(said["email"], [])[0])
        ):
            self._wrong(
                line.number, _("has more cells than the first row. A comma in a name needs quotation marks.")
            )
            return
        self._take(line.number, said, odd_quote=line.odd_quote)

    # lists of addresses, and Mailman's JSON

    def _mailboxes(self, text: str) -> None:
        count = 0
        for number, line in enumerate(text.split("\n"), 1):
            if not (whole := line.strip(EDGE + ",;")):
                continue
            for written in mailboxes_in(whole):
                count += 1
                if count > MOST_ROWS:
                    self._too_many(number)
                    return
                self._take(number, {"email": written})

    def members_of_mailman(self, text: str) -> None:
        """The members of a list as Mailman 3 answers over REST. Raises Unreadable for any other JSON."""
        other = Unreadable(_("This is JSON, but not the members of a Mailman list. Export the list as CSV."))
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            raise other from None
        entries = said.get("entries") if isinstance(said, dict) else said
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise other
        if entries and not any("email" in each for each in entries):
            raise other
        if (
            isinstance(said, dict)
            and isinstance(total := said.get("total_size"), int)
            and total > len(entries)
        ):
            self.note(
                0,
                _(
                    "The file has %(here)s of %(total)s members. Export the other pages, too.",
                    here=len(entries),
                    total=total,
                ),
            )
        for number, entry in enumerate(entries[: MOST_ROWS + 1], 1):
            if number > MOST_ROWS:
                self._too_many(number)
                return
            self._take(number, _of_mailman(entry))

    # one person

    def _wrong(self, number: int, message: str) -> None:
        self.problems.append(Problem(number, _shown(message)))

    def _take(self, number: int, said: dict[str, str], *, odd_quote: bool = False) -> None:
        """Store the content of a row, or its mistake."""
        found = person_of(number, said, self.comes_as)
        if isinstance(found, Problem):
            self._wrong(found.row, found.message)
            return
        row, changed = found
        for message in changed:
            self.note(number, message)
        if odd_quote:
            self.note(
                number,
                _("has a quotation mark in an odd place; the name was read as “%(name)s”.", name=row.name),
            )
        self._place(row)

    def _place(self, row: RosterRow) -> None:
        """Put a row beside those of the same address: the same person once, another person who shares it as such."""
        here = self.at.setdefault(row.email, [])
        mine = [index for index in here if same_name(row.name, self.rows[index].name)]
        again = next((index for index in mine if _same_membership(row, self.rows[index])), None)
        if again is None and not self._may_speak(row):
            return
        if again is None and row.comes_as is ComesAs.MEMBER:
            again = next((n for n in mine if self.rows[n].comes_as is ComesAs.SUBSCRIBER), None)
        if again is not None:
            self._again(again, row)
            return
        owner = next((self.rows[index] for index in here if not self.rows[index].shares), None)
        if owner is not None and not same_name(row.name, owner.name):
            row = replace(row, shares=owner.number)
        here.append(len(self.rows))
        self.rows.append(row)
        self._say_namesake(row)

    def _say_namesake(self, row: RosterRow) -> None:
        """Two rows may be one person with two addresses: the person who checks the list knows."""
        if " " not in row.name:
            return
        first = self.names.setdefault(name_key(row.name), row)
        if first.email != row.email:
            self.note(
                row.number,
                _("has the name of row %(row)s with another address. Both come in.", row=first.number),
            )

    def _may_speak(self, row: RosterRow) -> bool:
        """Whether the organisation that the row speaks for, if any, has no voice yet in this file."""
        if row.kind != ORGANISATION or row.comes_as is not ComesAs.MEMBER:
            return True
        speaker = self.voices.setdefault(name_key(row.organisation), row)
        if speaker is row:
            return True
        message = _(
            "%(organisation)s already speaks through row %(row)s; an organisation has one voice. "
            "Make one of them a subscriber.",
            organisation=row.organisation,
            row=speaker.number,
        )
        self._wrong(row.number, message)
        return False

    def _again(self, index: int, row: RosterRow) -> None:
        """The same person once more: the row that says more about them counts."""
        first = self.rows[index]
        member = row if (row.comes_as, first.comes_as) == (ComesAs.MEMBER, ComesAs.SUBSCRIBER) else first
        wish = first.wish if first.wish is not Wish.NONE else row.wish
        self.rows[index] = replace(
            member,
            number=first.number,
            name=max(first.name, row.name, key=len),
            wish=wish,
            shares=first.shares,
            organisation=member.organisation or first.organisation or row.organisation,
        )
        self.repeated.append(row.number)


def _shown(message: str) -> str:
    """The message, with a sign for each character of the file that cannot be shown."""
    return "".join(char if char.isprintable() else "\ufffd" for char in message[:_MOST_SAID])


def _is_heading(line: FileRow, columns: Columns) -> bool:
    """Whether the row is the heading once more, as where files were put together."""
    if line.cells[0].strip(EDGE) != columns.headings[0]:
        return False
    return tuple(cell.strip(EDGE) for cell in line.cells) == columns.headings


def _same_membership(row: RosterRow, other: RosterRow) -> bool:
    """Of two rows of one person: whether the second adds nothing. For oneself and for an organisation are two things;
    a reader gets a note about both.
    """
    if row.comes_as is ComesAs.SUBSCRIBER:
        return True
    if (row.kind == ORGANISATION) != (other.kind == ORGANISATION):
        return False
    return row.kind != ORGANISATION or name_key(row.organisation) == name_key(other.organisation)


def _of_mailman(entry: dict[str, Any]) -> dict[str, str]:
    said = {key: str(entry.get(key) or "") for key in ("email", "display_name", "role", "delivery_status")}
    words = {roster_columns.folded(said["role"]), roster_columns.folded(said["delivery_status"])}
    return {"email": said["email"], "name": said["display_name"], "wish": wish_of(words).value}


def _is_a_list(text: str) -> bool:
    """Whether the lines are addresses, alone or with a name beside them, and no table."""
    start = text[:_START]
    if len(text) > _START:
        start = start[: max(start.rfind(mark) for mark in "\n,;")]
    lines = [line.strip(EDGE + ",;") for line in start.split("\n")[:TITLES]]
    lines = [line for line in lines if line]
    return bool(lines) and all(mailboxes_in(line) for line in lines)
