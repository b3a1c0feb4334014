"""What the program holds about a person: every feature says what it has, and takes it out when she goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_held: dict[str, Callable[[int], Any]] = {}
_forgetters: list[Callable[[int], Iterable[str] | None]] = []


def yours(section: str, held: Callable[[int], Any]) -> None:
    """Put what `held(person_id)` finds (plain JSON; rows as dictionaries) under `section` of her export."""
    _held[section] = held


def forget(forgetter: Callable[[int], Iterable[str] | None]) -> None:
    """Have `forgetter(person_id)` called when somebody removes her name, in the same transaction.

    It empties what is hers and ends what she holds (memberships, terms, speaking for organisations). It may return
    further references ("application:7") whose entries in the record hold her words; those words go too.
    """
    if forgetter not in _forgetters:
        _forgetters.append(forgetter)


def everything_held(person_id: int) -> Mapping[str, Any]:
    """The whole export, section by section."""
    return {section: held(person_id) for section, held in sorted(_held.items())}


def forget_everywhere(person_id: int) -> set[str]:
    """Ask every feature, from the top floor down, to forget; returns the references they named."""
    named: set[str] = set()
    for forgetter in reversed(_forgetters):
        named.update(forgetter(person_id) or ())
    return named
