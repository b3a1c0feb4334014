"""When a membership is to be renewed, when its member is asked again, and when it runs out. Days of the network. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from govnet.kernel.calendar import months_after
from govnet.kernel.messages import N_, Said

EARLY = timedelta(days=30)
"""So long before the day a membership can be renewed, without being asked."""
DAY = timedelta(days=1)


def runs_from(start: date, renewed: date | None, since: date) -> date:
    """The day from which the months are counted: the last renewal or the start, or when the rule began, if that was later."""
    return max(renewed or start, since)


def due_on(start: date, renewed: date | None, since: date, months: int) -> date | None:
    """The day on which its member is asked to renew; None where memberships go on."""
    return months_after(runs_from(start, renewed, since), months) if months else None


def latest_due(today: date, months: int) -> date:
    """The latest day a membership can run from that is due today: `months_after` of the next day is still to come."""
    day = months_after(today, -months)
    while months_after(day + DAY, months) <= today:
        day += DAY
    return day


def lead(grace: int) -> int:
    """How many days before the end somebody is asked again: a week, or half of a short grace."""
    return min(7, grace // 2)


def lapses_on(asked: date, reminded: date | None, grace: int) -> date:
    """The first day without membership: never before the grace is over, nor too soon after the second mail."""
    end = asked + timedelta(days=grace)
    return max(end, reminded + timedelta(days=lead(grace))) if reminded else end


def cannot_renew(today: date, due: date | None, asked: bool) -> Said | None:
    """Why there is nothing to renew now; None where there is."""
    if due is None:
        return Said(
            N_("By our rules a membership goes on until its member leaves. There is nothing to renew.")
        )
    if not asked and today < due - EARLY:
        day = (due - EARLY).isoformat()
        return Said(N_("There is nothing to renew yet. You can renew from %(day)s on."), {"day": day})
    return None
