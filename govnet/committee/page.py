"""Places and mandates as sentences and as data."""

from __future__ import annotations

from datetime import date
from typing import Any

from govnet.charter import parameters as p
from govnet.charter.kinds import Parameter
from govnet.charter.rules import Charter
from govnet.charter.sentences import sentence
from govnet.charter.turns import turn_after
from govnet.committee import eligibility
from govnet.committee.queries import Committee, Holding
from govnet.committee.rules import lacking_sentences
from govnet.kernel.calendar import DAY
from govnet.kernel.messages import Said

OF_PLACES: tuple[Parameter[Any], ...] = (
    p.SEATS,
    p.SISTER_SEATS,
    p.INDIVIDUAL_SEATS,
    p.ORGANISATION_SEATS,
    p.ONE_ORGANISATION,
    p.UNFIT,
    p.TERM_MONTHS,
    p.STAGGERING,
    p.CONSECUTIVE_TERMS,
    p.VACANCY,
    p.VACANCY_DAYS,
    p.CHAIR,
)


def rules_of_places(charter: Charter) -> list[Said]:
    """The charter's sentences about places on the committee."""
    return [sentence(each, charter)[1] for each in OF_PLACES if charter.applies(each)]


def lacking(committee: Committee, charter: Charter) -> list[Said]:
    """Where the committee's places are not those that the rules keep, each in a sentence."""
    return lacking_sentences(committee.counts, charter) if committee.body else []


def unfit_of(committee: Committee, charter: Charter) -> dict[int, tuple[str, date]]:
    """By seat: why its holder no longer fits the place, and the last day on which they hold it all the same."""
    rule, days = charter[p.UNFIT], charter[p.UNFIT_DAYS]
    held = ((each.seat.id, each.now.term) for each in committee.places if each.now)
    return {
        seat_id: (eligibility.unfit_words(term.unfit_why), eligibility.until(term, rule, days) - DAY)
        for seat_id, term in held
        if term.unfit_why is not None
    }


def fill_by(committee: Committee, charter: Charter) -> dict[int, date]:
    """By seat, the last day on which the rules want a place that fell empty to be filled."""
    days = eligibility.days_to_fill(charter)
    if not days:
        return {}
    empty = (each for each in committee.places if each.now is None and each.before and not each.next)
    return {each.seat.id: max(held.term.end for held in each.before) + days - DAY for each in empty}


def turns_of(committee: Committee, charter: Charter, day: date) -> dict[int, date]:
    """By seat, the last day of the turn in which it comes up next; nothing where places end by themselves."""
    found = {each.seat.id: turn_after(each.seat.position, day, charter) for each in committee.places}
    return {seat_id: turn - DAY for seat_id, turn in found.items() if turn is not None}


def committee_facts(committee: Committee) -> dict[str, Any]:
    """The committee as data: places, holders, terms before and to come."""
    return {
        "name": committee.body.name if committee.body else "",
        "places": [
            {
                "name": place.seat.name,
                "for": place.seat.constituency.value,
                "chair": place.seat.is_chair,
                "holder": _term_facts(place.now) if place.now else None,
                "empty": place.now is None,
                "what_next": place.seat.vacancy_note,
                "to_come": [_term_facts(h) for h in place.next],
                "earlier": [_term_facts(h) for h in place.before],
            }
            for place in committee.places
        ],
    }


def _term_facts(holding: Holding) -> dict[str, Any]:
    term = holding.term
    return {
        "name": term.person.name,
        "from": term.start.isoformat(),
        "last_day": holding.last_day.isoformat(),
        "came_by": term.came_by.value,
        "decision": holding.decision.number if holding.decision else None,
        "evidence": term.evidence,
        "ended": term.ended_why.value if term.ended_why else None,
        "does_not_fit": term.unfit_why.value if term.unfit_why else None,
    }
