"""People who came from an old list: known by an address that nobody has proved to be theirs yet."""

from __future__ import annotations

from sqlalchemy import select

from govnet.accounts.actions import person_for
from govnet.accounts.models import Person, PersonEmail
from govnet.extensions import db
from govnet.kernel import clock


def proved(address: str, name: str, *, language: str = "en") -> Person:
    """The person at this address, which is hers: as verified, as somebody from an old list who now is, or new.

    Inside transaction().
    """
    row = known_by(address)
    if row is None:
        person = person_for(address, name)
        person.locale = language
        return person
    if row.verified_at is None:
        row.verified_at = clock.now()
    return db.session.get_one(Person, row.person_id)


def person_found(address: str, name: str) -> PersonEmail:
    """The address of somebody on an old list, not verified yet where it is new here. Inside transaction()."""
    return known_by(address) or _new(address, name, "en")


def known_by(address: str) -> PersonEmail | None:
    """The row of a verified address, or of the only address of somebody who came from an old list."""
    query = (
        select(PersonEmail)
        .where(PersonEmail.address == address.lower())
        .order_by(PersonEmail.verified_at.is_(None), PersonEmail.id)
    )
    for row in db.session.scalars(query):
        if row.verified_at is not None or (row.main and not _has_verified(row.person_id)):
            return row
    return None


def _has_verified(person_id: int) -> bool:
    query = select(PersonEmail.id).where(
        PersonEmail.person_id == person_id, PersonEmail.verified_at.is_not(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def _new(address: str, name: str, language: str) -> PersonEmail:
    person = Person(name=name, locale=language, created_at=clock.now())
    db.session.add(person)
    db.session.flush()  # the address needs its person's key
    row = PersonEmail(person_id=person.id, address=address.lower(), main=True)
    db.session.add(row)
    db.session.flush()  # links to confirm name the address by key
    return row
