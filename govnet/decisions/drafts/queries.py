"""Drafts as they are kept and read: what the form asked for, who wants it asked, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from govnet.charter.rules import Charter
from govnet.decisions.drafts.models import Draft, DraftState, Sponsor
from govnet.decisions.rules import methods
from govnet.extensions import db
from govnet.forum.kinds import Readership
from govnet.forum.models import Thread
from govnet.forum.queries import reach
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.messages import Said
from govnet.kernel.statements import another
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Representation
from govnet.record.models import Entry

EMPTY = '{"ask":{"matter":"statement"},"words":{"question":"","text":""}}'
"""What is left of a draft whose author removed her name."""


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
    if Readership.MEMBERS in seen:
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
    query = slots.line("draft", Draft.id, Draft.question, Draft.state, 0, 0, Draft.changed_at)
    return query.where(Draft.thread_id == thread_id, Draft.state == DraftState.OPEN)


def missing(charter: Charter, draft: Draft, supporters: int, zone: str) -> tuple[Said, ...]:
    """What the charter still wants before this draft can be asked."""
    return methods.missing(charter, supporters, draft.changed_at, clock.now(), ZoneInfo(zone))
