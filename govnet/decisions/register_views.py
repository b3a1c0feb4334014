"""The register: everything that was decided, narrowed and numbered as the reader asks, as a page and as data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, request, url_for

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.decisions import finding, lists, register, words
from govnet.decisions.blueprint import bp
from govnet.decisions.book import Decision
from govnet.decisions.counting import OPTIONS
from govnet.decisions.finding import Choices, Filter
from govnet.decisions.models import ELSEWHERE
from govnet.decisions.rules import Outcome
from govnet.decisions.states import FOR_GOOD, State, replaced_by, replaced_until, state_of
from govnet.forum.queries import reach
from govnet.kernel.actor import current_actor
from govnet.kernel.clock import today
from govnet.kernel.messages import Said
from govnet.kernel.paths import asked_number, asked_page
from govnet.kernel.translation import say
from govnet.permissions import Can, allows
from govnet.web.pages import data_page, page

METHODS = (*p.METHODS, *OPTIONS, ELSEWHERE)


def _asked(choices: Choices) -> Filter:
    """The filter in the address; what nobody could have chosen is left aside."""
    known: dict[str, Collection[str]] = {
        "matter": p.MATTERS,
        "method": METHODS,
        "outcome": [each for each in Outcome if each.numbered],
        "door": list(words.DOORS),
        "state": list(State),
    }
    wanted = {name: request.args.get(name, "") for name in known}
    chosen = {name: value for name, value in wanted.items() if value in known[name]}
    year, topic = asked_number("year"), asked_number("topic")
    seen = topic if topic in {key for key, _title in choices.topics} else None
    return Filter(year if year and year < 10_000 else None, seen, **chosen)


@bp.get("/<network:network>/decisions", endpoint="register")
@allows(Can.READ)
def the_register(network: Network) -> Response:
    """What is open, and everything that was decided, newest first."""
    choices = finding.choices(network.id, list(reach(current_actor())))
    wanted, number, day = _asked(choices), asked_page(100_000), today(network.zone)
    found = finding.found(network.id, wanted, day, total=choices.total, number=number)
    return page(
        "decisions/register.html",
        open_now=lists.open_now(network.id, current_actor()) if number == 1 and wanted == Filter() else [],
        found=found,
        numbers=_numbers(found, wanted),
        wanted=wanted,
        choices=_in_words(choices),
        outcome_of=register.outcome_in_words,
        state_of=lambda each: state_of(each, day),
        today=day,
    )


def _numbers(found: finding.Found, wanted: Filter) -> list[tuple[int, str]]:
    """The pages that can be gone to from here, with their addresses: the ends, and those next to this one."""
    near = {1, found.pages, *range(found.number - 2, found.number + 3)}
    there = sorted(number for number in near if 1 <= number <= found.pages)
    return [(number, url_for(".register", page=number, **wanted.asked())) for number in there]


def _in_words(choices: Choices) -> dict[str, list[tuple[str, str]]]:
    """What the register can be narrowed to: value and words."""
    return {
        "year": [(str(year), f"{year} ({last})") for year, last in choices.years],
        "topic": [(str(key), title) for key, title in choices.topics],
        "matter": [(key, say(Said(said))) for key, said in p.MATTERS.items()],
        "method": [(key, words.way(key)) for key in METHODS],
        "outcome": [(each.value, str(words.SHORT[each])) for each in Outcome if each.numbered],
        "door": [(door.value, str(said)) for door, said in words.DOORS.items()],
        "state": [(each.value, str(said)) for each, said in words.HOLDS.items()],
    }


@bp.get("/<network:network>/decisions.json")
@allows(Can.READ)
def register_data(network: Network) -> Response:
    """The register as data, a page at a time, by the same filters."""
    choices = finding.choices(network.id, list(reach(current_actor())))
    wanted = _asked(choices)
    found = finding.found(
        network.id, wanted, today(network.zone), total=choices.total, number=asked_page(100_000)
    )
    more = found.number < found.pages
    return data_page(
        {
            "decisions": [line(each, network) for each in found.decisions],
            "total": found.total,
            "page": found.number,
            "pages": found.pages,
            "filter": wanted.asked(),
            "next": url_for(".register_data", page=found.number + 1, **wanted.asked()) if more else None,
        }
    )


def line(each: Decision, network: Network) -> dict[str, Any]:
    """A decision as the register has it."""
    day = today(network.zone)
    later, until = replaced_by(each, day), replaced_until(each)
    return {
        "number": each.number,
        "question": each.question,
        "matter": each.matter,
        "decided_by": each.body,
        "method": each.method,
        "outcome": each.outcome.value,
        "state": state_of(each, day).value,
        "decided_at": each.decided_at.isoformat(),
        "door": each.door.value,
        "answers": register.tally_of(each).as_json(),
        "could_answer": each.roll_size,
        "review_on": each.review_on.isoformat() if each.review_on else None,
        "trial_until": each.trial_until.isoformat() if each.trial_until else None,
        "replaced_by": later.number if later else None,
        "replaced_until": until.isoformat() if later and until != FOR_GOOD else None,
        "url": url_for(".decision", number=each.number, _external=True),
        "answers_url": url_for(".answers_data", number=each.number, _external=True),
    }
