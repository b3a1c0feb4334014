"""All that waits for a person, of every feature: one statement, and so is its number beside You."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, func, literal, select, union

from govnet.charter.models import Network
from govnet.coordinator import tasks as coordinator
from govnet.decisions import tasks as decisions
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.models import UTCInstant
from govnet.kernel.statements import rows
from govnet.kernel.tasks import Task, TaskKind
from govnet.letters import tasks as letters
from govnet.membership import tasks as membership
from govnet.offices import tasks as offices

KINDS: tuple[TaskKind, ...] = (
    *offices.TASKS,
    *membership.TASKS,
    *decisions.TASKS,
    *coordinator.TASKS,
    *letters.TASKS,
)
MOST = 50
"""Tasks on the page You."""

Inside = Callable[[Any], AbstractContextManager[None]]
"""Makes addresses of pages of the given network."""

_PERSON: Any = bindparam("person", type_=BigInteger)
_NOW: Any = bindparam("now", type_=UTCInstant)


def _everything(kinds: Sequence[TaskKind], person_id: Any, now: Any) -> Any:
    """The union of all that waits."""
    parts = [
        part.add_columns(literal(kind.name).label("kind"))
        for kind in kinds
        for part in kind.parts(person_id, now)
    ]
    return union(*parts).subquery()


@lru_cache(maxsize=8)
def _counted(kinds: tuple[TaskKind, ...]) -> Any:
    """The statement behind the number beside You, built once for these kinds: every page of a member asks it."""
    return select(func.count()).select_from(_everything(kinds, _PERSON, _NOW))


def how_many_wait(person_id: int) -> int:
    """The number beside You: one statement."""
    return int(rows(_counted(KINDS), {"person": person_id, "now": clock.now()})[0][0])


def tasks_of(person_id: int, inside: Inside) -> list[Task]:
    """All tasks, soonest first, undated ones last: one statement, and one for each kind that has a `load`."""
    waiting = _everything(KINDS, person_id, clock.now())
    query = (
        select(waiting, Network)
        .join(Network, Network.id == waiting.c.network_id)
        .order_by(waiting.c.until.is_(None), waiting.c.until, waiting.c.kind, waiting.c.key)
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    kinds = {kind.name: kind for kind in KINDS}
    extras = _extras(person_id, kinds, found)
    return [_task(kinds[row.kind], row, extras.get(row.kind, {}).get(row.key), inside) for row in found]


def _extras(
    person_id: int, kinds: Mapping[str, TaskKind], found: Sequence[Row[Any]]
) -> dict[str, Mapping[int, Any]]:
    loaded = {}
    for name in {row.kind for row in found}:
        load = kinds[name].load
        if load is not None:
            loaded[name] = load(person_id, [row.key for row in found if row.kind == name])
    return loaded


def _task(kind: TaskKind, row: Row[Any], extra: Any, inside: Inside) -> Task:
    with inside(row.Network):
        url = kind.link(row.Network, row.key)
    return Task(
        kind.name, row.Network, row.key, row.title, row.until, str(kind.asks), url, kind.in_place, extra
    )
