"""The public record as files: one JSON object a line with all that a stranger needs to check it, and a table for counting."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator

from govnet.kernel.actor import VISITOR
from govnet.record import page, queries, registry
from govnet.record.chain import canonical, stamp
from govnet.record.events import HasChain

COLUMNS = ("number", "at", "visibility", "verb", "what", "who", "how", "by what right", "hash")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The text as a spreadsheet will show it and not run it: with an apostrophe before =, +, -, @, tab and return."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_lines(network: HasChain, zone: str) -> Iterator[str]:
    """First line: format, chain and head. Then every entry, oldest first, as a visitor may see it (see docs/protocol.md)."""
    number, digest = queries.head(network.id)
    yield (
        canonical({"format": "govnet-record-1", "chain": network.chain, "number": number, "hash": digest})
        + "\n"
    )
    withheld = registry.withheld(network.id)
    for entry in queries.all_entries(network.id):
        yield canonical(page.as_data(page.line(entry, VISITOR, zone), withheld)) + "\n"


def packed(lines: Iterator[str]) -> Iterator[bytes]:
    """The lines as gzip, while they are read: a fifth of the bytes, and nothing is held."""
    packer = zlib.compressobj(wbits=31)
    for line in lines:
        if piece := packer.compress(line.encode()):
            yield piece
    yield packer.flush()


def as_table(network: HasChain, zone: str) -> Iterator[str]:
    """CSV (RFC 4180) with a heading, oldest first; cells are empty where the facts are not public."""
    yield _row(COLUMNS)
    for entry in queries.all_entries(network.id):
        seen = page.line(entry, VISITOR, zone)
        facts = (
            (entry.verb, seen.words, str(seen.details.get("actor") or ""))
            if seen.shown
            else ("", seen.words, "")
        )
        yield _row(
            (
                str(entry.number),
                stamp(entry.at),
                entry.visibility.value,
                *facts,
                str(seen.door),
                str(seen.authority),
                entry.hash,
            )
        )


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
