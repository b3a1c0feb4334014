"""The news in somebody's networks since her last mark, for the page "You"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)

from govnet.accounts.models import CaughtUp
from govnet.accounts.tasks import Inside
from govnet.announcements.events import AnnouncementSent
from govnet.charter.events import CharterChanged
from govnet.decisions.closing import events as closing_events
from govnet.decisions.drafts.events import DraftSaved
from govnet.decisions.drafts.queries import still_open
from govnet.decisions.proposals import events as proposals_events
from govnet.extensions import db
from govnet.forum import events as forum
from govnet.forum.news import answers, followed
from govnet.kernel import clock
from govnet.letters import events as letters
from govnet.membership import events as membership
from govnet.membership.events import RepresentativeNamed
from govnet.membership.networks import Belonging
from govnet.offices import events as offices
from govnet.record import registry
from govnet.record.events import Event
from govnet.record.models import ChainHead, Entry
from govnet.record.queries import details

FIRST_WINDOW = timedelta(days=14)
"""How far back the page goes for somebody who never marked anything."""
SHOWN = 6
COUNTED = 500
"""Of one sort, so many at most are counted."""


class Group(StrEnum):
    """The parts of "since Tuesday", in the order of the page; the first that takes an entry has it."""

    ANSWERS = "answers"
    DECIDED = "decided"
    FOLLOWED = "followed"
    NEWS = "news"


@dataclass(frozen=True)
class Sort:
    """Entries that are news: events of these classes, of which `where(person_id)`, a condition on Entry, picks hers.

    Her own acts, and entries that she may not read, are left out anyhow.
    """

    events: tuple[type[Event], ...]
    where: Callable[[int], ColumnElement[bool]] | None = None


GROUPS: tuple[tuple[Group, tuple[Sort, ...]], ...] = (
    (Group.ANSWERS, (Sort((forum.Replied,), answers),)),
    (
        Group.DECIDED,
        (
            Sort(
                (
                    proposals_events.ProposalDecided,
                    closing_events.TrialEnded,
                    closing_events.EarlierHolds,
                    CharterChanged,
                )
            ),
        ),
    ),
    (
        Group.FOLLOWED,
        (Sort((forum.Replied, forum.ThreadFramed, forum.ThreadClosed, forum.ThreadReopened), followed),),
    ),
    (
        Group.NEWS,
        (
            Sort((forum.ThreadStarted, forum.TopicOpened)),
            Sort((membership.MemberJoined, membership.MemberAdmitted, RepresentativeNamed)),
            Sort((offices.TermGranted, offices.TermCutShort, offices.TermUnfit, offices.TermFitsAgain)),
            Sort((offices.TermEnded, offices.MandateGranted, offices.MandateCutShort)),
            Sort((offices.MandateEnded, offices.ReportFiled, AnnouncementSent)),
            Sort((letters.LetterOpened, letters.LetterSent, letters.ReplyCame)),
            Sort((DraftSaved,), still_open),
        ),
    ),
)


@dataclass(frozen=True)
class NewsLine:
    """One thing that happened."""

    words: str
    url: str | None
    at: datetime


@dataclass
class NewsPart:
    """One group of a window: the newest few, and how many there are."""

    group: Group
    total: int
    """At most COUNTED of each sort."""
    lines: list[NewsLine] = field(default_factory=list)

    @property
    def more_than_counted(self) -> bool:
        """Whether there may be more than `total`."""
        return self.total >= COUNTED


@dataclass
class Window:
    """The news of one network since `since`, up to entry `upto`: exactly what the button marks as read."""

    network: Any
    since: datetime
    after: int
    upto: int
    parts: list[NewsPart] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many things happened."""
        return sum(part.total for part in self.parts)


def windows(person_id: int, places: Sequence[Belonging], inside: Inside) -> list[Window]:
    """The news of each of her networks since her last mark there: two statements, for any number of networks."""
    by_id = {place.network.id: place for place in places}
    found = {w.network.id: w for w in _marks(person_id, by_id)}
    for row in _news(person_id, by_id, found):
        window = found[row.Entry.network_id]
        group, _sorts = GROUPS[row.place]
        if not window.parts or window.parts[-1].group is not group:
            window.parts.append(NewsPart(group, row.total))
        facts = details(row.Entry)
        with inside(window.network):
            line = NewsLine(registry.sentence(facts), registry.address(facts), row.Entry.at)
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
    found = [
        _newest(window, places[key], order, which).where(_not_hers(person_id))
        for key, window in marks.items()
        for order, (_group, sorts) in enumerate(GROUPS)
        for which in _belongs(sorts, person_id)
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


def _belongs(sorts: Sequence[Sort], person_id: int) -> Iterator[ColumnElement[bool]]:
    """The conditions under which an entry is of this group, for this person: each finds its rows by an index."""
    plain = [event.verb for sort in sorts if sort.where is None for event in sort.events]
    if plain:
        yield Entry.verb.in_(plain)
    for sort in sorts:
        if sort.where is not None:
            yield and_(Entry.verb.in_([event.verb for event in sort.events]), sort.where(person_id))


def _in_window(window: Window, place: Belonging) -> ColumnElement[bool]:
    return and_(
        Entry.network_id == window.network.id,
        Entry.number > window.after,
        Entry.number <= window.upto,
        Entry.visibility.in_(place.seen),
    )
