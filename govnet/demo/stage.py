"""Where the demo's history is played: who and what has come into being so far, and the clock that goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from govnet.charter.models import Network
from govnet.demo.dates import Calendar
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
        """Have something happen at that instant; what was said first happens first."""
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
