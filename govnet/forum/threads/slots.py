"""Slots of a thread's page that the floors above fill: results of a discussion, and next steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, String, bindparam, cast, literal, select, union_all

from govnet.kernel.per_app import PerApp
from govnet.kernel.statements import rows


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that came out of a discussion: a proposal, a decision."""

    words: str
    address: str
    state: str = ""
    kind: str = "plain"
    """How the state is coloured: plain, good, warn, bad, open."""


class ThreadLine(NamedTuple):
    """One line from a provider: the values for its sentence, in columns that all such providers share."""

    kind: str
    key: int
    title: str
    state: str
    members: int
    organisations: int
    at: datetime


Lines = Callable[[int], Select[Any]]
Say = Callable[[Sequence[ThreadLine]], Iterable[Beside]]
Onward = Callable[[Any], tuple[str, str, str] | None]

_onward: PerApp[list[Onward]] = PerApp("onward", list)
_lines: PerApp[dict[str, tuple[Lines, Say]]] = PerApp("lines", dict)

_every: PerApp[list[Any]] = PerApp("every_line", list)
"""The one statement for all lines, built once: building it costs more than asking it."""
_THREAD: Any = bindparam("thread_id", type_=BigInteger)


def line(
    kind: str, key: Any, title: Any, state: Any, members: Any, organisations: Any, at: Any
) -> Select[Any]:
    """The columns of a line; add joins and conditions."""
    columns: list[Any] = [cast(key, BigInteger), cast(title, String), cast(state, String)]
    counts: list[Any] = [cast(members, BigInteger), cast(organisations, BigInteger)]
    return select(literal(kind), *columns, *counts, at)


def lines_beside_threads(kind: str, rows_of: Lines, say: Say) -> None:
    """Register results of a discussion: `rows_of(thread_id)` is made with line(), and all kinds are one statement.

    `say` gets the lines of its kind, the newest first, where there are any; it may ask for more in one statement.
    """
    _lines()[kind] = (rows_of, say)
    _every().clear()


def beside(thread_id: int) -> list[Beside]:
    """The results of a discussion, kind after kind."""
    if not _lines():
        return []
    if not _every():
        _every().append(union_all(*(rows_of(_THREAD) for rows_of, _say in _lines().values())))
    lines = [ThreadLine._make(row) for row in rows(_every()[0], {"thread_id": thread_id})]
    lines.sort(key=lambda line: line.at, reverse=True)
    kinds = {kind: [line for line in lines if line.kind == kind] for kind in _lines()}
    return [one for kind, found in kinds.items() if found for one in _lines()[kind][1](found)]


def onward_from_threads(provider: Onward) -> None:
    """Register a `provider` for a next step of a thread's reader: label, address and icon, or None; no statements."""
    if provider not in _onward():
        _onward().append(provider)


def onward(thread: Any) -> list[tuple[str, str, str]]:
    """The next steps for the reader of a thread."""
    return [found for provider in _onward() if (found := provider(thread)) is not None]
