"""The columns of a table: its heading's place, the columns without one, and the values of a row by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from govnet.membership.roster import columns as roster_columns
from govnet.membership.roster.columns import Columns
from govnet.membership.roster.file import MOST_COLUMNS, FileRow
from govnet.membership.roster.row import EDGE, Wish, address_and_name, address_of, wish_of
from govnet.people.organisations import name_key

_DIGIT: Final = re.compile(r"\d")
TITLES: Final = 20
"""Rows at the top among which the heading is looked for."""


def values_in(columns: Columns, cells: Sequence[str]) -> dict[str, str]:
    """The values of a table's row, by our columns."""
    name = columns.first("name", cells)
    if not name or "@" in name:
        halves = [columns.first(half, cells) for half in ("first", "last")]
        name = " ".join(half.strip(EDGE) for half in halves if half.strip(EDGE)) or name
    elif halves := [half for half in (columns.first("first", cells), columns.first("last", cells)) if half]:
        whole = " ".join(halves)
        name = whole if name_key(name) in name_key(whole) else name
    if not name and (sorted_by := columns.first("sort name", cells)):
        last, comma, first = sorted_by.partition(",")
        name = f"{first.strip()} {last.strip()}" if comma and "," not in first else sorted_by
    kind, comes_as = _as_what(columns, cells)
    email = columns.first("email", cells) or columns.first("other email", cells)
    organisation = columns.first("organisation", cells) or columns.first("other organisation", cells)
    said = {"name": name, "email": email, "kind": kind, "as": comes_as}
    return said | {"organisation": organisation, "wish": _wish(columns, cells).value}


def _as_what(columns: Columns, cells: Sequence[str]) -> tuple[str, str]:
    """The kind of party and how somebody comes in; unknown words of other programs are ignored."""
    found = []
    for column, words in _WORDS.items():
        cell = columns.first(column, cells).lower()
        strict = any(
            roster_columns.folded(columns.headings[n]) in roster_columns.OURS for n in columns.all(column)
        )
        found.append(words.get(cell, cell if strict else ""))
    return found[0], found[1]


def strange_words(columns: Columns, cells: Sequence[str]) -> list[tuple[str, str]]:
    """Words in other programs' columns for kind or role that we do not know, each with its heading."""
    return [
        (columns.headings[n], cells[n].strip(EDGE))
        for column, words in _WORDS.items()
        for n in columns.all(column)
        if n < len(cells) and roster_columns.folded(columns.headings[n]) not in roster_columns.OURS
        and cells[n].strip(EDGE) and cells[n].strip(EDGE).lower() not in words
    ]  # fmt: skip


_WORDS: Final = {"kind": roster_columns.KINDS, "as": roster_columns.COMES_AS}


def _wish(columns: Columns, cells: Sequence[str]) -> Wish:
    """The row's wish about mail: of several, the one that keeps most of it away."""
    if any(n < len(cells) and roster_columns.says_yes(cells[n]) for n in columns.all("gone")):
        return Wish.GONE
    words = {roster_columns.folded(cells[n]) for n in columns.all("status", "bounces") if n < len(cells)}
    flagged = any(n < len(cells) and roster_columns.says_yes(cells[n]) for n in columns.all("no mail"))
    return wish_of(
        words,
        flagged,
        any(n < len(cells) and roster_columns.says_yes(cells[n]) for n in columns.all("bounces")),
    )


def letter(place: int) -> str:
    """The column as a spreadsheet names it: A, B ... Z, AA."""
    return (letter(place // 26 - 1) if place > 25 else "") + chr(65 + place % 26)


def score(rows: Sequence[FileRow]) -> tuple[int, ...]:
    """How much these rows look like a list of people."""
    heading = heading_of(rows)
    names = (
        sum(bool(roster_columns.column_of(cell)) for cell in _first(rows[heading]))
        if heading is not None
        else 0
    )
    return names, sum(addresses_in(line) for line in rows)


def addresses_in(line: FileRow) -> int:
    return sum(bool("@" in cell and address_of(address_and_name(cell, [])[0])) for cell in _first(line))


def _first(line: FileRow) -> Sequence[str]:
    """The cells that are looked at: a file with more columns is refused."""
    return line.cells[:MOST_COLUMNS]


def heading_of(rows: Sequence[FileRow]) -> int | None:
    """The place of the row that names the columns: one that names the addresses, or else two columns or one of several."""
    maybe = None
    for place, line in enumerate(rows[:TITLES]):
        if addresses_in(line) > 0:
            if any(addresses_in(earlier) for earlier in rows[:place]):
                break
            continue
        columns = {roster_columns.column_of(cell.strip(EDGE)) for cell in _first(line)} - {""}
        if "email" in columns or "other email" in columns:
            return place
        filled = sum(bool(cell.strip(EDGE)) for cell in _first(line))
        if maybe is None and columns and filled > 1:
            maybe = place
    return maybe


def with_addresses(columns: Columns, rows: Sequence[FileRow]) -> Columns:
    """Columns whose heading may mean an address, or a name, recognised by the values below; else ignored."""
    places = dict(columns.places)
    maybe = places.pop("maybe email", ())
    holds = tuple(n for n in maybe if any("@" in cell for cell in _filled(n, rows)))
    if holds and "email" not in places:
        places["email"] = holds
    names = tuple(
        n for n in maybe
        if n not in holds and not roster_columns.folded(columns.headings[n]).startswith("addres") and _are_names(n, rows)
    )  # fmt: skip
    if names and "name" not in places:
        places["name"] = names
    return Columns(places, columns.headings)


def _are_names(place: int, rows: Sequence[FileRow]) -> bool:
    return _are_words(place, rows) and any(" " in cell for cell in _filled(place, rows))


def guessed(rows: Sequence[FileRow]) -> Columns:
    """The columns of rows without a heading: most addresses, and left or right of it one name, or two halves."""
    width = max(len(row.cells) for row in rows)
    counts = [
        sum(bool(n < len(r.cells) and addresses_in(FileRow(0, (r.cells[n],)))) for r in rows)
        for n in range(width)
    ]
    email = max(range(width), key=lambda n: counts[n])
    texts = [n for n in range(width) if n != email and counts[n] == 0 and _are_words(n, rows)]
    places: dict[str, tuple[int, ...]] = {"email": (email,)}
    if len(texts) > 1 and texts[1] == texts[0] + 1 and all(_is_one_word(n, rows) for n in texts[:2]):
        places |= {"first": (texts[0],), "last": (texts[1],)}
    elif texts:
        places["name"] = (texts[0],)
    return Columns(places, ("",) * width)


def _filled(place: int, rows: Sequence[FileRow]) -> Iterator[str]:
    cells = (row.cells[place].strip(EDGE) for row in rows if place < len(row.cells))
    return (cell for cell in cells if cell)


def _are_words(place: int, rows: Sequence[FileRow]) -> bool:
    cells = list(_filled(place, rows))
    return (
        bool(cells)
        and all(any(char.isalpha() for char in cell) for cell in cells)
        and not any(_DIGIT.search(cell) for cell in cells)
    )


def _is_one_word(place: int, rows: Sequence[FileRow]) -> bool:
    cells = list(_filled(place, rows))
    return sum(" " in cell for cell in cells) * 4 <= len(cells)
