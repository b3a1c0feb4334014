"""Reading announcements: the archive, one of them, and how far its mails are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from govnet.announcements.models import Announcement, AnnouncementState, Audience
from govnet.extensions import db
from govnet.kernel.actor import Actor
from govnet.kernel.models import reference
from govnet.mail import queries as mails
from govnet.mail.models import Delivery, Mail
from govnet.mail.queries import Progress
from govnet.mail.rules import MISSED
from govnet.mail.rules import DeliveryState as Delivered
from govnet.record.models import Entry

PAGE = 30


@cache
def _people() -> tuple[Any, ...]:
    return (
        joinedload(Announcement.sender),
        joinedload(Announcement.author),
        joinedload(Announcement.changed_by),
    )


def archive(
    network_id: int, actor: Actor, *, before: datetime | None = None, limit: int = PAGE
) -> Sequence[Announcement]:
    """Sent announcements that the actor may read, newest first."""
    query = select(Announcement).where(
        Announcement.network_id == network_id, Announcement.state == AnnouncementState.SENT
    )
    if not (actor.is_member or actor.is_officer):
        query = query.where(Announcement.audience == Audience.EVERYBODY)
    if before is not None:
        query = query.where(Announcement.sent_at < before)
    query = query.order_by(Announcement.sent_at.desc(), Announcement.id.desc()).limit(limit)
    return db.session.scalars(query.options(*_people())).all()


def in_progress(network_id: int) -> Sequence[Announcement]:
    """Drafts, scheduled and held ones, the newest change first."""
    query = select_in_progress(network_id).options(*_people())
    return db.session.scalars(query.order_by(Announcement.changed_at.desc())).all()


def select_in_progress(network_id: Any) -> Select[Any]:
    """The same, to be counted."""
    states = (AnnouncementState.DRAFT, AnnouncementState.SCHEDULED, AnnouncementState.HELD)
    return select(Announcement).where(Announcement.network_id == network_id, Announcement.state.in_(states))


def whole(announcement_id: int) -> Announcement:
    """One announcement with the people around it."""
    query = select(Announcement).where(Announcement.id == announcement_id).options(*_people())
    return db.session.scalars(query).one()


def last_sent_at(network_id: int) -> datetime | None:
    """When the network last sent one."""
    query = select(func.max(Announcement.sent_at)).where(Announcement.network_id == network_id)
    return db.session.scalar(query)


def corrections(announcement_id: int) -> Sequence[Announcement]:
    """Its corrections, if they were sent."""
    query = select(Announcement).where(
        Announcement.corrects_id == announcement_id, Announcement.state == AnnouncementState.SENT
    )
    return db.session.scalars(query.order_by(Announcement.sent_at)).all()


def mail_of(announcement: Announcement) -> int | None:
    """The mail that a sent announcement became, once the worker has made it."""
    query = (
        select(Mail.id)
        .join(Entry, Entry.id == Mail.entry_id)
        .where(
            Entry.network_id == announcement.network_id,
            Entry.subject == reference(announcement),
            Entry.verb == "announcements.sent",
        )
    )
    return db.session.scalar(query.order_by(Mail.id).limit(1))


def progress(announcement: Announcement, mail_id: int | None) -> Progress:
    """Four numbers (and those that were stopped) that add up to the audience at every moment.

    Until the worker has made the mails, everybody who was counted waits.
    """
    if mail_id is None:
        return Progress(waiting=announcement.counted)
    return mails.progress([mail_id])


def missed(mail_id: int) -> int:
    """How many "send to those who were missed" would try: not where we stopped writing."""
    query = select(func.count()).where(
        Delivery.mail_id == mail_id, Delivery.state.in_(MISSED - {Delivered.SUPPRESSED})
    )
    return db.session.scalar(query) or 0


def counted_how(announcement: Announcement) -> dict[str, Any]:
    """How the number of recipients came about, as it was when it was ordered."""
    found: dict[str, Any] = json.loads(announcement.counted_how)
    return found
