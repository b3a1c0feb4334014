"""Rules for offices: dates by the day, reports that fall due. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from govnet.kernel.calendar import months_after
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import N_, Said, counted

FAR = timedelta(days=3652)


class OfficeStage(StrEnum):
    """The state of a term or a mandate on a day."""

    TO_COME = "to come"
    SERVING = "serving"
    OVER = "over"


def stage(start: date, end: date, day: date) -> OfficeStage:
    """Dates are half-open: it is over on `end` itself."""
    if day >= end:
        return OfficeStage.OVER
    return OfficeStage.SERVING if day >= start else OfficeStage.TO_COME


def check_span(start: date, end: date, *, today: date, longest: int) -> None:
    """A term or mandate that is being given: some days, not all of them gone, at most `longest` months."""
    if start > today + FAR:
        raise RuleBroken(Said(N_("Choose a first day within the next ten years.")), field="first_day")
    if end <= start:
        raise RuleBroken(Said(N_("The last day must not be before the first one.")), field="last_day")
    if end <= today:
        raise RuleBroken(
            Said(N_("That would already be over. Enter a last day in the future.")), field="last_day"
        )
    if end > months_after(start, longest):
        raise RuleBroken(
            counted(
                "Our rules allow this for at most %(num)s month.",
                "Our rules allow this for at most %(num)s months.",
                longest,
            ),
            field="last_day",
        )


def check_last_day(last_day: date, *, end: date, today: date) -> None:
    """A day to leave on: not gone by, and before it would have ended anyway."""
    if last_day < today:
        raise RuleBroken(Said(N_("That day is in the past. Enter today or a later day.")), field="last_day")
    if end <= last_day:
        raise RuleBroken(Said(N_("It ends before that day anyway.")), field="last_day")


@dataclass(frozen=True, slots=True)
class ReportDue:
    """A day on which the coordinator reports, and how that stands."""

    on: date
    filed: bool
    overdue: bool


def reports_due(
    start: date, end: date, every: int, *, filed: Collection[date], today: date
) -> list[ReportDue]:
    """Every `every` months from the first day, and on the last day, as far as they lie in the mandate."""
    days, count = [], 1
    while (on := months_after(start, every * count)) < end:
        days.append(on)
        count += 1
    return [ReportDue(on, on in filed, on not in filed and on < today) for on in [*days, end]]
