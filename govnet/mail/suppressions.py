"""Addresses to which we stopped writing, kept as keyed digests so that the list names nobody."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.insertion import row_of
from govnet.kernel.statements import chunks
from govnet.mail.message import MailKind
from govnet.mail.models import Delivery, Mail, Suppression
from govnet.mail.rules import DeliveryState, Why, stops_writing
from govnet.people.addresses import keyed_digest

_CAUSES = (Why.ADDRESS_GONE, Why.MAILBOX_FULL, Why.UNKNOWN)


def digest(address: str) -> str:
    """The address's keyed digest (HMAC-SHA256 under MAIL_KEY), in hex."""
    return keyed_digest("suppression", address)


def among(addresses: Collection[str]) -> frozenset[str]:
    """Those of these addresses to which we stopped writing."""
    by_digest = {digest(address): address for address in addresses}
    found: set[str] = set()
    for some in chunks(by_digest):
        query = select(Suppression.digest).where(
            Suppression.digest.in_(some), Suppression.lifted_at.is_(None)
        )
        found.update(by_digest[d] for d in db.session.scalars(query))
    return frozenset(found)


def how_many(addresses: Select[Any], also: str | None = None) -> int:
    """To how many of these addresses, found by a query, we stopped writing; none is loaded where we stopped nowhere."""
    stopped = frozenset(db.session.scalars(select(Suppression.digest).where(Suppression.lifted_at.is_(None))))
    if not stopped:
        return 0
    found = (*db.session.scalars(addresses), *([also.lower()] if also else []))
    return sum(digest(address) in stopped for address in found)


def of(address: str) -> Suppression | None:
    """Whether and why we stopped writing to this address."""
    row = db.session.get(Suppression, digest(address))
    return None if row is None or row.lifted_at is not None else row


def count_return(address: str, why: Why) -> bool:
    """After a mail came back: stop writing there if that happened too often; says whether it did now."""
    if why not in _CAUSES:
        return False
    row = db.session.get(Suppression, digest(address))
    returned = _returned(address, since=None if row is None else row.lifted_at)
    if not stops_writing(returned) or (row is not None and row.lifted_at is None):
        return False
    now = clock.now()
    row = row_of(Suppression, digest=digest(address), why=why, returned=returned, since=now)
    row.why, row.returned, row.since, row.lifted_at = why, returned, now, None
    _suppress_waiting(address, why)
    return True


def _returned(address: str, since: datetime | None) -> int:
    """How many mails came back since the provider last took one, or since writing there was tried anew."""
    here = (Delivery.address == address,)
    taken = db.session.scalar(
        select(func.max(Delivery.changed_at)).where(*here, Delivery.state == DeliveryState.ACCEPTED)
    )
    query = select(func.count()).where(
        *here, Delivery.state == DeliveryState.FAILED, Delivery.why.in_(_CAUSES)
    )
    for moment in filter(None, (taken, since)):
        query = query.where(Delivery.changed_at > moment)
    return db.session.scalar(query) or 0


def _suppress_waiting(address: str, why: Why) -> None:
    lists = select(Mail.id).where(Mail.kind != MailKind.PERSONAL)
    waiting = Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED))
    db.session.execute(
        update(Delivery)
        .where(Delivery.address == address, waiting, Delivery.mail_id.in_(lists))
        .values(state=DeliveryState.SUPPRESSED, why=why, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def lift(address: str) -> bool:
    """Try the address again: earlier bounces no longer count. Returns whether it was suppressed."""
    row = of(address)
    if row is not None:
        row.lifted_at = clock.now()
    return row is not None
