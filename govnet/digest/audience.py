"""The people who get the weekly digest."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from govnet.extensions import db
from govnet.mail import suppressions
from govnet.mail.models import Subscription
from govnet.mail.outgoing.audience import MEMBER, Recipient, as_subscribers
from govnet.mail.subscriptions import belongs
from govnet.mail.volume import Volume


def readers(network_id: int) -> list[Recipient]:
    """Everybody who chose the digest; people who are no longer members read the public part."""
    rows = db.session.scalars(
        select(Subscription).where(
            Subscription.network_id == network_id,
            Subscription.volume == Volume.DIGEST,
            Subscription.silent_at.is_(None),
            Subscription.confirmed_at.is_not(None),
        )
    ).all()
    found: dict[str, Recipient] = {}
    for one in as_subscribers(rows):
        here = belongs(one.person_id, network_id)
        found[one.address] = replace(one, reader=MEMBER) if here else one
    stopped = suppressions.among(found)
    return [one for one in found.values() if one.address not in stopped]
