"""Making the deliveries of a large mail, some hundreds in a commit, so that nobody waits long to write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.duties import each_row
from govnet.mail import suppressions
from govnet.mail.models import Mail, MailLine, RecipientChunk, Rendering, Subscription
from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.audience import Recipient, as_subscribers
from govnet.mail.outgoing.outbox import Sheet
from govnet.mail.rules import DeliveryState
from govnet.people import addresses

_A_TURN = 5
"""Chunks between two looks at what else is to be done: somebody may wait for a sign-in mail."""


def run() -> int:
    """Make some of the deliveries that are missing; for how many recipients."""
    return each_row("make deliveries", RecipientChunk, _due, _unfold)


def _due(*which: Any) -> Iterable[int]:
    """While the line is held nothing is made, so that a copy's chunks can be dropped whole."""
    held = select(MailLine.id).where(MailLine.held_at.is_not(None)).exists()
    query = select(RecipientChunk.id).where(~held, *which)
    return db.session.scalars(query.order_by(RecipientChunk.priority, RecipientChunk.id).limit(_A_TURN))


def _unfold(key: int) -> int:
    """People and subscriptions as they are now: those who are gone since get nothing."""
    chunk = db.session.get_one(RecipientChunk, key, populate_existing=True)
    mail = db.session.get_one(Mail, chunk.mail_id, with_for_update=True, populate_existing=True)
    rows = db.session.execute(
        select(Rendering.language, Rendering.reader, Rendering.id).where(Rendering.mail_id == mail.id)
    )
    renderings = {(language, reader): key for language, reader, key in rows}
    sheet = Sheet(mail.id, mail.not_after, chunk.priority, chunk.starts_at, renderings)
    network = db.session.get(Network, mail.network_id) if mail.network_id else None
    found = outbox.in_offered(network, list(_recipients(chunk)))
    stopped = suppressions.among({one.address for one in found})
    marked = [replace(one, suppressed=one.address in stopped) for one in found]
    db.session.delete(chunk)
    return outbox.deliver(sheet, marked, _state(chunk, mail))


def _state(chunk: RecipientChunk, mail: Mail) -> DeliveryState:
    if chunk.stopped:
        return DeliveryState.CANCELLED
    return DeliveryState.QUEUED if mail.paused_at is None else DeliveryState.HELD


def _recipients(chunk: RecipientChunk) -> Iterator[Recipient]:
    pairs = json.loads(chunk.people)
    for one in addresses.readers([person for person, _ in pairs if person]):
        yield Recipient(one.address.lower(), one.name, one.language, one.person_id, reader=chunk.reader)
    keys = [subscription for person, subscription in pairs if not person]
    wanted = (Subscription.id.in_(keys), Subscription.just_mail, Subscription.silent_at.is_(None))
    yield from as_subscribers(db.session.scalars(select(Subscription).where(*wanted)).all())
