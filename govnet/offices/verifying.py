"""Whether places and mandates are held by whom, and for as long as, the record says: for the check of the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.offices import events
from govnet.offices.models import Body, Mandate, MandateReport, Term
from govnet.offices.rules import DAY
from govnet.record import registry
from govnet.record.comparing import other_html, told

TERMS = tuple(e.verb for e in (events.TermFound, events.TermGranted, events.TermCutShort, events.TermEnded))
MANDATES = tuple(
    e.verb for e in (events.MandateFound, events.MandateGranted, events.MandateCutShort, events.MandateEnded)
)


def bind() -> None:
    """Have them compared."""
    registry.checks(changed_terms)
    registry.checks(changed_mandates)
    registry.checks(changed_reports)


def changed_terms(network_id: int) -> Iterator[str]:
    """Terms that do not begin, or end, on the day that the record says, are of another place, or are not on it."""
    rows = (
        select(Term.id, Term.start, Term.end, Term.seat_id)
        .join(Body, Body.id == Term.body_id)
        .where(Body.network_id == network_id)
    )
    yield from _changed(rows, _spans(network_id, TERMS), "term")


def changed_mandates(network_id: int) -> Iterator[str]:
    """Mandates that do not begin, or end, on the day that the record says, or are not on it."""
    rows = select(Mandate.id, Mandate.start, Mandate.end).where(Mandate.network_id == network_id)
    yield from _changed(rows, _spans(network_id, MANDATES), "mandate")


def _spans(network_id: int, verbs: tuple[str, ...]) -> dict[int, tuple[Any, ...]]:
    """From when until before when, and in which place, by the entries that gave, cut short and ended it."""
    spans: dict[int, tuple[Any, ...]] = {}
    for entry in told(network_id, *verbs):
        facts = entry.facts
        end = date.fromisoformat(facts["last_day"]) + DAY
        start = date.fromisoformat(facts["start"]) if "start" in facts else None
        place = (int(facts["seat"].partition(":")[2]),) if "seat" in facts else ()
        before = spans.get(entry.key)
        spans[entry.key] = (start or (before and before[0]), end, *place)
    return spans


def _changed(rows: Any, spans: dict[int, tuple[Any, ...]], what: str) -> Iterator[str]:
    found: Iterator[Any] = iter(db.session.execute(rows.execution_options(yield_per=1000)))
    for key, *held in found:
        said = spans.pop(key, None)
        if said is None:
            yield f"there is no entry that gave {what} {key}"
        elif said != tuple(held):
            yield f"{what} {key} runs from {held[0]} until before {held[1]}, which is not what was recorded"
    yield from (f"{what} {key} is on record, but not there any more" for key in spans)


def changed_reports(network_id: int) -> Iterator[str]:
    """Reports of the coordinator that read otherwise on their page than they were written."""
    query = select(MandateReport.id, MandateReport.source, MandateReport.html)
    query = query.where(MandateReport.network_id == network_id)
    yield from other_html(query, "the page of report %(name)s does not show its text")
