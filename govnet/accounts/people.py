"""Finding or making the person behind an address."""

from __future__ import annotations

from sqlalchemy import select

from govnet.accounts.queries import main_address as main_address  # together with person_for
from govnet.extensions import db
from govnet.kernel import clock
from govnet.people import addresses
from govnet.people.models import Person, PersonEmail


def person_for(address: str, name: str, *, language: str = "") -> Person:
    """The person whose verified address this is, made if there is none. The caller knows that the address is hers.

    Somebody brought in from an old list, whose only address this is, becomes verified. Inside transaction().
    """
    found = known_by(address)
    row = found or _new(address, name, language)
    addresses.prove(row)
    db.session.flush()  # what is made next names the person by key
    return db.session.get_one(Person, row.person_id)


def person_found(address: str, name: str) -> PersonEmail:
    """The address of somebody on an old list, not verified yet where it is new here. Inside transaction()."""
    return known_by(address) or _new(address, name, "")


def known_by(address: str) -> PersonEmail | None:
    """The row by which the address has its owner; None for an address that is nobody's."""
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
