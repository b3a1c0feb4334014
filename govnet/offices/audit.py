"""Whether the holders and times of places and mandates agree with the record: for the check of the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from govnet.charter import events as charter_events
from govnet.charter.models import Network, NetworkLogo
from govnet.extensions import db
from govnet.kernel.calendar import DAY
from govnet.offices import events
from govnet.offices.models import Body, Mandate, MandateReport, Term
from govnet.record import registry
from govnet.record.audit import key_of, other_html, told

TERMS = tuple(e.verb for e in (events.TermFound, events.TermGranted, events.TermCutShort, events.TermEnded))
MANDATES = tuple(
    e.verb for e in (events.MandateFound, events.MandateGranted, events.MandateCutShort, events.MandateEnded)
)


def bind() -> None:
    """Have them compared."""
    registry.checks(changed_terms)
    registry.checks(changed_mandates)
    registry.checks(changed_reports)
    registry.checks(changed_logo)
    registry.checks(changed_identity)


def changed_terms(network_id: int) -> Iterator[str]:
    """Terms of another person, place, day or decision than the record says, and those of which it says nothing."""
    query = (
        select(Term.id, Term.start, Term.end, Term.seat_id, Term.person_id, Term.authority, Term.change_id,
               Term.end_authority, Term.end_change_id)
        .join(Body, Body.id == Term.body_id)
        .where(Body.network_id == network_id)
    )  # fmt: skip
    yield from _changed(query, _told(network_id, TERMS), "term")


def changed_mandates(network_id: int) -> Iterator[str]:
    """Mandates of another day, holder or decision than the record says, and those of which it says nothing."""
    query = select(
        Mandate.id, Mandate.start, Mandate.end, Mandate.person_id, Mandate.organisation_id, Mandate.authority,
        Mandate.change_id, Mandate.end_authority, Mandate.end_change_id,
    ).where(Mandate.network_id == network_id)  # fmt: skip
    yield from _changed(query, _told(network_id, MANDATES), "mandate")


def _told(network_id: int, verbs: tuple[str, ...]) -> dict[int, dict[str, Any]]:
    """The entries that gave, cut short and ended each; older ones say less."""
    found: dict[int, dict[str, Any]] = {}
    for entry in told(network_id, *verbs):
        facts, said = entry.facts, found.setdefault(entry.key, {})
        said["end"] = date.fromisoformat(facts["last_day"]) + DAY
        if "start" in facts:
            said["start"] = date.fromisoformat(facts["start"])
        began = "start" in facts
        for name in ("seat", "person", "organisation"):
            if facts.get(name):
                said[f"{name}_id"] = key_of(facts[name])
        if began:
            said["authority"] = facts.get("decision", "")
        elif facts.get("decision"):
            said["end_authority"] = facts["decision"]
        if facts.get("change"):
            said["change_id" if began else "end_change_id"] = key_of(facts["change"])
    return found


def _changed(query: Any, said: dict[int, dict[str, Any]], what: str) -> Iterator[str]:
    for row in db.session.execute(query.execution_options(yield_per=1000)):
        recorded = said.pop(row.id, None)
        if recorded is None or "start" not in recorded:
            yield f"there is no entry that gave {what} {row.id}"
            continue
        span = (recorded.pop("start"), recorded.pop("end"))
        if span != (row.start, row.end):
            yield f"{what} {row.id} runs from {row.start} until before {row.end}, which is not what was recorded"
        elif any(getattr(row, name) != value for name, value in recorded.items()):
            yield f"{what} {row.id} is not held, given or ended as was recorded"
    yield from (f"{what} {key} is on record, but not there any more" for key in said)


def changed_reports(network_id: int) -> Iterator[str]:
    """Reports of the coordinator that read otherwise on their page than they were written."""
    query = select(MandateReport.id, MandateReport.source, MandateReport.html)
    query = query.where(MandateReport.network_id == network_id)
    yield from other_html(query, "the page of report %(name)s does not show its text")


def changed_logo(network_id: int) -> Iterator[str]:
    """A logo that is not the one of which the record holds the digest."""
    said = ""
    for entry in told(network_id, charter_events.LogoChanged.verb):
        said = entry.facts["new_digest"]
    named = db.session.scalar(select(Network.logo_digest).where(Network.id == network_id)) or ""
    png = db.session.scalar(select(NetworkLogo.png).where(NetworkLogo.network_id == network_id))
    if named != said or (sha256(png).hexdigest() if png else "") != said:
        yield "the logo is not the one that was recorded"


def changed_identity(network_id: int) -> Iterator[str]:
    """A name or purpose that is not the one of which the record says that it was decided."""
    row = db.session.execute(select(Network.name, Network.purpose).where(Network.id == network_id)).one()
    for event, now in (
        (charter_events.NetworkRenamed, row.name),
        (charter_events.PurposeChanged, row.purpose),
    ):
        said = [entry.facts["new"] for entry in told(network_id, event.verb)]
        if said and said[-1] != now:
            yield f"what {event.verb} says last is not so"
