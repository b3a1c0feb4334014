"""Tasks on the desk, each with the page where an officer can act on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTask:
    """One thing on which an officer can act, as text and with its page."""

    since: datetime
    kind: str
    """The kind of item, in the reader's language: "Application", "Report", "Mail"."""
    words: str
    url: str
    by: datetime | None = None
    """Until when it must be done, if there is such an instant."""
    trouble: bool = False
    """Something went wrong, rather than is waiting its turn."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """The same before it becomes text, which is made only where it is shown; None if its page is not there."""

    since: datetime
    say: Callable[[], DeskTask | None]


class Desk:
    """Items for one officer, oldest first: their number, and as many in words as a page shows."""

    def __init__(self, found: Iterable[DeskTask | Unsaid]) -> None:
        self._found: Sequence[DeskTask | Unsaid] = sorted(found, key=lambda each: each.since)

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, which: slice) -> list[DeskTask]:
        said = (each.say() if isinstance(each, Unsaid) else each for each in self._found[which])
        return [each for each in said if each is not None]
