"""The weekly digest: exactly from the last entry of the one before to the newest; an empty one is not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from govnet.charter.models import Network, NetworkState
from govnet.digest.audience import readers
from govnet.digest.models import WeeklyDigest
from govnet.digest.rules import MOST_OF_A_KIND, DigestLine, Item, grouped, last_slot
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import each, lock_row
from govnet.kernel.transaction import transaction
from govnet.kernel.url_converters import inside
from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.audience import MEMBER
from govnet.mail.outgoing.notices import Notice
from govnet.mail.outgoing.outbox import Batch
from govnet.mail.page_addresses import site, site_url
from govnet.mail.rules import Priority
from govnet.mail.volume import News
from govnet.record import queries as record
from govnet.record import registry as verbs
from govnet.record.events import Visibility
from govnet.record.models import Entry

ORDER = (
    "decisions",
    "charter",
    "network",
    "offices",
    "announcements",
    "membership",
    "organisation",
    "forum",
)


def run() -> int:
    """Write the digest of every network whose Monday has come; how many were written."""
    networks = db.session.scalars(select(Network.id).where(Network.state == NetworkState.ACTIVE)).all()
    return each("digest", networks, _one, alone=True)


def _one(network_id: int) -> bool:
    network = db.session.get_one(Network, network_id)
    last = _last(network_id)
    if last is None:
        _begin(network_id)
        return False
    if last.at >= last_slot(clock.now(), network.zone):
        return False
    through = record.head_number(network_id)
    made = _batch(network, last.number, through) if through > last.number else None
    return _write(network_id, last.id, through, made)


def _last(network_id: int) -> WeeklyDigest | None:
    query = select(WeeklyDigest).where(WeeklyDigest.network_id == network_id)
    return db.session.scalar(query.order_by(WeeklyDigest.number.desc()).limit(1))


def _begin(network_id: int) -> None:
    """From here on: what happened before the first digest is history."""
    with transaction():
        lock_row(Network, network_id)
        if _last(network_id) is None:  # another worker may have been first
            number = record.head_number(network_id)
            db.session.add(WeeklyDigest(network_id=network_id, number=number, at=clock.now()))


def _write(network_id: int, last_id: int, through: int, made: Batch | None) -> bool:
    with transaction():
        last = db.session.get_one(WeeklyDigest, last_id, with_for_update=True)
        newest = _last(network_id)
        if newest is None or newest.id != last_id:
            return False  # another worker was first
        if through == last.number:
            last.at = clock.now()
            return False
        db.session.add(WeeklyDigest(network_id=network_id, number=through, at=clock.now()))
        if made is not None:
            outbox.enqueue(made)
    return made is not None


def _batch(network: Network, after: int, through: int) -> Batch | None:
    """The digest in bytes, or None if nobody wants it or nothing in it is for them."""
    entries = _entries(network.id, after, through)
    everything = _shown(network, entries)
    public = _shown(network, [e for e in entries if e.visibility is Visibility.PUBLIC])
    found = [one for one in readers(network.id) if (everything if one.reader == MEMBER else public)]
    if not found:
        return None
    zone = ZoneInfo(network.zone)
    days = {"first": entries[0].at.astimezone(zone).date(), "last": clock.today(network.zone)}
    context = {
        "everything": everything,
        "public": public,
        "days": days,
        "record_url": site_url("record.entries", network=network),
    }
    notice = Notice(template="mail/digest", news=News.ANNOUNCEMENT, context=context, priority=Priority.DIGEST)
    row = outbox.mail_row(notice, f"digest:{network.id}:{through}", network)
    return outbox.batch_of(notice, row, network, found)


def _entries(network_id: int, after: int, through: int) -> Sequence[Entry]:
    query = select(Entry).where(
        Entry.network_id == network_id,
        Entry.number > after,
        Entry.number <= through,
        Entry.visibility.in_((Visibility.PUBLIC, Visibility.MEMBERS)),
    )
    return db.session.scalars(query.order_by(Entry.number)).all()


def _shown(network: Network, entries: Sequence[Entry]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Headings, each with its lines and where they lead."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with inside(app, network):
        kinds = grouped([_item(entry) for entry in entries], ORDER)
    every = site_url("record.entries", network=network)
    headings = _headings()
    merged: dict[str, list[tuple[str, str]]] = {}
    for kind, lines in kinds.items():
        rows = [(_words(line), f"{site()}{line.address}" if line.address else every) for line in lines]
        merged.setdefault(headings[kind], []).extend(rows)
    return [(heading, _capped(rows, every)) for heading, rows in merged.items()]


def _item(entry: Entry) -> Item:
    details = record.details(entry)
    return Item(entry.verb, entry.subject, verbs.sentence(details), verbs.address(details))


def _words(line: DigestLine) -> str:
    if not line.more:
        return line.sentence
    more = ngettext("and %(num)s more like it", "and %(num)s more like it", line.more)
    return f"{line.sentence} ({more})"


def _capped(rows: list[tuple[str, str]], every: str) -> list[tuple[str, str]]:
    if len(rows) <= MOST_OF_A_KIND:
        return rows
    left = len(rows) - MOST_OF_A_KIND
    rest = ngettext("and %(num)s more", "and %(num)s more", left)
    return [*rows[:MOST_OF_A_KIND], (rest, every)]


def _headings() -> dict[str, Any]:
    people = _("Members and organisations")
    rules = _("Our rules")
    return {
        "decisions": _("Decisions and open proposals"),
        "charter": rules,
        "network": rules,
        "offices": _("Committee and coordinator"),
        "announcements": _("News"),
        "membership": people,
        "organisation": people,
        "forum": _("Discussions"),
    }
