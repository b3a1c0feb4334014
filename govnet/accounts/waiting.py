"""What the page "You" shows: what waits for a person, and what happened since she last said that she has read it all.

Features bring theirs in listeners.bind(). All that waits is one statement, and so is its number beside You::

    def unanswered(person_id: int, now: datetime) -> Select[Any]:
        return thing(Version.network_id, Version.id, Version.title, Version.closes_at).where(...)

    waits("decisions.answer", unanswered, asks=_l("Your answer"),
          link=lambda network, key: url_for("decisions.proposal", network=network, version_id=key))
    news(Group.DECIDED, "decisions.closed")
    news(Group.ANSWERS, "forum.replied", where=lambda person_id: Entry.subject.in_(...))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from flask import g
from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, literal, select

from govnet.kernel.models import UTCInstant

Rows = Callable[[int, datetime], "Select[Any] | Sequence[Select[Any]]"]
Where = Callable[[int], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for somebody: what is asked, about what, until when, and where it is done."""

    kind: str
    network: Any
    key: int
    title: str
    until: datetime | None
    asks: str
    url: str
    in_place: str = ""
    """The template that lets her do it here; it reads `thing`."""
    extra: Any = None
    """What the kind's `load` found for it."""


class OnDesk(Protocol):
    """What waits on an officer's desk; a slice of it is in words."""

    def __len__(self) -> int: ...

    def __getitem__(self, which: slice, /) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Kind:
    """How a feature's rows become things that wait."""

    name: str
    rows: Rows
    asks: Any
    link: Callable[[Any, int], str]
    in_place: str = ""
    load: Callable[[int, Sequence[int]], Mapping[int, Any]] | None = None


class Group(StrEnum):
    """The parts of "since Tuesday", in the order of the page; the first whose `where` fits takes an entry."""

    ANSWERS = "answers"
    DECIDED = "decided"
    FOLLOWED = "followed"
    IDEAS = "ideas"
    NEWS = "news"


@dataclass
class News:
    """Which entries belong to a group: their verbs, each with the condition that makes it somebody's."""

    verbs: dict[str, Where | None] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}
_news: dict[Group, News] = {}
_desk: list[tuple[Callable[[int, Any], OnDesk], Callable[[int, Any], int]]] = []


def waits(
    kind: str,
    rows: Rows,
    *,
    asks: Any,
    link: Callable[[Any, int], str],
    in_place: str = "",
    load: Callable[[int, Sequence[int]], Mapping[int, Any]] | None = None,
) -> None:
    """Bring a kind of thing that waits. `rows(person_id, now)` is a select made with thing(), or several whose rows
    are put together, each once: one for each column by which things are hers, as an OR over two reads the whole
    table. `asks` says in two words what is wanted; `link(network, key)` is where it is done. With `in_place`, a
    template, it is done on the page itself; `load(person_id, keys)` then finds in one go what that template shows
    as `thing.extra`.
    """
    _kinds[kind] = Kind(kind, rows, asks, link, in_place, load)


def parts_of(kind: Kind, person_id: Any, now: Any) -> Sequence[Select[Any]]:
    """The selects whose rows are the kind's things."""
    found = kind.rows(person_id, now)
    return (found,) if isinstance(found, Select) else found


def thing(network_id: Any, key: Any, title: Any, until: Any = None) -> Select[Any]:
    """The columns of a thing that waits; add joins and conditions. `until` None: no date presses."""
    return select(
        cast(network_id, BigInteger).label("network_id"),
        cast(key, BigInteger).label("key"),
        cast(title, String).label("title"),
        (literal(None, UTCInstant()) if until is None else until).label("until"),
    )


def news(group: Group, *verbs: str, where: Where | None = None) -> None:
    """Show entries with these verbs under `group`; `where(person_id)`, a condition on Entry, picks out hers.

    What she did herself, and what she may not read, is left out for you.
    """
    _news.setdefault(group, News()).verbs.update(dict.fromkeys(verbs, where))


def desk_is(bring: Callable[[int, Any], OnDesk], count: Callable[[int, Any], int]) -> None:
    """Let `bring(person_id, network)` say what waits on that officer's desk, and `count` how many things:
    each has since, kind, words, url, by and trouble.
    """
    _desk[:] = [(bring, count)]


def on_desk(person_id: int, network: Any) -> OnDesk:
    """What waits for an officer of the network, oldest first; asked once a request."""
    kept: dict[tuple[int, int], OnDesk] = g.setdefault("desks", {})
    key = (person_id, network.id)
    if key not in kept:
        kept[key] = _desk[0][0](person_id, network) if _desk else ()
    return kept[key]


def how_many_on_desk(person_id: int, network: Any) -> int:
    """How many things those are."""
    kept = g.get("desks", {}).get((person_id, network.id))
    if kept is not None:
        return len(kept)
    return _desk[0][1](person_id, network) if _desk else 0


def kinds() -> Mapping[str, Kind]:
    """All that may wait."""
    return _kinds


def groups() -> Sequence[tuple[Group, News]]:
    """The groups that have anything, in the order of the page."""
    return [(group, _news[group]) for group in Group if group in _news]
