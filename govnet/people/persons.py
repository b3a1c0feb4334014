"""Finding or making the person behind an address."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select

from govnet.extensions import db

# together with person_for
from govnet.kernel import clock
from govnet.kernel.statements import chunks
from govnet.people import addresses
from govnet.people.addresses import owner, parsed_or_none
from govnet.people.models import Person, PersonEmail


def person_for(address: str, name: str, *, language: str = "") -> Person:
    """The person whose verified address this is, made if there is none. The caller knows that the address is hers.

    Somebody brought in from an old list, whose only address this is, becomes verified. Inside transaction().
    """
    found = known_by(address)
    row = found or _new(address, name, language)
    addresses.prove(row)
    db.session.flush()  # the next rows name the person by key
    return db.session.get_one(Person, row.person_id)


def known_by(address: str) -> PersonEmail | None:
    """The row that makes the address its owner's; None for an address without one."""
    return db.session.scalar(addresses.owned([addresses.parsed_or_none(address) or ""]).limit(1))


def _new(address: str, name: str, language: str) -> PersonEmail:
    person = Person(name=name, locale=language, created_at=clock.now())
    db.session.add(person)
    db.session.flush()  # the address needs its person's key
    row = PersonEmail(person_id=person.id, address=addresses.parsed(address), main=True)
    db.session.add(row)
    db.session.flush()  # links to confirm name the address by key
    return row


def prove(person_id: int) -> None:
    """Somebody read a mail at her only address, which nobody had proved: it is hers now, unless it became another's."""
    query = select(PersonEmail).where(PersonEmail.person_id == person_id, PersonEmail.main)
    row = db.session.scalar(query)
    if row is not None and known_by(row.address) is row:
        addresses.prove(row)


def person_by_email(address: str) -> Person | None:
    """The person whose verified address this is, however it is spelt."""
    found = owner(parsed_or_none(address) or "")
    return db.session.get(Person, found.person_id) if found is not None and found.verified else None


def main_address(person_id: int) -> str:
    """Where the person's mail goes; "" for somebody without a verified address."""
    query = (
        select(PersonEmail.address)
        .where(PersonEmail.person_id == person_id, PersonEmail.verified_at.is_not(None))
        .order_by(PersonEmail.main.desc(), PersonEmail.id)
        .limit(1)
    )
    return db.session.scalar(query) or ""


def names(person_ids: Collection[int | None]) -> dict[int, str]:
    """The name to show for each; people who removed theirs, and unknown ones, are "a former member"."""
    ids = sorted({i for i in person_ids if i is not None})
    found = dict.fromkeys(ids, _("a former member"))
    for some in chunks(ids):
        query = select(Person.id, Person.name).where(Person.id.in_(some))
        found.update({row.id: row.name for row in db.session.execute(query) if row.name})
    return found
