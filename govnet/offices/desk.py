"""The officers' desk: what waits for them, brought by every room, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from govnet.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that an officer can do something about, in words and with the page where it is done."""

    since: datetime
    kind: str
    """What sort of thing, in the reader's language: "Application", "Report", "Mail"."""
    words: str
    url: str
    by: datetime | None = None
    """Until when it must be done, if there is such an instant."""
    trouble: bool = False
    """Something went wrong, rather than is waiting its turn."""


Bringer = Callable[[Any, Actor], Iterable[Waiting]]
_bringers: list[Bringer] = []


def on_desk(bring: Bringer) -> None:
    """Have `bring(network, actor)` say what waits; registering twice changes nothing. Ask in one statement."""
    if bring not in _bringers:
        _bringers.append(bring)


def on_the_desk(network: Any, actor: Actor) -> list[Waiting]:
    """Everything that waits for this officer, oldest first."""
    found = [waiting for bring in _bringers for waiting in bring(network, actor)]
    return sorted(found, key=lambda waiting: (waiting.since, waiting.url))
