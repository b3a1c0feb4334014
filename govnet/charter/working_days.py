"""Which days are working days by the charter: Monday to Friday, without the public holidays that the network keeps. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from govnet.charter import parameters as p
from govnet.charter.holidays import public_holidays
from govnet.kernel.messages import N_, Said

if TYPE_CHECKING:
    from govnet.charter.rules import Charter


def holiday(day: date, charter: Charter) -> str:
    """The name of the public holiday that the day is where the charter keeps them; empty for any other."""
    place = charter[p.HOLIDAYS]
    return "" if place == "none" else public_holidays(place, day.year).get(day, "")


def working(day: date, charter: Charter) -> bool:
    """Whether something can be due on that day."""
    return day.weekday() < 5 and not holiday(day, charter)


def from_day(day: date, charter: Charter) -> date:
    """That day, or the next working day."""
    while not working(day, charter):
        day += timedelta(days=1)
    return day


def until_day(day: date, charter: Charter) -> date:
    """That day, or the last working day before it."""
    while not working(day, charter):
        day -= timedelta(days=1)
    return day


def problem(day: date, charter: Charter) -> Said | None:
    """Why nothing can be due on that day, and which day would do; or nothing."""
    if working(day, charter):
        return None
    name, then = holiday(day, charter), from_day(day, charter)
    if not name:
        return Said(
            N_("%(day)s is not a working day. Choose a day from Monday to Friday, such as %(then)s."),
            {"day": day, "then": then},
        )
    return Said(
        N_("%(day)s is a public holiday (%(name)s). Choose another day, such as %(then)s."),
        {"day": day, "name": name, "then": then},
    )
