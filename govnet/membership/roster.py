"""Reads the roster of an old mailing list, a CSV file, and names by its row whatever cannot be understood."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from govnet.membership.rules import name_key, sheet_text

COLUMNS: Final = ("name", "email", "organisation", "kind", "as")
REQUIRED: Final = ("name", "email")
KINDS: Final = ("individual", "organisation", "observer")
ALIASES: Final = {
    "e-mail": "email", "mail": "email", "email address": "email", "e-mail address": "email", "address": "email",
    "full name": "name", "real name": "name", "display name": "name", "member": "name",
    "organization": "organisation", "org": "organisation", "company": "organisation",
    "type": "kind", "role": "as", "comes as": "as",
}  # fmt: skip
"""What other programs call our columns."""
COMES_AS: Final = {
    "subscriber": "subscriber",
    "member": "member-as-found",
    "member-as-found": "member-as-found",
}
MOST_ROWS: Final = 20_000
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\\\[\]]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class ComesAs(StrEnum):
    """What an imported person is at first: a reader, or somebody asked to confirm a membership."""

    SUBSCRIBER = "subscriber"
    MEMBER = "member-as-found"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the roster; `number` is the row as a spreadsheet counts it, the header being row 1."""

    number: int
    name: str
    email: str
    organisation: str
    kind: str
    comes_as: ComesAs


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and what to do; row 0 is the file as a whole."""

    row: int
    message: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.message}" if self.row else self.message


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file said: rows to import, rows said twice in the same words, and what is wrong."""

    rows: tuple[RosterRow, ...]
    repeated: tuple[int, ...]
    problems: tuple[Problem, ...]


def read_roster(content: bytes) -> Roster:
    """Every row understood or named with its number; nothing is to be imported while there are problems."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        seems = content[error.start : error.start + 1].decode("cp1252", "replace")
        return _refused(
            row,
            f"is not UTF-8 (“{seems}” as Windows-1252 has it?). Save the file as “CSV UTF-8” and try again.",
        )
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [_column(cell) for cell in next(lines, [])]
        problem = _header_problem(header)
        return _refused(1, problem) if problem else _read_rows(header, lines)
    except csv.Error:
        return _refused(lines.line_num, "holds a cell that never ends. A quotation mark may be missing.")


def _column(cell: str) -> str:
    name = " ".join(cell.lower().replace("_", " ").split())
    return ALIASES.get(name, name)


def _refused(row: int, message: str) -> Roster:
    return Roster((), (), (Problem(row, message),))


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _header_problem(header: list[str]) -> str:
    if not any(header):
        return "is empty. The first row names the columns: " + ", ".join(COLUMNS) + "."
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    if missing:
        return f"has no column named {' or '.join(missing)}. The columns are: {', '.join(COLUMNS)}."
    if unknown:
        return f"has a column “{unknown[0]}”. The columns are: {', '.join(COLUMNS)}."
    return f"names the column “{twice[0]}” twice." if twice else ""


def _read_rows(header: list[str], lines: Iterable[list[str]]) -> Roster:
    rows: list[RosterRow] = []
    repeated: list[int] = []
    problems: list[Problem] = []
    seen: dict[str, RosterRow] = {}
    voices: dict[str, RosterRow] = {}
    for number, cells in _numbered(lines):
        if number > MOST_ROWS + 1:
            problems.append(Problem(number, f"A file may have {MOST_ROWS:,} rows. Split it in two."))
            break
        found = _row(number, dict(zip(header, cells, strict=False)), len(cells) - len(header))
        if isinstance(found, RosterRow) and _same(found, seen.get(found.email)):
            repeated.append(number)
            continue
        trouble = [found] if isinstance(found, Problem) else _clashes(found, seen, voices)
        problems.extend(trouble)
        if isinstance(found, RosterRow) and not trouble:
            rows.append(found)
    return Roster(tuple(rows), tuple(repeated), tuple(problems))


def _numbered(lines: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    return ((number, cells) for number, cells in enumerate(lines, 2) if any(cell.strip() for cell in cells))


def _row(number: int, cells: Mapping[str, str], too_many: int) -> RosterRow | Problem:
    value = {name: sheet_text(cells.get(name, "").strip()) for name in COLUMNS}
    kind = value["kind"].lower() or "individual"
    said = value["as"].lower() or ComesAs.SUBSCRIBER.value
    comes_as = COMES_AS.get(said, said)
    wrong = _wrong(value, kind, comes_as, too_many)
    if wrong:
        return Problem(number, wrong)
    email = value["email"].lower()
    return RosterRow(number, value["name"], email, value["organisation"], kind, ComesAs(comes_as))


def _wrong(value: Mapping[str, str], kind: str, comes_as: str, too_many: int) -> str:
    """The first thing that is wrong with a row, in words; empty when nothing is."""
    checks = (
        (too_many > 0, "has more cells than the first row. A comma in a name needs quotation marks."),
        (any(_CONTROL.search(cell) for cell in value.values()), "holds characters that cannot be seen."),
        (not value["email"], "has no email."),
        (not _ADDRESS.fullmatch(value["email"]), f"“{value['email']}” is not an email address."),
        (len(value["email"]) > 254, "has an email address longer than 254 characters."),
        (not value["name"] and comes_as == ComesAs.MEMBER, "has no name; a member needs one."),
        (len(value["name"]) > 100, "has a name longer than 100 characters."),
        (len(value["organisation"]) > 200, "names an organisation with more than 200 characters."),
        (kind not in KINDS, f"“{kind}” is not a kind. Write {', '.join(KINDS[:-1])} or {KINDS[-1]}."),
        (comes_as not in list(ComesAs), f"“{comes_as}” is not known. Write subscriber or member."),
        (kind == "organisation" and not value["organisation"], "is for an organisation but names none."),
    )
    return next((message for wrong, message in checks if wrong), "")


def _same(row: RosterRow, other: RosterRow | None) -> bool:
    return other is not None and (row.name, row.organisation, row.kind, row.comes_as) == (
        other.name, other.organisation, other.kind, other.comes_as)  # fmt: skip


def _clashes(row: RosterRow, seen: dict[str, RosterRow], voices: dict[str, RosterRow]) -> list[Problem]:
    """Two rows of one address that differ, or two voices of one organisation: a person must choose."""
    first = seen.setdefault(row.email, row)
    if first is not row:
        return [Problem(row.number, f"has the address of row {first.number} but says something else.")]
    if row.kind != "organisation" or row.comes_as is not ComesAs.MEMBER:
        return []
    speaker = voices.setdefault(name_key(row.organisation), row)
    if speaker is row:
        return []
    message = (
        f"{row.organisation} already speaks through row {speaker.number}; an organisation has one voice."
    )
    return [Problem(row.number, f"{message} Make one of them a subscriber.")]
