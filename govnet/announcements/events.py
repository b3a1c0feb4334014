"""Events of announcements from the order to send on. Drafts make no entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.announcements.models import Announcement
from govnet.kernel.messages import NN_
from govnet.record.events import Event, Visibility


class _About(Event):
    subject: ClassVar[str] = "announcement"
    words_of: ClassVar[frozenset[str]] = frozenset({"title"})

    announcement: Announcement
    title: str


def readers(announcement: Announcement) -> Visibility:
    """The people who may know of it once it is sent: its recipients."""
    return Visibility.MEMBERS if announcement.for_members else Visibility.PUBLIC


class AnnouncementOrdered(_About):
    """Somebody wants it sent at a time; until then it can be undone."""

    verb: ClassVar[str] = "announcements.ordered"
    sentence: ClassVar[Any] = _l("%(actor)s ordered “%(title)s” to be sent.")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE

    goes_at: datetime
    audience: str
    counted: int
    digest: str


class AnnouncementUndone(_About):
    """It was taken back before the first mail left."""

    verb: ClassVar[str] = "announcements.undone"
    sentence: ClassVar[Any] = _l("%(actor)s took “%(title)s” back before it was sent.")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE


class AnnouncementHeld(_About):
    """Its time came, or the mandate ended, and the person who ordered it may no longer send it."""

    verb: ClassVar[str] = "announcements.held"
    sentence: ClassVar[Any] = _l("“%(title)s” was not sent: %(why)s")
    visibility: ClassVar[Visibility] = Visibility.COMMITTEE

    why: str


class AnnouncementSent(_About):
    """It goes out, and is in the archive."""

    verb: ClassVar[str] = "announcements.sent"
    sentence: ClassVar[Any] = _l("%(actor)s sent an announcement: “%(title)s”")

    audience: str
    digest: str
    corrects: Announcement | None


class SendingStopped(_About):
    """Somebody stopped the mails that had not gone yet."""

    verb: ClassVar[str] = "announcements.stopped"
    sentence: ClassVar[Any] = _l("%(actor)s stopped the mails of “%(title)s” that had not been sent yet.")


class SendingResumed(_About):
    """Somebody let the mails go on."""

    verb: ClassVar[str] = "announcements.resumed"
    sentence: ClassVar[Any] = _l("%(actor)s let the mails of “%(title)s” go on.")


class SendingCutOff(_About):
    """Somebody decided that the mails that had not gone are not sent at all."""

    verb: ClassVar[str] = "announcements.cut_off"
    sentence: ClassVar[Any] = NN_(
        "%(actor)s called off the %(number)s mail of “%(title)s” that had not been sent yet.",
        "%(actor)s called off the %(number)s mails of “%(title)s” that had not been sent yet.",
    )
    counts: ClassVar[str] = "number"

    number: int


class SentToMissed(_About):
    """Somebody had it sent again to those who did not get it."""

    verb: ClassVar[str] = "announcements.sent_to_missed"
    sentence: ClassVar[Any] = NN_(
        "%(actor)s had “%(title)s” sent again to %(number)s address that was missed.",
        "%(actor)s had “%(title)s” sent again to %(number)s addresses that were missed.",
    )
    counts: ClassVar[str] = "number"

    number: int
