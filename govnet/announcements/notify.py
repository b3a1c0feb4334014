"""Notices of announcements: a sent one goes to everybody, a held one to the officers."""

from __future__ import annotations

from flask import url_for

from govnet.announcements import events
from govnet.announcements.audience import notice_of
from govnet.announcements.models import Announcement
from govnet.extensions import db
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.offices.queries import officers
from govnet.people.models import Person
from govnet.record import registry


def sent(told: ToldEntry) -> Notice:
    """To the whole audience, each address once."""
    announcement = db.session.get_one(Announcement, told.key)
    return notice_of(announcement, told.network, db.session.get_one(Person, announcement.sender_id))


def held(told: ToldEntry) -> Notice:
    """To the person who ordered it, and to the officers of today."""
    announcement = db.session.get_one(Announcement, told.key)
    people = {*officers(told.network.id), announcement.sender_id or 0}
    return Notice(
        template="announcements/held",
        news=News.ALWAYS,
        context={"announcement": announcement, "why": told.details["why"]},
        always=people,
    )


def bind() -> None:
    """Bind the notices, and entries about announcements to their pages."""
    registry.tell(sent, events.AnnouncementSent)
    registry.tell(held, events.AnnouncementHeld)
    registry.link_to(
        "announcement", lambda d: url_for("announcements.announcement", announcement_id=int(d["key"]))
    )
