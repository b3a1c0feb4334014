"""Appeals, wherever one is made: which people may hear one, and what two of them make of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

T = TypeVar("T")


def may_hear(person_id: int | None, *, concerned: Collection[int | None], heard: Collection[int]) -> bool:
    """Whether this person is one of the others: not `concerned` by the case, and not `heard` already; a visitor never."""
    return person_id is not None and person_id not in concerned and person_id not in heard


def agreed_by_two(answers: Sequence[T]) -> T | None:
    """The first answer that two have given, in the order in which they spoke; None before that."""
    return next((each for n, each in enumerate(answers) if each in answers[:n]), None)
