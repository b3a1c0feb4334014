"""When answers close, by the charter and the clock where the network is. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from govnet.charter import parameters as p
from govnet.charter import working_days
from govnet.charter.rules import Charter
from govnet.charter.working_days import from_day, until_day
from govnet.kernel.messages import N_, Said, counted

LAST_CALL = timedelta(hours=24)


def closes(day: date, charter: Charter, zone: ZoneInfo) -> datetime:
    """The closing instant of a day, in UTC: the charter's hour by the network's own clock."""
    return datetime.combine(day, time(charter[p.CLOSING_HOUR]), zone).astimezone(UTC)


def first_day(since: datetime, days: int, charter: Charter, zone: ZoneInfo) -> date:
    """The first working day whose closing hour leaves `days` whole days after `since`, by the wall clock."""
    wall = since.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    day = wall.date() if wall.time() <= time(charter[p.CLOSING_HOUR]) else wall.date() + timedelta(days=1)
    return from_day(day, charter)


def earliest(opened: datetime, charter: Charter, zone: ZoneInfo) -> date:
    """The first day on which a proposal opened now may close."""
    return first_day(opened, charter[p.MINIMUM_DAYS_OPEN], charter, zone)


def latest(first_opened: datetime, charter: Charter, zone: ZoneInfo) -> date:
    """The last day on which it may close, however often its text changes; never before the earliest."""
    day = first_opened.astimezone(zone).date() + timedelta(days=charter[p.MAXIMUM_DAYS_OPEN])
    return max(until_day(day, charter), earliest(first_opened, charter, zone))


def cap(first_opened: datetime, first_deadline: datetime, charter: Charter, zone: ZoneInfo) -> datetime:
    """The last instant to which the closing can be moved: the charter's most, from the first closing day."""
    day = first_deadline.astimezone(zone).date() + timedelta(days=charter[p.EXTENSION_MOST])
    most = min(
        closes(until_day(day, charter), charter, zone),
        closes(latest(first_opened, charter, zone), charter, zone),
    )
    return max(first_deadline, most)


def reworded(deadline: datetime, now: datetime, last: datetime, charter: Charter, zone: ZoneInfo) -> datetime:
    """When a new version closes: later by the charter's rule if necessary, not after `last`, never sooner."""
    wanted = closes(first_day(now, charter[p.EXTENSION_DAYS], charter, zone), charter, zone)
    return max(deadline, min(wanted, last))


def too_little(now: datetime, closing: datetime, zone: ZoneInfo) -> Said | None:
    """The reason why a new version can't be asked now: it would have less than a whole day, by the wall clock; or nothing."""
    left = closing.astimezone(zone).replace(tzinfo=None) - now.astimezone(zone).replace(tzinfo=None)
    if left >= timedelta(days=1):
        return None
    return Said(
        N_(
            "There is not enough time left to ask everybody again. Take the proposal back and propose it "
            "anew, or leave the text as it is."
        )
    )


def frozen(now: datetime, deadline: datetime, charter: Charter) -> Said | None:
    """The reason why the text can't be changed any more, in the charter's last hours before `deadline`; or nothing."""
    hours = charter[p.FROZEN_HOURS]
    if now < deadline - timedelta(hours=hours):
        return None
    return counted(
        "In the last %(num)s hour before answers close the text can’t be changed. You can still say Stop.",
        "In the last %(num)s hours before answers close the text can’t be changed. You can still say Stop.",
        hours,
    )


def extension_problem(
    day: date, deadline: datetime, last: datetime, charter: Charter, zone: ZoneInfo
) -> Said | None:
    """Why the closing can't be moved from `deadline` to this day, or nothing."""
    free = working_days.problem(day, charter)
    if free is not None:
        return free
    if day <= deadline.astimezone(zone).date():
        return Said(
            N_("To give more time, choose a later day than %(day)s."),
            {"day": deadline.astimezone(zone).date()},
        )
    if day > last.astimezone(zone).date():
        if last <= deadline:
            return Said(N_("It already has all the time that our rules allow."))
        return Said(N_("Our rules allow no day after %(last)s."), {"last": last.astimezone(zone).date()})
    return None


def waiting_until(deadline: datetime, days: int, charter: Charter, zone: ZoneInfo) -> datetime:
    """When the waiting time after a Stop ends."""
    return closes(first_day(deadline, days, charter, zone), charter, zone)


def days_late(met_on: date, today: date, charter: Charter) -> int:
    """The days by which a decision of the committee's meeting is recorded too late; 0 if it is in time."""
    allowed = charter[p.PUBLISH_DAYS]
    return max(0, (today - met_on).days - allowed) if allowed else 0


def moved(day: date | None, after: date, days: timedelta) -> date | None:
    """That day, or so many days later where it would not come `after` another; the next one at the soonest."""
    if day is None or day > after:
        return day
    return max(day + days, after + timedelta(days=1))


def objections_until(recorded: datetime, charter: Charter, zone: ZoneInfo) -> datetime:
    """The time until which anybody may object to a decision made elsewhere."""
    return closes(first_day(recorded, charter[p.OBJECTION_DAYS], charter, zone), charter, zone)


def day_problem(day: date, opened: datetime, charter: Charter, zone: ZoneInfo) -> Said | None:
    """Why a proposal opened now can't close on this day, or nothing."""
    soonest, last = earliest(opened, charter, zone), latest(opened, charter, zone)
    free = working_days.problem(day, charter)
    if free is not None:
        return free
    if day < soonest:
        return counted(
            "Everybody has at least %(num)s day to answer: choose %(soonest)s or later.",
            "Everybody has at least %(num)s days to answer: choose %(soonest)s or later.",
            charter[p.MINIMUM_DAYS_OPEN],
            soonest=soonest,
        )
    if day > last:
        return Said(N_("A proposal can’t stay open that long: choose %(last)s or earlier."), {"last": last})
    return None


def takes_answers(now: datetime, deadline: datetime) -> bool:
    """An answer counts strictly before the deadline; at the deadline itself it is closed."""
    return now < deadline


def last_call_due(now: datetime, opened: datetime, deadline: datetime) -> bool:
    """Whether it is time to remind who hasn't answered: the last day, unless it only just opened."""
    return deadline - LAST_CALL <= now < deadline and deadline - opened > 2 * LAST_CALL


def how_late(deadline: datetime, now: datetime) -> Said:
    """`two minutes`, `3 hours`: by how much an answer missed the deadline, rounded down."""
    seconds = int((now - deadline).total_seconds())
    if seconds < 60:
        return Said(N_("less than a minute"))
    if seconds < 3600:
        return counted("%(num)s minute", "%(num)s minutes", seconds // 60)
    if seconds < 86400:
        return counted("%(num)s hour", "%(num)s hours", seconds // 3600)
    return counted("%(num)s day", "%(num)s days", seconds // 86400)


TIME_TO_UNDO = timedelta(days=1)
"""The least time in which somebody can undo an answer that was entered for them."""
