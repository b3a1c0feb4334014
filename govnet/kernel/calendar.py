"""Calendar arithmetic."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The same day of the month, `months` later (earlier where negative); the last one where that month is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_before(day: date) -> date:
    """The last day of what lasts until before `day`."""
    return day - DAY


DAY = timedelta(days=1)
"""Between the last day and `end`."""
