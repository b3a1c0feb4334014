"""The stage of the demo's history: the people and things so far, and the clock that goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from govnet.charter.models import Network
from govnet.demo.facts import Facts
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.transaction import transaction
from govnet.membership.actor import actor_for


@dataclass(order=True)
class Step:
    """Something that happens at an instant; `alone` opens its own transactions."""

    at: datetime
    order: int
    act: Callable[[], object] = field(compare=False)
    alone: bool = field(compare=False, default=False)


@dataclass
class Stage:
    """Keys of the data files and the rows that they became."""

    facts: Facts
    calendar: Calendar
    network_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def network(self) -> Network:
        """The network, in the running session."""
        return db.session.get_one(Network, self.network_id)

    def actor(self, key: str) -> Actor:
        """The person of that key, judged by the rows of that day."""
        return actor_for(self.people[key], self.network())

    def at(self, when: datetime, act: Callable[[], object], *, alone: bool = False) -> None:
        """Have something happen at that instant; earlier calls happen first."""
        self.steps.append(Step(when, len(self.steps), act, alone))

    def days_ago(self, days: int, hour: float, act: Callable[[], object]) -> None:
        """Have something happen that many days before today, at that hour."""
        self.at(self.calendar.at(-days, hour), act)

    def play(self, moving: clock.MovedClock) -> int:
        """Play every step in the order of time; returns how many there were."""
        steps = sorted(self.steps)
        for step in steps:
            moving.move(to=min(step.at, self.calendar.now - timedelta(minutes=1)))
            if step.alone:
                step.act()
                continue
            with transaction():
                step.act()
        return len(steps)


def evenly(first: datetime, last: datetime, count: int) -> Iterable[datetime]:
    """`count` instants between two, neither of them among these."""
    gap = (last - first) / (count + 1)
    return (first + gap * number for number in range(1, count + 1))


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
