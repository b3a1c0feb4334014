"""Notices of offices: to their holders, and the officers of today; each end once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from flask import url_for

from govnet.charter.parameters import CODE_OF_CONDUCT
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.offices import events
from govnet.offices.models import Mandate, Term
from govnet.offices.queries import mandate_whole, officers, promises_asked
from govnet.record import registry

_TERM = "offices/term"
_MANDATE = "offices/mandate"
_DAYS = ("start", "last_day", "due")


def term(told: ToldEntry) -> list[Notice]:
    """To the holder and the officers; a new holder is asked for the promise in a mail of their own."""
    row = db.session.get_one(Term, told.key)
    return [_notice(told, _TERM, {row.person_id}), *_promises(told, term_id=row.id)]


def found(told: ToldEntry) -> Notice | None:
    """To a person recorded as in office: until when, the evidence, and what to do if it is wrong."""
    if told.details["verb"] == events.TermFound.verb:
        term = db.session.get_one(Term, told.key)
        people, over = {term.person_id}, term.end_recorded_at is not None
    else:
        row = mandate_whole(told.key)
        people, over = _people(row), row.end_recorded_at is not None
    return None if over else _notice(told, "offices/found", people, officers_too=False)


def mandate(told: ToldEntry) -> list[Notice]:
    """To everybody who acts under it, and the officers; those who begin are asked for the promise."""
    row = mandate_whole(told.key)
    return [_notice(told, _MANDATE, _people(row)), *_promises(told, mandate_id=row.id)]


def _people(row: Mandate) -> set[int]:
    return {named.person_id for named in row.named} | ({row.person_id} if row.person_id else set())


def _promises(told: ToldEntry, **office: int) -> list[Notice]:
    if not told.details["verb"].endswith("_granted"):
        return []
    code = rules_in_force(told.network.id)[CODE_OF_CONDUCT]
    asked = promises_asked(**office)
    return [
        Notice(
            template="offices/promise", news=News.ALWAYS, context={"promise": each, "code": list(code)},
            always={each.person_id}, name=f"promise-{each.person_id}",
        )
        for each in asked
    ]  # fmt: skip


def _notice(told: ToldEntry, template: str, holders: Collection[int], *, officers_too: bool = True) -> Notice:
    days = {name: date.fromisoformat(told.details[name]) for name in _DAYS if name in told.details}
    context = {"d": {**told.details, **days}, "what": told.details["verb"].partition(".")[2]}
    people = {*holders, *(officers(told.network.id) if officers_too else ())}
    return Notice(template=template, news=News.ALWAYS, context=context, always=people)


def bind() -> None:
    """Bind the notices, and entries about offices to their pages."""
    registry.tell(
        term,
        events.TermGranted,
        events.TermCutShort,
        events.TermUnfit,
        events.TermFitsAgain,
        events.TermEnded,
    )
    registry.tell(
        mandate, events.MandateGranted, events.MandateCutShort, events.MandateEnded, events.ReportFiled
    )
    registry.tell(found, events.TermFound, events.MandateFound)
    for table in ("term", "seat", "body", "code_promise"):
        registry.link_to(table, lambda d: url_for("committee.committee"))
    registry.link_to("mandate", lambda d: url_for("coordinator.coordinator"))
