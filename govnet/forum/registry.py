"""What the forum asks of the floors above: who holds office, and what stands beside a discussion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

Officers = Callable[[int], Collection[int]]


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that came out of a discussion: a proposal, a decision."""

    words: str
    address: str
    state: str = ""
    kind: str = "plain"
    """How the state is coloured: plain, good, warn, bad, open."""


Provider = Callable[[int], Sequence[Beside]]

_officers: list[Officers] = []
_beside: list[Provider] = []


def officers_are(lookup: Officers) -> None:
    """Where to ask which persons sit on a network's committee or coordinate it today."""
    _officers[:] = [lookup]


def officers(network_id: int) -> Collection[int]:
    """The persons who look after the network's discussions today."""
    return _officers[0](network_id) if _officers else ()


def beside_threads(provider: Provider) -> None:
    """Have `provider` say what came out of a discussion (its id), in one statement; registering twice changes nothing."""
    if provider not in _beside:
        _beside.append(provider)


def beside(thread_id: int) -> list[Beside]:
    """What came out of a discussion."""
    return [one for provider in _beside for one in provider(thread_id)]
