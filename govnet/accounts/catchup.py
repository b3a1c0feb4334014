"""What the page "You" reads: all that waits for somebody, and what happened since her last mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from govnet.accounts import waiting
from govnet.accounts.belonging import Belonging
from govnet.accounts.models import CaughtUp
from govnet.accounts.waiting import Group, Waiting
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.models import UTCInstant
from govnet.kernel.statements import rows
from govnet.record import registry
from govnet.record.models import ChainHead, Entry
from govnet.record.queries import details

FIRST_WINDOW = timedelta(days=14)
"""How far back the page goes for somebody who never marked anything."""
SHOWN = 6
MOST = 50
COUNTED = 500
"""Of one sort, so many at most are counted."""

Inside = Callable[[Any], AbstractContextManager[None]]
"""Makes addresses of pages of the given network."""


_PERSON: Any = bindparam("person", type_=BigInteger)
_NOW: Any = bindparam("now", type_=UTCInstant)


def _everything(person_id: Any, now: Any) -> Any:
    """The union of all that waits, or None while no feature has anything that could."""
    parts = [
        part.add_columns(literal(kind.name).label("kind"))
        for kind in waiting.kinds().values()
        for part in waiting.parts_of(kind, person_id, now)
    ]
    return union(*parts).subquery() if parts else None


@lru_cache(maxsize=8)
def _counted(_kinds: tuple[str, ...]) -> Any:
    """The statement behind the number beside You, built once for these kinds: every page of a member asks it."""
    found = _everything(_PERSON, _NOW)
    return None if found is None else select(func.count()).select_from(found)


def how_many_wait(person_id: int) -> int:
    """The number beside You: one statement."""
    query = _counted(tuple(waiting.kinds()))
    if query is None:
        return 0
    return int(rows(query, {"person": person_id, "now": clock.now()})[0][0])


def things_that_wait(person_id: int, inside: Inside) -> list[Waiting]:
    """All that waits, soonest first, what has no date last: one statement, and one for each kind that has a `load`."""
    things = _everything(person_id, clock.now())
    if things is None:
        return []
    query = (
        select(things, Network)
        .join(Network, Network.id == things.c.network_id)
        .order_by(things.c.until.is_(None), things.c.until, things.c.kind, things.c.key)
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    extras = _extras(person_id, found)
    return [_waiting(row, extras.get(row.kind, {}).get(row.key), inside) for row in found]


def _extras(person_id: int, found: Sequence[Row[Any]]) -> dict[str, Mapping[int, Any]]:
    loaded = {}
    for name in {row.kind for row in found}:
        load = waiting.kinds()[name].load
        if load is not None:
            loaded[name] = load(person_id, [row.key for row in found if row.kind == name])
    return loaded


def _waiting(row: Row[Any], extra: Any, inside: Inside) -> Waiting:
    kind = waiting.kinds()[row.kind]
    with inside(row.Network):
        url = kind.link(row.Network, row.key)
    return Waiting(
        kind.name, row.Network, row.key, row.title, row.until, str(kind.asks), url, kind.in_place, extra
    )


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    words: str
    url: str | None
    at: datetime


@dataclass
class Part:
    """One group of a window: the newest few, and how many there are."""

    group: Group
    total: int
    """At most COUNTED of each sort."""
    lines: list[Line] = field(default_factory=list)

    @property
    def more_than_counted(self) -> bool:
        """Whether there may be more than `total`."""
        return self.total >= COUNTED


@dataclass
class Window:
    """What happened in one network since `since`, up to entry `upto`: exactly what the button marks as read."""

    network: Any
    since: datetime
    after: int
    upto: int
    parts: list[Part] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many things happened."""
        return sum(part.total for part in self.parts)


def windows(person_id: int, places: Sequence[Belonging], inside: Inside) -> list[Window]:
    """What happened in each of her networks since her last mark there: two statements, however many networks."""
    by_id = {place.network.id: place for place in places}
    found, groups = {w.network.id: w for w in _marks(person_id, by_id)}, waiting.groups()
    for row in _news(person_id, by_id, found):
        window = found[row.Entry.network_id]
        group, _news_of = groups[row.place]
        if not window.parts or window.parts[-1].group is not group:
            window.parts.append(Part(group, row.total))
        facts = details(row.Entry)
        with inside(window.network):
            line = Line(registry.sentence(facts), registry.address(facts), row.Entry.at)
        window.parts[-1].lines.append(line)
    return [found[network_id] for network_id in by_id if network_id in found]


def _marks(person_id: int, places: Mapping[int, Belonging]) -> Iterator[Window]:
    first = clock.now() - FIRST_WINDOW
    before = select(Entry.number).where(Entry.network_id == ChainHead.network_id, Entry.at < first)
    before = before.order_by(Entry.at.desc(), Entry.number.desc()).limit(1)
    mine = and_(CaughtUp.network_id == ChainHead.network_id, CaughtUp.person_id == person_id)
    query = (
        select(
            ChainHead.network_id,
            ChainHead.number,
            CaughtUp.number.label("read"),
            CaughtUp.at,
            before.correlate(ChainHead).scalar_subquery().label("before"),
        )
        .outerjoin(CaughtUp, mine)
        .where(ChainHead.network_id.in_(places))
    )
    for row in db.session.execute(query):
        after = row.before if row.read is None else row.read
        yield Window(places[row.network_id].network, row.at or first, after or 0, row.number)


def _news(person_id: int, places: Mapping[int, Belonging], marks: Mapping[int, Window]) -> Sequence[Row[Any]]:
    """The newest entries of each group in each network, with how many there are in all; counted up to COUNTED."""
    groups = waiting.groups()
    found = [
        _newest(window, places[key], order, which).where(_not_hers(person_id))
        for key, window in marks.items()
        for order, (_group, news) in enumerate(groups)
        for which in _belongs(news, person_id)
    ]
    if not found:
        return ()
    each = union_all(*(select(part.subquery()) for part in found)).subquery()
    first = select(each.c.id, func.min(each.c.place).label("place")).group_by(each.c.id).subquery()
    within: dict[str, Any] = {"partition_by": (Entry.network_id, first.c.place)}
    chosen = (
        select(
            Entry.id,
            first.c.place,
            func.row_number().over(order_by=Entry.number.desc(), **within).label("rank"),
            func.count().over(**within).label("total"),
        )
        .join(first, first.c.id == Entry.id)
        .subquery()
    )
    return db.session.execute(_shown(chosen)).all()


def _newest(window: Window, place: Belonging, order: int, which: ColumnElement[bool]) -> Any:
    """The keys of the newest entries of one sort in a window, and the place of their group."""
    return (
        select(Entry.id, literal(order).label("place"))
        .where(which, _in_window(window, place))
        .order_by(Entry.number.desc())
        .limit(COUNTED)
    )


def _not_hers(person_id: int) -> ColumnElement[bool]:
    return or_(Entry.actor_id.is_(None), Entry.actor_id != person_id)


def _shown(chosen: Any) -> Select[Any]:
    return (
        select(Entry, chosen.c.place, chosen.c.total)
        .join(chosen, chosen.c.id == Entry.id)
        .where(chosen.c.rank <= SHOWN)
        .order_by(Entry.network_id, chosen.c.place, Entry.number.desc())
    )


def _belongs(news: waiting.News, person_id: int) -> Iterator[ColumnElement[bool]]:
    """The conditions under which an entry is of this group, for this person: each finds its rows by an index."""
    verbs: dict[Any, list[str]] = {}
    for verb, where in news.verbs.items():
        verbs.setdefault(where, []).append(verb)
    for where, some in verbs.items():
        yield Entry.verb.in_(some) if where is None else and_(Entry.verb.in_(some), where(person_id))


def _in_window(window: Window, place: Belonging) -> ColumnElement[bool]:
    return and_(
        Entry.network_id == window.network.id,
        Entry.number > window.after,
        Entry.number <= window.upto,
        Entry.visibility.in_(place.seen),
    )
