"""One address, one answer about mail: what an address said becomes its owner's once she has proved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import current_app
from sqlalchemy import ColumnElement, delete, or_, select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.insertion import insert_once
from govnet.kernel.statements import chunks
from govnet.mail.models import Delivery, Subscription
from govnet.mail.page_addresses import token
from govnet.people import addresses
from govnet.people.addresses import AddressProved, MailWish, Owner

_IN_BULK = {"synchronize_session": False}


def of_address(network_id: int, address: str) -> Subscription | None:
    """The choice of an address's owner about a network's mail, through any door; None without one."""
    return db.session.scalar(
        select(Subscription).where(Subscription.network_id == network_id, _whose(address))
    )


def _whose(address: str) -> ColumnElement[bool]:
    owner = addresses.owner(address)
    if owner is None or not owner.verified:
        return Subscription.address == address
    return Subscription.person_id == owner.person_id


def begun(network_id: int, address: str, name: str, language: str) -> Subscription:
    """The same, from now on in a row: the person's where a person proved the address, otherwise the address's own."""
    row = of_address(network_id, address)
    if row is not None:
        return row
    owner = addresses.owner(address)
    if owner is not None and owner.verified:
        return of_person(owner.person_id, network_id)
    row = Subscription(network_id=network_id, address=address, name=name, language=language, just_mail=True)
    row.token, row.created_at = token(), clock.now()
    db.session.add(row)
    db.session.flush()  # an address that is no address stops here, not in the worker
    return row


def of_person(person_id: int | None, network_id: int) -> Subscription:
    """The person's choice about the network's mail, from now on in a row."""
    now = clock.now()
    here = {"network_id": network_id, "person_id": person_id}
    insert_once(Subscription, **here, token=token(), just_mail=False, created_at=now, confirmed_at=now)
    return db.session.scalars(select(Subscription).filter_by(**here)).one()


def taken_by(address: str) -> Sequence[tuple[str, str]]:
    """The networks whose mail an address takes without an account: each one's name, and the token of the choice."""
    query = (
        select(Network.name, Subscription.token)
        .join(Network, Network.id == Subscription.network_id)
        .where(
            Subscription.address == address,
            Subscription.confirmed_at.is_not(None),
            Subscription.silent_at.is_(None),
        )
        .order_by(Network.name)
    )
    return [(name, token) for name, token in db.session.execute(query)]


def reads(row: Subscription) -> bool:
    """Whether mail of the network goes there as it is."""
    if row.confirmed_at is None or row.silent_at is not None:
        return False
    return row.just_mail or belongs(row.person_id, row.network_id)


def wants(row: Subscription) -> None:
    """The owner says yes to the mail; people who belong to the network get the mail of members."""
    row.confirmed_at, row.silent_at = row.confirmed_at or clock.now(), None
    row.just_mail = row.address is not None or not belongs(row.person_id, row.network_id)


def belongs(person_id: int | None, network_id: int) -> bool:
    """Whether the person, or an organisation they speak for, is a member of the network."""
    if person_id is None:
        return False
    networks_of = current_app.extensions["networks_of"]  # by memberships, which stand above mail
    return any(network.id == network_id for network in networks_of(person_id))


def no_longer_just_mail(network_id: int, person_id: int) -> None:
    """Somebody joined, and gets the mail of members; or left, and gets none."""
    hers = (Subscription.network_id == network_id, Subscription.person_id == person_id)
    db.session.execute(update(Subscription).where(*hers).values(just_mail=False))


def adopt(proved: AddressProved) -> None:
    """Have the person answer for everything that the address said and was sent.

    Where both said something about a network, what the person said counts; the links that the address got go on working.
    """
    mailed = (Delivery.address == proved.address, Delivery.person_id.is_(None))
    not_to_a_list = Delivery.token.not_like("list-%")
    whose = {"person_id": proved.person_id, "subscription_id": None}
    db.session.execute(
        update(Delivery).where(*mailed, not_to_a_list).values(whose).execution_options(**_IN_BULK)
    )
    for row in db.session.scalars(select(Subscription).where(Subscription.address == proved.address)).all():
        hers = select(Subscription).where(
            Subscription.network_id == row.network_id, Subscription.person_id == proved.person_id
        )
        said = db.session.scalar(hers)
        if said is None:
            was_asked_only = row.confirmed_at is None
            row.address, row.person_id, row.name = None, proved.person_id, ""
            row.confirmed_at = row.confirmed_at or clock.now()
            row.just_mail = not was_asked_only and not belongs(proved.person_id, row.network_id)
        else:
            link = row.token
            db.session.execute(delete(Subscription).where(Subscription.id == row.id))
            said.token = link
    db.session.flush()


def wishes(network_id: int, whose: Mapping[str, Owner | None]) -> dict[str, MailWish]:
    """The choice of each address, or of its owner, about a network's mail; for `people.addresses.wishes`."""
    people = {owner.person_id: address for address, owner in whose.items() if owner is not None}
    found: dict[str, MailWish] = {}
    for some in chunks(sorted(whose)):
        theirs = {owner.person_id for address in some if (owner := whose[address]) is not None}
        query = select(
            Subscription.address, Subscription.person_id, Subscription.silent_at, Subscription.just_mail
        ).where(
            Subscription.network_id == network_id,
            Subscription.confirmed_at.is_not(None),
            or_(Subscription.address.in_(some), Subscription.person_id.in_(sorted(theirs))),
        )
        for address, person_id, silent_at, just_mail in db.session.execute(query):
            if silent_at is not None:
                found[address or people[person_id or 0]] = MailWish.SILENT
            elif just_mail:
                found[address or people[person_id or 0]] = MailWish.READS
    return found
