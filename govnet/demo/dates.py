"""When things happened in the demo: days and hours before a given now, so its history is always fresh."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_PLACEHOLDER: Final = re.compile(r"\{\{(date|day):(-?\d+)\}\}")
_WAKING_FROM: Final = 7.0
_WAKING_HOURS: Final = 15.5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns days before now into instants and dates of the network's zone."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """Today, where the network is."""
        return self.now.astimezone(self.zone).date()

    def day(self, offset: int) -> date:
        """The date `offset` days from today; before today when negative."""
        return self.today + timedelta(days=offset)

    def at(self, offset: int, hour: float = 9.0) -> datetime:
        """That day at that hour on the clock of the network's zone, as an instant."""
        minutes = round(hour * 60)
        clock = time(minutes // 60, minutes % 60)
        return datetime.combine(self.day(offset), clock, self.zone)

    def fill(self, text: str) -> str:
        """Replace {{date:-24}} by 2015-03-24 and {{day:-24}} by Tue 24 March 2015, counted from today."""
        return _PLACEHOLDER.sub(self._filled, text)

    def _filled(self, found: re.Match[str]) -> str:
        day = self.day(int(found[2]))
        return day.isoformat() if found[1] == "date" else f"{day:%a} {day.day} {day:%B %Y}"


def spread(calendar: Calendar, *, days_ago: int, hour: float, over_days: int, count: int) -> list[datetime]:
    """When each of `count` replies came: in order, in waking hours, in bursts, the same at each call."""
    gaps = [1 + (i * i * 31 + i * 17) % 11**2 / 24 for i in range(1, count + 1)]
    share = (over_days * _WAKING_HOURS + (0 if over_days else 6)) / sum(gaps, 1.0)
    moments, elapsed = [], hour - _WAKING_FROM
    for gap in gaps:
        elapsed += gap * share
        day, awake = divmod(elapsed, _WAKING_HOURS)
        moments.append(calendar.at(int(day) - days_ago, _WAKING_FROM + awake))
    return moments
