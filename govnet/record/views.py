"""The record for everybody: all entries, newest first, one of them, and both as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from flask import Blueprint, Response, abort, current_app, request, stream_with_context, url_for
from flask_babel import lazy_gettext as _l

from govnet.kernel.actor import current_actor
from govnet.kernel.url_converters import asked_number
from govnet.permissions import Can, allows
from govnet.record import exports, queries, registry
from govnet.record import page as record_page
from govnet.record.events import HasChain, Visibility
from govnet.record.page import EntryView
from govnet.web.pages import data_page, page

bp = Blueprint("record", __name__)
blueprints = (bp,)
PAGE = 50
EVERYTHING = frozenset(Visibility)
FILES = (
    (
        _l("Everything that happened, to check"),
        "record.record_lines",
        _l(
            "One JSON object on each line, oldest first: number, time, facts, text, and the checksums that "
            "chain them."
        ),
    ),
    (
        _l("Everything that happened, as a table"),
        "record.record_table",
        _l("CSV: number, time, who may read it, kind, what happened, who, how, by what right, checksum."),
    ),
    (
        _l("Decisions"),
        "decisions.register_data",
        _l(
            "JSON: number, day, outcome, how many gave which answer, and where each answer is to count again."
        ),
    ),
    (
        _l("Our rules"),
        "charter.charter_json",
        _l("JSON: every rule that differs from the usual one, and since when."),
    ),
    (
        _l("Our rules, all versions"),
        "charter.history_json",
        _l("JSON: each version and the decision that adopted it."),
    ),
    (
        _l("This network"),
        "home.home_data",
        _l("JSON: the purpose, the number of members, and who holds which office until when."),
    ),
)
"""The files to download: label, endpoint, and its fields."""


class NetworkFacts(HasChain, Protocol):
    """The parts of a network that these pages need; it lives a floor above."""

    slug: str
    zone: str


@bp.get("/<network:network>/record")
@allows(Can.READ)
def entries(network: NetworkFacts) -> Response:
    """A page of the record, newest first."""
    some = _some(network)
    return page("record/entries.html", **some, days=record_page.by_day(some["lines"]))


@bp.get("/<network:network>/record.json")
@allows(Can.READ)
def entries_data(network: NetworkFacts) -> Response:
    """The same as data, with what a stranger needs to check the chain."""
    some = _some(network)
    withheld, (number, digest) = registry.withheld(network.id), some["head"]
    older = url_for(".entries_data", before=some["older"], _external=True) if some["older"] else None
    return data_page(
        {"network": network.slug, "chain": network.chain, "head": {"number": number, "hash": digest},
         "entries": [record_page.as_data(line, withheld) for line in some["lines"]], "older": older}
    )  # fmt: skip


@bp.get("/<network:network>/record/<int:number>")
@allows(Can.READ)
def entry(network: NetworkFacts, number: int) -> Response:
    """One entry: who, when, by what right, through which door, and its checksums."""
    return page("record/entry.html", line=_one(network, number), head=queries.head(network.id))


@bp.get("/<network:network>/record/<int:number>.json")
@allows(Can.READ)
def entry_data(network: NetworkFacts, number: int) -> Response:
    """One entry as data."""
    return data_page(
        {"network": network.slug, **record_page.as_data(_one(network, number), registry.withheld(network.id))}
    )


@bp.get("/<network:network>/data")
@allows(Can.READ)
def downloads(network: NetworkFacts) -> Response:
    """Everything public as files, with notes on their fields."""
    return page("record/downloads.html", files=_files())


@bp.get("/<network:network>/data/record.jsonl")
@allows(Can.READ)
def record_lines(network: NetworkFacts) -> Response:
    """The whole public record, one entry a line."""
    return _file(
        exports.as_lines(network, network.zone), "application/x-ndjson", f"{network.slug}-record.jsonl"
    )


@bp.get("/<network:network>/data/record.csv")
@allows(Can.READ)
def record_table(network: NetworkFacts) -> Response:
    """The whole public record as a table."""
    return _file(
        exports.as_table(network, network.zone), "text/csv; charset=utf-8", f"{network.slug}-record.csv"
    )


def _file(lines: Iterator[str], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if not request.accept_encodings["gzip"]:
        return Response(stream_with_context(lines), content_type=kind, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(stream_with_context(exports.packed(lines)), content_type=kind, headers=headers)


def _files() -> list[tuple[str, str, str]]:
    """Label, address, and content of each, as far as those pages exist."""
    known = current_app.view_functions
    return [(str(what), url_for(end), str(note)) for what, end, note in FILES if end in known]


def _one(network: NetworkFacts, number: int) -> EntryView:
    found = queries.entry(network.id, number)
    if found is None:
        abort(404)
    return record_page.line(found, current_actor(), network.zone)


def _some(network: NetworkFacts) -> dict[str, Any]:
    head = queries.head(network.id)
    before = min(max(asked_number("before") or head[0] + 1, 2), head[0] + 1)
    found = queries.entries(network.id, EVERYTHING, before=before, limit=PAGE)
    lines = [record_page.line(one, current_actor(), network.zone) for one in found]
    last = lines[-1].entry.number if lines else 0
    newer = before + PAGE if before <= head[0] else None
    return {"lines": lines, "head": head, "older": last if last > 1 else None, "newer": newer}
