"""Announcements on the officers' desk: drafts, those that go out soon, and held ones."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from govnet.announcements.models import Announcement, AnnouncementState
from govnet.announcements.queries import in_progress
from govnet.charter.models import Network
from govnet.desk.tasks import DeskTask


def unsent(network: Network) -> Iterator[DeskTask]:
    """Announcements that have not been sent."""
    for row in in_progress(network.id):
        yield DeskTask(
            since=row.created_at,
            kind=_("Announcement"),
            words=_words(row),
            url=url_for("announcements.announcement", announcement_id=row.id),
            by=row.goes_at,
            trouble=row.state is AnnouncementState.HELD,
        )


def _words(row: Announcement) -> str:
    if row.state is AnnouncementState.HELD:
        return str(_("“%(subject)s” was held: %(why)s", subject=row.subject, why=row.held_why))
    if row.state is AnnouncementState.SCHEDULED:
        return str(_("“%(subject)s” goes out soon", subject=row.subject))
    return str(_("“%(subject)s” is a draft", subject=row.subject))
