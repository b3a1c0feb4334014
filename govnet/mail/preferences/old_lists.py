"""Readers of an old list, many at once: taken over, and taken back until they have said anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, insert, literal, or_, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.statements import chunks
from govnet.mail.models import Delivery, Mail, Subscription
from govnet.mail.page_addresses import token
from govnet.mail.preferences.actions import ERASED, NOT_GONE, take_over
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import Volume
from govnet.people.addresses import owners

_IN_BULK = {"synchronize_session": False}


def take_over_all(network: Any, readers: Sequence[tuple[str, str]]) -> list[int]:
    """`take_over` for many, each address once, as `addresses.parsed` spells it, with its name.

    Returns the keys of their subscriptions in that order. Inside transaction().
    """
    spelt = [address for address, _name in readers]
    special = {address for address, owner in owners(spelt).items() if owner.verified}
    for some in chunks(sorted(spelt)):
        query = select(Subscription.address).where(
            Subscription.network_id == network.id, Subscription.address.in_(some)
        )
        special |= set(db.session.scalars(query))
    found = {address: take_over(network, address, name) for address, name in readers if address in special}
    db.session.flush()  # a list's rows name them by key
    keys = {address: row.id for address, row in found.items()}
    now = clock.now()
    new = [
        {"network_id": network.id, "address": address, "name": name, "token": token(), "just_mail": True,
         "created_at": now, "confirmed_at": now}
        for address, name in readers if address not in special
    ]  # fmt: skip
    if new:
        made = insert(Subscription).returning(Subscription.id, sort_by_parameter_order=True)
        keys |= dict(zip((row["address"] for row in new), db.session.scalars(made, new), strict=True))
    return [keys[address] for address in spelt]


def untouched(keys: Collection[int], since: datetime) -> set[int]:
    """Those of these subscriptions that are as they were made at `since`: their readers have said nothing."""
    found: set[int] = set()
    for some in chunks(sorted(keys)):
        query = select(Subscription.id).where(
            Subscription.id.in_(some),
            Subscription.created_at == since,
            Subscription.just_mail,
            Subscription.silent_at.is_(None),
            Subscription.asked_at.is_(None),
            Subscription.volume == Volume.CONCERNS_ME,
        )
        found |= set(db.session.scalars(query))
    return found


def take_back(network_id: int, keys: Collection[int]) -> None:
    """End subscriptions that an old list made: no mail from now on, waiting mail included, and the addresses are free again."""
    mails = select(Mail.id).where(Mail.network_id == network_id)
    erased, now = literal("erased-").concat(cast(Subscription.id, String)), clock.now()
    for some in chunks(sorted(keys)):
        subscriptions = Subscription.id.in_(some)
        people = select(Subscription.person_id).where(subscriptions, Subscription.person_id.is_not(None))
        theirs = Delivery.subscription_id.in_(some)
        waiting = (
            or_(theirs, Delivery.person_id.in_(people)),
            Delivery.state.in_(NOT_GONE),
            Delivery.mail_id.in_(mails),
        )
        of_address = Subscription.address.is_not(None)
        for statement in (
            update(Delivery).where(*waiting).values(state=DeliveryState.CANCELLED, changed_at=now),
            update(Delivery).where(theirs).values(address=ERASED, name=""),
            update(Subscription).where(subscriptions, ~of_address).values(just_mail=False),
            update(Subscription)
            .where(subscriptions, of_address)
            .values(address=erased, name="", silent_at=now),
        ):
            db.session.execute(statement.execution_options(**_IN_BULK))


def cancel_letters(network_id: int, templates: Collection[str], addresses: Collection[str]) -> None:
    """Cancel letters of these kinds to these addresses that have not gone yet."""
    mails = select(Mail.id).where(Mail.network_id == network_id, Mail.template.in_(templates))
    for some in chunks(sorted(addresses)):
        waiting = (Delivery.address.in_(some), Delivery.state.in_(NOT_GONE), Delivery.mail_id.in_(mails))
        cancelled = (
            update(Delivery).where(*waiting).values(state=DeliveryState.CANCELLED, changed_at=clock.now())
        )
        db.session.execute(cancelled.execution_options(**_IN_BULK))
