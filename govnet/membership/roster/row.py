"""One row of a list: the person, by name and address, the list's knowledge about mail to them, or its mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from enum import StrEnum
from typing import Final

from flask_babel import gettext as _

from govnet.kernel import person_names
from govnet.kernel.text import clean
from govnet.kernel.translation import say
from govnet.membership.roster import columns
from govnet.membership.roster.file import MOST_CELL, MOST_ROWS
from govnet.membership.rules import sheet_text
from govnet.people.addresses import BadAddress, parsed, parsed_or_none
from govnet.people.organisations import name_key

ORGANISATION: Final = "organisation"
_WITH_AT: Final = r"(?P<address>[^\s()@]{1,300}+@[^\s()]{1,300}+)"
_MAILBOX: Final = re.compile(r"(?P<name>[^<>]{0,300}+)<(?P<address>[^<>]{1,300}+)>[\s,;]*+")
_COMMENTED: Final = re.compile(rf"{_WITH_AT}\s++\((?P<name>[^()]{{0,300}}+)\)[\s,;]*+")
_BRACKETED: Final = re.compile(rf"(?P<name>[^()<>@]{{1,300}}+)\(\s*+{_WITH_AT}\s*+\)[\s,;]*+")
_SPACED: Final = re.compile(
    r"(?P<name>[^<>@,;()]{0,300}(?:[\s–]|(?<!(?i:mailto)):))-*+(?:(?i:mailto):)?"
    r"(?P<address>[^\s<>()@:–\x22]{1,300}+@[^\s<>()\x22]{1,300}+)"
)
_FORMS: Final = (_MAILBOX.fullmatch, _COMMENTED.fullmatch, _BRACKETED.fullmatch, _SPACED.fullmatch)
"""The ways in which a name is written beside an address. A hyphen alone separates nothing: it may be in both."""
_BETWEEN: Final = (re.compile(r"[;,\n]|:::"), re.compile(r"(?<=>)\s*[;,\n]"), re.compile(r"\s+"))
"""The separators between the addresses of one line; a comma may also stand in a name."""
EDGE: Final = (
    " \t\n\x00\u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_BROKEN: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]")


class ComesAs(StrEnum):
    """The first state of an imported person: a reader, or somebody asked to confirm a membership."""

    SUBSCRIBER = "subscriber"
    MEMBER = "member-as-found"


class Wish(StrEnum):
    """The old program's state of mail to somebody: only with NONE is anybody brought in."""

    NONE = "none"
    SILENT = "silent"
    BOUNCES = "bounces"
    NOT_YET = "not yet"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the list; `number` is the row as a spreadsheet counts it, `shares` the row that has the same
    address for another person (0 where there is none).
    """

    number: int
    name: str
    email: str
    organisation: str
    kind: str
    comes_as: ComesAs
    wish: Wish = Wish.NONE
    shares: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row, and what to do; row 0 is the file as a whole."""

    row: int
    message: str

    def __str__(self) -> str:
        return _("Row %(row)s: %(message)s", row=self.row, message=self.message) if self.row else self.message


def address_of(written: str) -> str:
    """The address as it is kept; "" for anything else."""
    return parsed_or_none(written) or ""


def same_name(name: str, other: str) -> bool:
    """Of two names with one address: whether they are one person's, be it with one name more, or with other marks."""
    words, others = set(columns.folded(name).split()), set(columns.folded(other).split())
    return words <= others or others <= words


def person_of(number: int, said: dict[str, str], usually: ComesAs) -> tuple[RosterRow, list[str]] | Problem:
    """The person in one row, and the values that were read otherwise than they stand there; or the mistakes."""
    changed: list[str] = []
    written, beside = address_and_name(said.get("email", ""), changed)
    name = _plain(said.get("name", ""))
    address = address_of(written)
    if "@" in name:  # some programs write the address where there is no name, or behind it
        name = address_and_name(name, [])[1]
    name = _mended(_decoded(name or _plain(beside)), changed)
    organisation = _mended(_plain(said.get("organisation", "")), changed)
    kind = said.get("kind", "") or "individual"
    if kind == ORGANISATION and name_key(name) == name_key(organisation):
        name = ""  # of nobody who speaks for it
    if name and said.get("as", "") != ComesAs.MEMBER and _is_nobody(name):
        changed.append(_("has no name of a person: “%(name)s” was left out.", name=name))
        name = ""
    comes_as = said.get("as", "") or (usually if name else ComesAs.SUBSCRIBER).value
    wrong = _wrong(written, address, name, organisation, (kind, comes_as))
    if wrong:
        return Problem(number, wrong)
    wish = Wish(said.get("wish", Wish.NONE.value))
    name, organisation = clean(name, lines=False), clean(organisation, lines=False)
    return RosterRow(number, name, address, organisation, kind, ComesAs(comes_as), wish), changed


def _in_row(said: object) -> str:
    """The mistake in a name, as a line about its row."""
    return str(_("has no good name: %(why)s", why=say(said)))


def _is_nobody(name: str) -> bool:
    """Whether it is what an office or a mailbox is called, or no word at all."""
    return person_names.is_office(name) or not any(char.isalnum() for char in name)


def _wrong(written: str, address: str, name: str, organisation: str, as_what: tuple[str, str]) -> str:
    """The first mistake in a row; empty if there is none."""
    kind, comes_as = as_what
    kinds = list(dict.fromkeys(columns.KINDS.values()))
    unseen = any(not text.isprintable() or "\ufffd" in text for text in (written, name, organisation))
    checks: tuple[tuple[bool, Callable[[], str]], ...] = (
        (unseen, lambda: _("contains characters that cannot be seen. Type the name and the address again.")),
        (
            bool(person_names.trouble(name, person=True)),
            lambda: _in_row(person_names.trouble(name, person=True)),
        ),
        (bool(person_names.trouble(organisation)), lambda: _in_row(person_names.trouble(organisation))),
        (not written, lambda: _("has no email.")),
        (len(written) > 254, lambda: _("has an email address longer than 254 characters.")),
        (not address, lambda: _not_an_address(written)),
        (not name and comes_as == ComesAs.MEMBER, lambda: _("has no name; a member needs one.")),
        (len(name) > 100, lambda: _("has a name longer than 100 characters.")),
        (len(organisation) > 200, lambda: _("names an organisation with more than 200 characters.")),
        (
            kind not in kinds,
            lambda: _(
                "“%(word)s” is not a kind. Write individual, organisation or observer.", word=kind[:60]
            ),
        ),
        (
            comes_as not in list(ComesAs),
            lambda: _("“%(word)s” is not known. Write subscriber or member.", word=comes_as[:60]),
        ),
        (kind == ORGANISATION and not organisation, lambda: _("is for an organisation but names none.")),
    )
    return next((message() for wrong, message in checks if wrong), "")


def _not_an_address(written: str) -> str:
    words = str(_("“%(address)s” is not an email address.", address=written))
    local, at, domain = written.rpartition("@")
    if not at or parsed_or_none(f"somebody@{domain}") is None:
        return words
    try:
        parsed(f"{local}@{domain}")
    except BadAddress as bad:
        return f"{words} {say(bad.message)}"
    return words


def address_and_name(cell: str, changed: list[str]) -> tuple[str, str]:
    """The address of a cell and the name beside it; of several addresses the first."""
    text = sheet_text(cell.strip(EDGE))
    if len(text) > MOST_CELL:
        return text, ""
    written = mailboxes_in(text)
    if len(written) > 1:
        changed.append(_("has several addresses; the first one counts."))
    text = written[0] if written else text
    for form in _FORMS:
        if found := form(text):
            return _bare(found["address"]), found["name"].strip(EDGE + "-–:").strip("\"'").replace(
                '\\"', '"'
            ).strip()
    return _bare(text), ""


def _bare(text: str) -> str:
    text = text.strip(EDGE).strip("<>,;:").strip(EDGE)
    if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip(EDGE)
    return text[7:] if text.lower().startswith("mailto:") else text


def _plain(text: str) -> str:
    """One line, without what cannot be seen at its ends."""
    return sheet_text(" ".join(text.strip(EDGE).split()))


def _decoded(name: str) -> str:
    """A name as a mail header has it (RFC 2047) in plain letters."""
    if "=?" not in name or len(name) > 1000:
        return name
    with suppress(HeaderParseError, LookupError, ValueError):
        return " ".join(str(make_header(decode_header(name))).split())
    return name


def _mended(text: str, changed: list[str]) -> str:
    """A text whose UTF-8 a spreadsheet took for Windows-1252, corrected."""
    if not _BROKEN.search(text):
        return text
    with suppress(UnicodeError):
        right = text.encode("cp1252").decode("utf-8")
        changed.append(
            _(
                "has letters that an earlier program broke; “%(broken)s” was read as “%(right)s”.",
                broken=text,
                right=right,
            )
        )
        return right
    return text


def wish_of(words: set[str], silent: bool = False, bounces: bool = False) -> Wish:
    if silent or words & columns.SILENT or any("opt out" in word for word in words):
        return Wish.SILENT
    if bounces or words & columns.BOUNCING:
        return Wish.BOUNCES
    return Wish.NOT_YET if words & columns.NOT_YET else Wish.NONE


def mailboxes_in(line: str) -> list[str]:
    """The addresses of a line that holds nothing else, each with its name; none where it holds anything else.

    Of more than a file may have, only so many are looked at.
    """
    if _is_mailbox(line):
        return [line]
    for between in _BETWEEN:
        pieces = [piece for each in between.split(line) if (piece := each.strip(EDGE))]
        if len(pieces) > 1 and all(map(_is_mailbox, pieces[: MOST_ROWS + 1])):
            return pieces
    return []


def _is_mailbox(text: str) -> bool:
    if "@" not in text or len(text) > 700:
        return False
    found = next((match for form in _FORMS if (match := form(text))), None)
    return bool(address_of(_bare(found["address"] if found else text)))
