"""What the forum asks of the floors above: what came out of a discussion, where one goes from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that came out of a discussion: a proposal, a decision."""

    words: str
    address: str
    state: str = ""
    kind: str = "plain"
    """How the state is coloured: plain, good, warn, bad, open."""


Provider = Callable[[int], Sequence[Beside]]
Onward = Callable[[Any], tuple[str, str] | None]

_beside: list[Provider] = []
_onward: list[Onward] = []


def beside_threads(provider: Provider) -> None:
    """Have `provider` say what came out of a discussion (its id), in one statement; twice changes nothing."""
    if provider not in _beside:
        _beside.append(provider)


def beside(thread_id: int) -> list[Beside]:
    """What came out of a discussion."""
    return [one for provider in _beside for one in provider(thread_id)]


def onward_from_threads(provider: Onward) -> None:
    """Have `provider` say what the reader of a thread can do next: words and address, or None; no statements."""
    if provider not in _onward:
        _onward.append(provider)


def onward(thread: Any) -> list[tuple[str, str]]:
    """What the reader of a thread can do next."""
    return [found for provider in _onward if (found := provider(thread)) is not None]
