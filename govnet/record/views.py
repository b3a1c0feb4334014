"""The record for everybody: all entries, newest first, one of them, and both as data."""

from __future__ import annotations

from typing import Any, Protocol

from flask import Blueprint, Response, abort, request, url_for

from govnet.kernel.pages import data_page, page
from govnet.permissions import Can, allows, current_actor
from govnet.record import queries, reading
from govnet.record.events import HasChain, Visibility
from govnet.record.reading import Line

bp = Blueprint("record", __name__)
blueprints = (bp,)
PAGE = 50
EVERYTHING = frozenset(Visibility)


class Network(HasChain, Protocol):
    """What these pages need of a network, which lives a floor above."""

    slug: str
    zone: str


@bp.get("/<network:network>/record")
@allows(Can.READ)
def entries(network: Network) -> Response:
    """A page of the record, newest first."""
    return page("record/entries.html", **_some(network))


@bp.get("/<network:network>/record.json")
@allows(Can.READ)
def entries_data(network: Network) -> Response:
    """The same as data, with what a stranger needs to check the chain."""
    some = _some(network)
    number, digest = some["head"]
    older = url_for(".entries_data", before=some["older"], _external=True) if some["older"] else None
    return data_page(
        {"network": network.slug, "chain": network.chain, "head": {"number": number, "hash": digest},
         "entries": [reading.as_data(line) for line in some["lines"]], "older": older}
    )  # fmt: skip


@bp.get("/<network:network>/record/<int:number>")
@allows(Can.READ)
def entry(network: Network, number: int) -> Response:
    """One entry: who, when, by what right, through which door, and its checksums."""
    return page("record/entry.html", line=_one(network, number), head=queries.head(network.id))


@bp.get("/<network:network>/record/<int:number>.json")
@allows(Can.READ)
def entry_data(network: Network, number: int) -> Response:
    """One entry as data."""
    return data_page({"network": network.slug, **reading.as_data(_one(network, number))})


def _one(network: Network, number: int) -> Line:
    found = queries.entry(network.id, number)
    if found is None:
        abort(404)
    return reading.line(found, current_actor(), network.zone)


def _some(network: Network) -> dict[str, Any]:
    head = queries.head(network.id)
    before = min(max(request.args.get("before", head[0] + 1, type=int), 2), head[0] + 1)
    found = queries.entries(network.id, EVERYTHING, before=before, limit=PAGE)
    lines = [reading.line(one, current_actor(), network.zone) for one in found]
    last = lines[-1].entry.number if lines else 0
    newer = before + PAGE if before <= head[0] else None
    return {"lines": lines, "head": head, "older": last if last > 1 else None, "newer": newer}
