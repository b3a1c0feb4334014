"""An example for a rule that is to change, made from the kind of rule: what it comes to, and came to until now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from govnet.charter import parameters as p
from govnet.charter.kinds import Parameter, Share, WholeNumber
from govnet.charter.thresholds import most_entered
from govnet.kernel.messages import N_, Said, counted

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

SOME = 100
"""How many are on the roll of an example, where nobody knows better."""
FIRST = date(2026, 9, 1)
"""From which day an example counts; it is written without its year."""
YEARS = 10
"""The years over which an example counts repeated events."""


def example(parameter: Parameter[Any], old: Charter, new: Charter, roll: int) -> Said | None:
    """The effect of the change of that rule in numbers, with that many people on the roll.

    None if its sentence is enough, if nothing changes for anybody, or if it has no effect before and after.
    """
    if not (old.applies(parameter) and new.applies(parameter)):
        return None
    before, after = old[parameter], new[parameter]
    if isinstance(parameter, Share):
        people = new[p.SEATS] if parameter is p.COMMITTEE_QUORUM else roll or SOME
        return _part(before.needed(people), after.needed(people), people)
    if isinstance(parameter, WholeNumber) and before and after:
        made = _BY_UNIT.get(parameter.unit)
        return made(before, after, roll or SOME) if made else None
    return None


def _part(before: int, after: int, people: int) -> Said | None:
    """How many of so many people it is; more than there are is no number that can be reached."""
    text = N_("Of %(people)s, that is %(new)s instead of %(old)s.")
    if before > people:
        text = N_("Of %(people)s, that is %(new)s; until now no number was enough.")
    if after > people:
        text = N_("Of %(people)s, no number is enough any more; until now it was %(old)s.")
    values = {name: str(number) if number else Said(N_("none")) for name, number in _both(before, after)}
    return Said(text, {"people": people, **values}) if before != after else None


def _share_of_answers(before: int, after: int, people: int) -> Said | None:
    return _part(most_entered(people, before), most_entered(people, after), people)


def _days(before: int, after: int, _people: int) -> Said:
    text = N_("Counted from %(start)s, that is %(new)s instead of %(old)s.")
    values = {name: _day(FIRST + timedelta(days)) for name, days in _both(before, after)}
    return Said(text, {"start": _day(FIRST), **values})


def _day(day: date) -> Said:
    text = N_("%(day)s %(month)s") if day.year == FIRST.year else N_("%(day)s %(month)s of the next year")
    return Said(text, {"day": day.day, "month": Said(tuple(p.TURN_MONTH.options.values())[day.month - 1])})


def _months(before: int, after: int, _people: int) -> Said | None:
    text = N_("Within %(years)s years, that is %(new)s instead of %(old)s.")
    times = {name: 12 * YEARS // months for name, months in _both(before, after)}
    if times["old"] == times["new"]:
        return None
    values = {name: counted("%(num)s time", "%(num)s times", each) for name, each in times.items()}
    return Said(text, {"years": YEARS, **values})


def _both(before: int, after: int) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("old", before), ("new", after)


_BY_UNIT: Mapping[str, Callable[[int, int, int], Said | None]] = {
    "days": _days,
    "months": _months,
    "percent": _share_of_answers,
}
