"""When an announcement goes, and who may send it. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import N_, Said

UNDO = timedelta(minutes=10)
"""Between "send" and the first mail."""
FARTHEST = timedelta(days=366)


def at_hour(day: date, hour: int, zone: str) -> datetime:
    """The instant of that hour on that day by the clock in `zone`; an hour that the clock skips is the next one."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def goes_at(wanted: datetime | None, now: datetime) -> datetime:
    """When it leaves: at the time wanted, but never less than ten minutes from now."""
    if wanted is None:
        return now + UNDO
    if wanted < now:
        raise RuleBroken(
            Said(N_("That hour is in the past. Choose a later one, or send it now.")), field="day"
        )
    if wanted > now + FARTHEST:
        raise RuleBroken(Said(N_("That is more than a year away. Choose an earlier day.")), field="day")
    return max(wanted, now + UNDO)


def minutes_left(goes: datetime, now: datetime) -> int:
    """Whole minutes, rounded up, in which it can still be undone."""
    return max(0, -(-int((goes - now).total_seconds()) // 60))
