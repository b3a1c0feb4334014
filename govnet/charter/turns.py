"""The turns in which places come up, where the charter staggers them: exact days, counted by the calendar. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from govnet.charter import parameters as p

if TYPE_CHECKING:
    from govnet.charter.rules import Charter

GROUPS: Mapping[str, int] = {"none": 0, "together": 1, "halves": 2, "thirds": 3}
"""In how many turns all places come up; 0 where each ends by itself."""


def months_between(charter: Charter) -> int:
    """How many months lie between one turn and the next; 0 without turns, or where they would not be whole."""
    groups = GROUPS[charter[p.STAGGERING]]
    if not groups or charter[p.TERM_MONTHS] % groups:
        return 0
    return charter[p.TERM_MONTHS] // groups


def regular(charter: Charter) -> bool:
    """Whether turns fall on the same days every year, or every few years."""
    between = months_between(charter)
    return bool(between) and (12 % between == 0 or between % 12 == 0)


def turn_after(position: int, start: date, charter: Charter) -> date | None:
    """Before which day a term that starts then must end, of the place with that position on the list.

    Turns are numbered by the calendar from the year 0 on; turn k is of the places whose position leaves k. So the
    turns of one place are exactly a term apart.
    """
    between, groups = months_between(charter), GROUPS[charter[p.STAGGERING]]
    if not between:
        return None
    first = tuple(p.TURN_MONTH.options).index(charter[p.TURN_MONTH]) + 1
    turn = (start.year * 12 + start.month - 1 - first) // between + 1
    while turn % groups != (position - 1) % groups:
        turn += 1
    year, month = divmod(first + turn * between, 12)
    return date(year, month + 1, 1)
