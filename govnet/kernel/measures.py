"""Measurements while things happen. They are dropped unless a program asks for metrics."""

from __future__ import annotations

from collections.abc import Callable

Hearer = Callable[[str, float, dict[str, str]], None]
_hearers: list[Hearer] = []


def hear(hearer: Hearer) -> None:
    """Call `hearer(what, value, labels)` for each measurement."""
    _hearers.append(hearer)


def tell(what: str, value: float = 1.0, /, **labels: str) -> None:
    """Something took `value` seconds, or happened."""
    for hearer in _hearers:
        hearer(what, value, labels)
