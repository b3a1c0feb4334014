"""How a lower feature lets an upper one act in the same transaction, without knowing it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from govnet.kernel.per_app import PerApp

T = TypeVar("T")
_listeners: PerApp[defaultdict[type, list[Callable[[Any], None]]]] = PerApp(
    "listeners", lambda: defaultdict(list)
)


@dataclass(frozen=True)
class Starting:
    """Emitted before a process answers requests or works; a GovnetError keeps it from starting."""


@dataclass(frozen=True)
class WorkBegins:
    """Emitted by a worker before its first turn."""


@dataclass(frozen=True)
class WorkEnds:
    """Emitted by a worker that was asked to end, after its last turn."""


def listen(kind: type[T], listener: Callable[[T], None]) -> None:
    """Call `listener` with every emitted event of this very `kind`; registering twice changes nothing."""
    if listener not in _listeners()[kind]:
        _listeners()[kind].append(listener)


def emit(event: object) -> None:
    """Call those who listen for the event's kind, in the order in which they came, inside the running transaction."""
    for listener in _listeners()[type(event)]:
        listener(event)
