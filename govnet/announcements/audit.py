"""Compares announcements with the record."""

from collections.abc import Iterator

from sqlalchemy import select

from govnet.announcements.events import AnnouncementSent
from govnet.announcements.models import Announcement
from govnet.extensions import db
from govnet.record.audit import other_html, told
from govnet.record.registry import checks, keeps


def bind() -> None:
    """Have their texts and pages compared."""
    keeps(AnnouncementSent.verb, texts=_texts)
    checks(changed_pages)


def changed_pages(network_id: int) -> Iterator[str]:
    """Announcements that read otherwise on their page than they were written, or than they were sent."""
    query = select(Announcement.id, Announcement.source, Announcement.html)
    query = query.where(Announcement.network_id == network_id)
    sent = {entry.key: entry.said("title") for entry in told(network_id, AnnouncementSent.verb)}
    titles = select(Announcement.id, Announcement.subject).where(Announcement.id.in_(sent))
    for key, subject in db.session.execute(titles):
        if sent[key] not in (None, subject):
            yield f"announcement {key} was sent under another subject"
    yield from other_html(query, "the page of announcement %(name)s does not show its text")


def _texts(network_id: int) -> Iterator[tuple[str, str]]:
    query = select(Announcement.id, Announcement.source).where(Announcement.network_id == network_id)
    for key, source in db.session.execute(query):
        yield f"announcement:{key}", source
