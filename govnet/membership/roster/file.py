"""The bytes of a file as rows of cells: its encoding, its line ends, what parts the cells, and quotes that went wrong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from flask_babel import gettext as _

MOST_BYTES: Final = 4_000_000
MOST_ROWS: Final = 20_000
MOST_LINES: Final = 100_000
MOST_COLUMNS: Final = 400
MOST_CELL: Final = 4_000
DELIMITERS: Final = ",;\t|"
_TRIED: Final = 60
"""Rows from which we tell what parts the cells."""
_SPELT_OUT: Final = re.compile(
    r"^[ \t]*([\w.+-]{1,64}) at ([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})[ \t]*$", re.MULTILINE
)
"""An address as the web pages of Mailman show it."""
_RULED: Final = " \t\u00a0-=_:"
"""The characters of a row of nothing but lines."""
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?[ \t,;|]*(\n|$)', re.IGNORECASE)
_DOS_LETTER: Final = re.compile(
    rb"[\x81-\x89\x8b\x8d\x94\x95\x98\xa1-\xa4](?=[a-zA-Z])|(?<=[a-zA-Z])[\x81-\x84\x88\x89](?![a-zA-Z])|(?<![a-zA-Z])\x9a(?=[a-z])"
)
"""Letters of code page 850 that are marks in Windows-1252, within a word; not the apostrophe, quotes and dashes."""
_WINDOWS_LETTER: Final = re.compile(rb"[\xc0-\xff]")
_KINDS_OF_FILE: Final = (
    (b"PK\x03\x04", "sheet"),
    (b"\xd0\xcf\x11\xe0", "sheet"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"Rar!", "packed"),
)


class Unreadable(Exception):
    """A file that is no list of people, with what to do instead."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row, numbered as a spreadsheet counts; `open_quote` if a quotation mark never closes, `odd_quote` if
    one is in an odd place.
    """

    number: int
    cells: tuple[str, ...]
    open_quote: bool = False
    odd_quote: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is in it."""
        return not any(cell.strip(_RULED) for cell in self.cells)


def text_of(content: bytes) -> tuple[str, str]:
    """The text with line ends as \\n, and the encoding where it was none of Unicode ("" otherwise).

    Raises Unreadable for a file of another kind, or one too large.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _("The file is larger than 4 MB. Delete the columns that are not needed, or split it.")
        )
    _refuse_other_kinds(content)
    text, encoding = _decoded(content)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "@" not in text and _SPELT_OUT.search(text):
        text = _SPELT_OUT.sub(r"\1@\2", text)
    last = len(text.rstrip(" \n\t\x1a,;|\x00"))
    if text.count("\n", 0, last) > MOST_LINES:
        raise Unreadable(
            _(
                "The file has more than %(most)s lines. Delete empty lines, or split it.",
                most=f"{MOST_LINES:,}",
            )
        )
    return text[: _end_of_line(text, last)] if last else "", encoding


def _refuse_other_kinds(content: bytes) -> None:
    kind = next((kind for start, kind in _KINDS_OF_FILE if content.startswith(start)), "")
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"begin:vcard"):
        kind = "cards"
    elif start.startswith((b"<!doctype", b"<html", b"<?xml", b"{\\rtf")):
        kind = "page"
    if kind == "sheet":
        raise Unreadable(
            _(
                "This is a workbook, not a CSV file. Open it, choose “Save as” and the type “CSV UTF-8”, "
                "and try that file."
            )
        )
    if kind == "packed":
        raise Unreadable(_("This file is packed. Unpack it and try the CSV file inside."))
    if kind == "cards":
        raise Unreadable(_("These are vCards. Export the contacts as CSV and try that file."))
    if kind:
        raise Unreadable(
            _("This is a document, not a list. Save or export the list as CSV and try that file.")
        )


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark) and name != "utf-8":
            return content[len(mark) :].decode(name, "replace"), ""
    if wide := _wide(content):
        return content.decode(wide, "replace"), ""
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    old, name = "cp1252", "Windows-1252"
    if b"\r" in content and b"\n" not in content:
        old, name = "mac-roman", "Mac Roman"
    elif len(_DOS_LETTER.findall(content)) > len(_WINDOWS_LETTER.findall(content)):
        old, name = "cp850", "MS-DOS (850)"
    return "".join(_line(line, old) for line in content.splitlines(keepends=True)), name


def _wide(content: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain letters is zero."""
    start = content[:400]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if len(start) < 8 or max(even, odd) < len(start) // 4:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _line(line: bytes, old: str) -> str:
    """One line; files that were put together have lines of both kinds."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode(old, "replace")


def lines_of(
    text: str, score: Callable[[Sequence[FileRow]], tuple[int, ...]]
) -> tuple[str, Iterator[FileRow]]:
    """The delimiter of the cells ("" in a file of one column) and every row, blank ones included.

    The delimiter is the one in the first line (`sep=;`), or the one whose first rows score highest.
    """
    said = _SEPARATOR.match(text)
    if said:  # spreadsheets hide this line and count without it
        return said[1], _rows(text[said.end() :], said[1])
    there = [delimiter for delimiter in DELIMITERS if delimiter in text]
    best = max(there, key=lambda each: score(list(islice(_rows(text, each), _TRIED))), default="")
    return best, _rows(text, best or ",")


def _rows(text: str, delimiter: str) -> Iterator[FileRow]:
    at, number = 0, 0
    while at < len(text):
        number += 1
        end = _end_of_line(text, at)
        if text.find('"', at, end) < 0:
            yield FileRow(number, tuple(text[at:end].split(delimiter)))
            at = end + 1
        else:
            line, at = _quoted(text, at, delimiter, number)
            yield line


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _quoted(text: str, at: int, delimiter: str, number: int) -> tuple[FileRow, int]:
    """A row with quotation marks, which may go over several lines; and where the next one begins."""
    start, cells, odd = at, list[str](), False
    while True:
        found = _cell(text, at, delimiter)
        if found is None:
            end = _end_of_line(text, start)
            return FileRow(number, tuple(text[start:end].split(delimiter)), open_quote=True), end + 1
        cell, at, strange = found
        cells.append(cell)
        odd = odd or strange
        if at >= len(text) or text[at] == "\n":
            return FileRow(number, tuple(cells), odd_quote=odd), at + 1
        at += 1


def _cell(text: str, at: int, delimiter: str) -> tuple[str, int, bool] | None:
    """One cell, where it ends, and whether its quotation marks are odd; None where one never closes."""
    end = _end_of_cell(text, at, delimiter)
    opens = at + len(text[at:end]) - len(text[at:end].lstrip(" "))
    if text[opens : opens + 1] != '"':
        cell = text[at:end]
        excel = cell.strip()
        if (
            excel.startswith('="') and excel.endswith('"') and len(excel) > 2
        ):  # a spreadsheet's way to say "text"
            return excel[2:-1], end, False
        return cell, end, '"' in cell
    closes = _closing_quote(text, opens + 1)
    if closes < 0:
        return None
    inside = text[opens + 1 : closes].replace('""', '"')
    end = _end_of_cell(text, closes + 1, delimiter)
    rest = text[closes + 1 : end].strip(" ")
    if not rest:
        return inside, end, False
    if "\n" in inside:
        return None  # what closes here opens another cell
    whole = text[opens:end].strip(" ")
    if whole.endswith('"'):
        return whole[1:-1].replace('""', '"'), end, True
    return inside + text[closes + 1 : end], end, True


def _end_of_cell(text: str, at: int, delimiter: str) -> int:
    end = _end_of_line(text, at)
    found = text.find(delimiter, at, end)
    return end if found < 0 else found


def _closing_quote(text: str, at: int) -> int:
    most = at + MOST_CELL
    while (found := text.find('"', at, most)) >= 0:
        if text[found + 1 : found + 2] != '"':
            return found
        at = found + 2
    return -1
