"""What the worker does at each tick: features bring their duties, each a function that is harmless to run twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """`run` does what is due now and returns how many things it did; every `seconds` at most.

    `by_clock` says that it waits while the machine's clock cannot be believed: nothing closes a day early by a slip.
    """

    name: str
    run: Callable[[], int]
    seconds: float = 1.0
    by_clock: bool = True


ending = threading.Event()
"""Set when the worker is asked to end: a long duty looks at it between two things it does."""

_duties: dict[str, Duty] = {}


def duty(name: str, run: Callable[[], int], *, seconds: float = 1.0, by_clock: bool = True) -> None:
    """Have the worker call `run` every `seconds`; `by_clock`: not while its clock has just jumped."""
    _duties[name] = Duty(name, run, seconds, by_clock)


def duties() -> tuple[Duty, ...]:
    """All that was brought, in the order in which it came."""
    return tuple(_duties.values())
