"""Acts of officers on the mails of an announcement under way: stop, go on, cancel, send to those who were missed."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from govnet.announcements import events
from govnet.announcements.actions import lock
from govnet.announcements.models import Announcement, AnnouncementState
from govnet.announcements.queries import mail_of
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.mail.delivery import mailings
from govnet.permissions import Can, require
from govnet.record.actions import record


def stop(announcement: Announcement, *, by: Actor, via: Door) -> None:
    """Hold the mails that have not gone; those that are out can't be called back."""
    act, mail_id = _ready(announcement, by, via)
    if mailings.pause(mail_id, by=by.name):
        _record(events.SendingStopped, announcement, act)


def resume(announcement: Announcement, *, by: Actor, via: Door) -> None:
    """Let the mails go on."""
    act, mail_id = _ready(announcement, by, via)
    if mailings.resume(mail_id):
        _record(events.SendingResumed, announcement, act)


def call_off(announcement: Announcement, *, by: Actor, via: Door) -> int:
    """The mails that have not gone are not sent at all; how many that spares."""
    act, mail_id = _ready(announcement, by, via)
    spared = mailings.cancel_unsent(mail_id)
    if spared:
        _record(events.SendingCutOff, announcement, act, number=spared)
    return spared


def send_to_missed(announcement: Announcement, *, by: Actor, via: Door) -> int:
    """Try once more where it failed, was called off or came too late; how many. Nobody gets it twice."""
    act, mail_id = _ready(announcement, by, via)
    number = mailings.send_to_missed(mail_id)
    if number:
        _record(events.SentToMissed, announcement, act, number=number)
    return number


def _ready(announcement: Announcement, by: Actor, via: Door) -> tuple[Act, int]:
    act = require(by, Can.STEER_SENDING, announcement, via)
    lock(announcement)
    mail_id = mail_of(announcement) if announcement.state is AnnouncementState.SENT else None
    if mail_id is None:
        raise RuleBroken(_("Its mails have not been made yet. Try again in a moment."))
    return act, mail_id


def _record(kind: type[Any], announcement: Announcement, act: Act, **more: Any) -> None:
    record(
        kind(
            act=act,
            announcement=announcement,
            title=announcement.subject,
            seen_by=events.readers(announcement),
            **more,
        )
    )
