"""Tasks that wait for a person. A feature's `tasks.py` lists its kinds; `accounts/tasks.py` lists those of all features.

def unanswered(person_id: int, now: datetime) -> Select[Any]:
    return task_rows(Version.network_id, Version.id, Version.title, Version.closes_at).where(...)

TASKS = (
    TaskKind("decisions.answer", unanswered, asks=_l("Your answer"),
             link=lambda network, key: url_for("decisions.proposal", network=network, version_id=key)),
)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, literal, select

from govnet.kernel.models import UTCInstant

Rows = Callable[[int, datetime], "Select[Any] | Sequence[Select[Any]]"]


@dataclass(frozen=True, eq=False)
class TaskKind:
    """How a feature's rows become tasks."""

    name: str
    rows: Rows
    """With a person's id and the instant: a select made by task_rows(), or several whose rows are put together, each
    once: one for each column by which tasks are hers, since an OR over two reads the whole table."""
    asks: Any
    """The task in two words."""
    link: Callable[[Any, int], str]
    """With the network and the key: where it is done."""
    in_place: str = ""
    """The template that lets her do it on the page itself; it reads `thing`."""
    load: Callable[[int, Sequence[int]], Mapping[int, Any]] | None = None
    """With a person's id and keys: finds in one go what that template shows as `thing.extra`."""

    def parts(self, person_id: Any, now: Any) -> Sequence[Select[Any]]:
        """The selects whose rows are the kind's tasks."""
        found = self.rows(person_id, now)
        return (found,) if isinstance(found, Select) else found


@dataclass(frozen=True, slots=True)
class Task:
    """One task of somebody: what to do, about what, until when, and on which page."""

    kind: str
    network: Any
    key: int
    title: str
    until: datetime | None
    asks: str
    url: str
    in_place: str = ""
    extra: Any = None


def task_rows(network_id: Any, key: Any, title: Any, until: Any = None) -> Select[Any]:
    """The columns of a kind's rows; add joins and conditions. `until` None: no date presses."""
    return select(
        cast(network_id, BigInteger).label("network_id"),
        cast(key, BigInteger).label("key"),
        cast(title, String).label("title"),
        (literal(None, UTCInstant()) if until is None else until).label("until"),
    )
