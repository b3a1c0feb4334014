"""Slots of a thread's page that the floors above fill: results of a discussion, and next steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, String, bindparam, cast, literal, select, union_all

from govnet.extensions import db
from govnet.kernel.per_app import PerApp


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
Provider = Callable[[int], Sequence[Beside]]
Onward = Callable[[Any], tuple[str, str, str] | None]

_beside: PerApp[list[Provider]] = PerApp("beside", list)
_onward: PerApp[list[Onward]] = PerApp("onward", list)
_lines: PerApp[dict[str, tuple[Lines, Callable[[ThreadLine], Beside]]]] = PerApp("lines", dict)

_every: PerApp[list[Any]] = PerApp("every_line", list)
"""The one statement for all lines, built once: building it costs more than asking it."""
_THREAD: Any = bindparam("thread_id", type_=BigInteger)


def beside_threads(provider: Provider) -> None:
    """Register a `provider` for the results of a discussion (its id), in one statement; twice changes nothing."""
    if provider not in _beside():
        _beside().append(provider)


def line(
    kind: str, key: Any, title: Any, state: Any, members: Any, organisations: Any, at: Any
) -> Select[Any]:
    """The columns of a line; add joins and conditions."""
    columns: list[Any] = [cast(key, BigInteger), cast(title, String), cast(state, String)]
    counts: list[Any] = [cast(members, BigInteger), cast(organisations, BigInteger)]
    return select(literal(kind), *columns, *counts, at)


def lines_beside_threads(kind: str, rows: Lines, say: Callable[[ThreadLine], Beside]) -> None:
    """Like beside_threads, for a line's values: `rows(thread_id)` is made with line(), and all are one statement."""
    _lines()[kind] = (rows, say)
    _every().clear()


def beside(thread_id: int) -> list[Beside]:
    """The results of a discussion; of each kind of line, the newest first."""
    return [one for provider in _beside() for one in provider(thread_id)] + _said(thread_id)


def _said(thread_id: int) -> list[Beside]:
    if not _lines():
        return []
    if not _every():
        _every().append(union_all(*(rows(_THREAD) for rows, _say in _lines().values())))
    found = sorted(
        (ThreadLine._make(row) for row in db.session.execute(_every()[0], {"thread_id": thread_id})),
        key=lambda row: row.at,
        reverse=True,
    )
    return [_lines()[kind][1](row) for kind in _lines() for row in found if row.kind == kind]


def onward_from_threads(provider: Onward) -> None:
    """Register a `provider` for a next step of a thread's reader: label, address and icon, or None; no statements."""
    if provider not in _onward():
        _onward().append(provider)


def onward(thread: Any) -> list[tuple[str, str, str]]:
    """The next steps for the reader of a thread."""
    return [found for provider in _onward() if (found := provider(thread)) is not None]
