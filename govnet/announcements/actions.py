"""Writing announcements, and having them sent: once, to each address once, and not without ten minutes to undo."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from govnet.announcements import events, rules
from govnet.announcements.audience import counted
from govnet.announcements.models import Announcement, AnnouncementState, Audience
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.clock import now
from govnet.kernel.errors import NotFound, RuleBroken, Stale
from govnet.kernel.text import render
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementInput:
    """The input of an officer: the text, and the audience."""

    subject: str
    source: str
    audience: Audience = Audience.EVERYBODY
    corrects_id: int | None = None


def write(network: Network, draft: AnnouncementInput, *, by: Actor) -> Announcement:
    """Begin a draft that every officer can go on with. Drafts are not in the record."""
    check_right(by, Can.WRITE_ANNOUNCEMENT, network)
    if draft.corrects_id is not None:
        _check_corrects(network, draft.corrects_id)
    moment = now()
    announcement = Announcement(
        network_id=network.id,
        subject=draft.subject,
        source=draft.source,
        html=render(draft.source),
        audience=draft.audience,
        corrects_id=draft.corrects_id,
        author_id=by.person_id,
        changed_by_id=by.person_id,
        created_at=moment,
        changed_at=moment,
    )
    db.session.add(announcement)
    return announcement


def _check_corrects(network: Network, key: int) -> None:
    other = db.session.get(Announcement, key)
    if other is None or other.network_id != network.id or other.state is not AnnouncementState.SENT:
        raise NotFound(_("There is no such announcement to correct."))


def edit(announcement: Announcement, draft: AnnouncementInput, *, seen: int, by: Actor) -> None:
    """Change a draft. Raises Stale, with both texts, when somebody changed it since version `seen`."""
    check_right(by, Can.WRITE_ANNOUNCEMENT, announcement)
    lock(announcement)
    _check_open(announcement)
    if announcement.version != seen:
        raise Stale(
            _("Somebody changed this announcement while you were writing."),
            newer=f"{announcement.subject}\n\n{announcement.source}",
            yours=f"{draft.subject}\n\n{draft.source}",
        )
    announcement.subject, announcement.source = draft.subject, draft.source
    announcement.html, announcement.audience = render(draft.source), draft.audience
    announcement.version += 1
    announcement.changed_by_id, announcement.changed_at = by.person_id or 0, now()


def lock(announcement: Announcement) -> None:
    """The row as it stands now, and nobody else's until the transaction ends."""
    db.session.refresh(announcement, with_for_update=True)


def _check_open(announcement: Announcement) -> None:
    if announcement.is_open:
        return
    words = {
        AnnouncementState.SCHEDULED: _("It is about to be sent. Undo that first."),
        AnnouncementState.SENT: _("It has already been sent. Write a correction instead."),
    }
    raise RuleBroken(words.get(announcement.state, _("This draft was deleted.")))


def drop(announcement: Announcement, *, by: Actor) -> None:
    """Throw a draft away."""
    check_right(by, Can.WRITE_ANNOUNCEMENT, announcement)
    lock(announcement)
    _check_open(announcement)
    announcement.state, announcement.held_why = AnnouncementState.DROPPED, ""


def order(
    announcement: Announcement, wanted: datetime | None, *, seen: int, by: Actor, via: Door
) -> Announcement:
    """Have it sent in ten minutes, or at the hour wanted, as it stood in the version that was checked.

    Nothing is queued before then. Raises Stale when it was changed since it was checked.
    """
    act = require(by, Can.SEND_ANNOUNCEMENT, announcement, via)
    lock(announcement)
    _check_open(announcement)
    network = db.session.get_one(Network, announcement.network_id)
    if announcement.version != seen:
        raise Stale(
            _(
                "Somebody changed this announcement after you checked it. It was not sent; please check it "
                "again."
            ),
            newer=f"{announcement.subject}\n\n{announcement.source}",
            yours="",
        )
    moment = now()
    announcement.goes_at, announcement.ordered_at = rules.goes_at(wanted, moment), moment
    announcement.sender_id, announcement.authority, announcement.role = (
        by.person_id,
        str(act.under),
        act.under.role,
    )
    announcement.state, announcement.held_why = AnnouncementState.SCHEDULED, ""
    _count(announcement, network, by)
    _record_ordered(announcement, act)
    return announcement


def _count(announcement: Announcement, network: Network, by: Actor) -> None:
    assert by.person_id is not None
    found = counted(network, by.person_id, announcement.audience)
    announcement.counted, announcement.counted_how = found.total, json.dumps(found.facts())


def _record_ordered(announcement: Announcement, act: Act) -> None:
    assert announcement.goes_at is not None
    record(
        events.AnnouncementOrdered(
            act=act,
            announcement=announcement,
            title=announcement.subject,
            goes_at=announcement.goes_at,
            audience=announcement.audience.value,
            counted=announcement.counted,
            digest=digest_of(announcement),
        )
    )


def digest_of(announcement: Announcement) -> str:
    """SHA-256, in hex, of the Markdown: what the record keeps of the text."""
    return hashlib.sha256(announcement.source.encode()).hexdigest()


def undo(announcement: Announcement, *, by: Actor, via: Door) -> None:
    """Take it back before the first mail leaves: it is a draft again, and nobody was written to."""
    act = require(by, Can.STEER_SENDING, announcement, via)
    lock(announcement)
    if announcement.state is AnnouncementState.SENT:
        raise RuleBroken(_("Too late to undo: the first mails are on their way. You can stop the others."))
    if announcement.state is not AnnouncementState.SCHEDULED:
        raise RuleBroken(_("It has already been undone."))
    announcement.state, announcement.goes_at, announcement.ordered_at = AnnouncementState.DRAFT, None, None
    record(
        events.AnnouncementUndone(
            act=act,
            announcement=announcement,
            title=announcement.subject,
        )
    )
