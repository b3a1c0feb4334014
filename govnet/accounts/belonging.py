"""The networks that a person belongs to, which floors above know: the factory says who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from govnet.record.events import Visibility


@dataclass(frozen=True)
class Belonging:
    """Somebody's place in one network today."""

    network: Any
    member: bool
    """Has rights there by a membership of her own, or speaks for an organisation that has."""
    officer: bool
    since: date | None
    roles: tuple[str, ...] = ()
    """In the words of the record: member, representative, steering, chair, coordinator, observer, found, lapsed."""
    organisations: tuple[str, ...] = ()
    membership_id: int | None = None
    """Her own membership, in whatever state, while it has no end."""

    @property
    def seen(self) -> frozenset[Visibility]:
        """Which entries of the record she may read."""
        members = {Visibility.MEMBERS} if self.member or self.officer else set()
        return frozenset({Visibility.PUBLIC, *members, *({Visibility.COMMITTEE} if self.officer else ())})


_ask: list[Callable[[int], Sequence[Belonging]]] = []


def networks_are(ask: Callable[[int], Sequence[Belonging]]) -> None:
    """Let `ask(person_id)` say where somebody belongs, by the network's name."""
    _ask[:] = [ask]


def networks_of(person_id: int) -> Sequence[Belonging]:
    """Every network in which the person has a membership, an organisation to speak for, or an office."""
    return _ask[0](person_id) if _ask else ()
