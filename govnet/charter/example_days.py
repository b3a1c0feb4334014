"""Examples that count days: when something is over that begins on a day in September. Pure.

The days have no year, and Saturdays and Sundays are the only days on which nothing closes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from govnet.charter import parameters as p
from govnet.charter import turns
from govnet.charter.kinds import WholeNumber
from govnet.kernel.messages import N_, Said

if TYPE_CHECKING:
    from govnet.charter.example_numbers import Example
    from govnet.charter.rules import Charter

FIRST = date(2026, 9, 1)
"""On which day something begins where the days of the week are all the same."""
MONDAY = date(2026, 9, 14)
"""The first day of the week in which something begins where they are not."""
DAY = timedelta(days=1)
WEEKDAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday")),
    *(N_("Saturday"), N_("Sunday")),
)


def month(which: int) -> Said:
    """The name of a month, from 1 on."""
    return Said(tuple(p.TURN_MONTH.options.values())[which - 1])


def plain(day: date) -> Said:
    """`1 September`, or `1 March of the next year`."""
    text = N_("%(day)s %(month)s") if day.year == FIRST.year else N_("%(day)s %(month)s of the next year")
    return Said(text, {"day": day.day, "month": month(day.month)})


def with_weekday(day: date) -> Said:
    """`Monday 14 September`."""
    return Said(N_("%(weekday)s %(day)s"), {"weekday": Said(WEEKDAYS[day.weekday()]), "day": plain(day)})


def over(parameter: WholeNumber, text: str, *, begins: str = "", ends: str = "", more: int = 0) -> Example:
    """What begins on a day is over so many days (and `more`) later; `begins` and `ends`: where 0 means never."""

    def made(old: Charter, new: Charter, _roll: int) -> Said | None:
        before, after = old[parameter], new[parameter]
        words = ends if ends and not after else begins if begins and not before else text
        values = {name: plain(FIRST + timedelta(days=days + more)) for name, days in _both(before, after)}
        return Said(words, {"start": plain(FIRST), "hour": _hour(new), **values})

    return made


def closes(parameter: WholeNumber, text: str, *, back: bool = False) -> Example:
    """What begins on a working day closes so many days later, or on the next working day (`back`: the last before)."""

    def made(old: Charter, new: Charter, _roll: int) -> Said | None:
        for start in (MONDAY + DAY * days for days in range(5)):
            both = _both(old[parameter], new[parameter])
            days = {name: _working(start + timedelta(days=days), back) for name, days in both}
            if days["old"] != days["new"]:
                values = {name: with_weekday(day) for name, day in days.items()}
                return Said(text, {"start": with_weekday(start), "hour": _hour(new), **values})
        return None

    return made


def _both(old: int, new: int) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("old", old), ("new", new)


def _working(day: date, back: bool) -> date:
    while day.weekday() >= 5:
        day += -DAY if back else DAY
    return day


def _hour(charter: Charter) -> Said:
    return p.CLOSING_HOUR.phrase(charter[p.CLOSING_HOUR])


def frozen(old: Charter, new: Charter, _roll: int) -> Said | None:
    """Until when the words can be changed."""
    text = N_("Where answers close on %(close)s, the text can be changed until %(new)s instead of %(old)s.")
    closing = datetime.combine(MONDAY + 4 * DAY, time(new[p.CLOSING_HOUR]))
    before, after = (closing - timedelta(hours=each[p.FROZEN_HOURS]) for each in (old, new))
    return Said(text, {"close": _moment(closing), "old": _moment(before), "new": _moment(after)})


def _moment(at: datetime) -> Said:
    return Said(N_("%(day)s at %(hour)s"), {"day": with_weekday(at.date()), "hour": f"{at:%H:%M}"})


def turn_months(old: Charter, new: Charter, _roll: int) -> Said | None:
    """In which months of the year places come up."""
    text = N_("With terms of %(months)s, places come up at the end of %(new)s instead of %(old)s.")
    before, after = _months(old), _months(new)
    if before == after or not before or not after:
        return None
    values = {"old": tuple(map(month, before)), "new": tuple(map(month, after))}
    return Said(text, {"months": p.TERM_MONTHS.phrase(new[p.TERM_MONTHS]), **values})


def _months(charter: Charter) -> list[int]:
    between = turns.months_between(charter)
    first = tuple(p.TURN_MONTH.options).index(charter[p.TURN_MONTH])
    return sorted({(first + each * between) % 12 + 1 for each in range(12)}) if between else []
