"""Drafts as they are kept and read: what the form asked for, who wants it asked, and what is still missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from govnet.charter.rules import Charter, canonical
from govnet.decisions import ways
from govnet.decisions.beside import Draft, DraftState, Sponsor
from govnet.decisions.offices import OfficeInput
from govnet.decisions.opening import Ask, More, Words
from govnet.extensions import db
from govnet.forum import registry as threads
from govnet.forum.kinds import Audience
from govnet.forum.models import Thread
from govnet.forum.queries import reach
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.messages import Said
from govnet.kernel.statements import another
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import OfficeKind
from govnet.people.models import Representation
from govnet.record.models import Entry

T = TypeVar("T")


def dumps(words: Words, ask: Ask) -> str:
    """Canonical JSON of everything that would be asked."""
    named = [{**asdict(each), "key": ""} for each in words.offices]
    return canonical(_plain({"words": asdict(words) | {"offices": named}, "ask": asdict(ask)}))


EMPTY = '{"ask":{"matter":"statement"},"words":{"question":"","text":""}}'
"""What is left of a draft whose author removed her name."""


def loads(kept: str) -> tuple[Words, Ask]:
    """The same back; what this release does not know is left aside."""
    found = json.loads(kept)
    named = tuple(_office(each) for each in found["words"].pop("offices", ()))
    words = _read(Words, found["words"], more=_read(More, found["words"].get("more", {})), offices=named)
    return words, _read(Ask, found["ask"])


def _office(kept: Mapping[str, Any]) -> OfficeInput:
    return _read(OfficeInput, {**kept, "what": OfficeKind(kept["what"])})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: type[T], kept: Mapping[str, Any], **more: Any) -> T:
    typed = {each.name: str(each.type) for each in fields(kind) if each.name in kept}  # type: ignore[arg-type]
    return kind(**{name: _typed(how, kept[name]) for name, how in typed.items()} | more)


def _typed(how: str, value: Any) -> Any:
    if value and how.startswith("date"):
        return date.fromisoformat(value)
    return tuple(value) if how.startswith("tuple") else value


def locked(draft_id: int) -> Draft:
    """A draft as it stands in the database now, locked until the transaction ends."""
    db.session.execute(select(Draft.id).where(Draft.id == draft_id).with_for_update())
    fresh = select(Draft).where(Draft.id == draft_id).execution_options(populate_existing=True)
    return db.session.scalars(fresh).one()


def whole(draft_id: int) -> Draft:
    """A draft with its author and those who want it asked."""
    query = select(Draft).where(Draft.id == draft_id)
    with_names = selectinload(Draft.sponsors.and_(belongs())).joinedload(Sponsor.person)
    return db.session.scalars(query.options(joinedload(Draft.author), with_names)).one()


def that_became(proposal_id: int) -> Draft | None:
    """The draft as which a proposal began, locked; None where there was none."""
    query = select(Draft).where(Draft.proposal_id == proposal_id)
    return db.session.scalars(query.with_for_update(of=Draft)).one_or_none()


def sponsors_of(draft_id: int) -> list[int]:
    """Who wants a draft asked, of those who still belong, the first one first."""
    query = select(Sponsor.person_id).where(Sponsor.draft_id == draft_id, belongs())
    return list(db.session.scalars(query.order_by(Sponsor.at, Sponsor.id)))


def belongs() -> ColumnElement[bool]:
    """Whoever supports it is a member of its network today, or speaks for one: who left wants nothing asked any more."""
    draft, membership, voice = (
        another(Draft, "its"),
        another(Membership, "its"),
        another(Representation, "its"),
    )
    current = (
        exists()
        .where(draft.id == Sponsor.draft_id, membership.network_id == draft.network_id)
        .where(membership.state == MembershipState.ACTIVE, membership.end.is_(None))
    )
    spoken = (voice.organisation_id == membership.organisation_id, voice.end.is_(None))
    return or_(  # each by itself: an OR inside would read every membership of the network
        current.where(membership.person_id == Sponsor.person_id),
        current.where(voice.person_id == Sponsor.person_id, *spoken),
    )


def open_in(network_id: int, actor: Actor, limit: int = 50) -> Sequence[Draft]:
    """The open drafts that the actor may read, newest words first, in one statement and one for their support."""
    seen = reach(actor)
    readable: ColumnElement[bool] = Thread.visibility.in_(seen)
    if Audience.MEMBERS in seen:
        readable = or_(readable, Draft.thread_id.is_(None))
    query = (
        select(Draft)
        .outerjoin(Thread, Thread.id == Draft.thread_id)
        .where(Draft.network_id == network_id, Draft.state == DraftState.OPEN, readable)
        .options(joinedload(Draft.author), selectinload(Draft.sponsors.and_(belongs())))
        .order_by(Draft.changed_at.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def still_open(_person_id: int) -> ColumnElement[bool]:
    """Entries about drafts that can still be read before they are asked."""
    subject = literal(f"{Draft.__tablename__}:") + cast(Draft.id, String)
    return Entry.subject.in_(select(subject).where(Draft.state == DraftState.OPEN))


def open_of(thread_id: int) -> Select[Any]:
    """The open drafts that came out of a discussion, as lines beside it."""
    query = threads.line("draft", Draft.id, Draft.question, Draft.state, 0, 0, Draft.changed_at)
    return query.where(Draft.thread_id == thread_id, Draft.state == DraftState.OPEN)


def missing(charter: Charter, draft: Draft, supporters: int, zone: str) -> tuple[Said, ...]:
    """What the charter still wants before this draft can be asked."""
    return ways.missing(charter, supporters, draft.changed_at, clock.now(), ZoneInfo(zone))
