"""Where people can be written to, for the mail floor below."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from govnet.extensions import db
from govnet.mail.registry import Reader
from govnet.people.models import Person, PersonEmail

_MANY = 900


def readers(person_ids: Collection[int]) -> Iterator[Reader]:
    """Each of these people who has a verified main address, with it."""
    ids = sorted(person_ids)
    for start in range(0, len(ids), _MANY):
        query = (
            select(Person.id, Person.name, PersonEmail.address, Person.locale)
            .join(PersonEmail, PersonEmail.person_id == Person.id)
            .where(
                Person.id.in_(ids[start : start + _MANY]),
                Person.erased_at.is_(None),
                PersonEmail.main,
                PersonEmail.verified_at.is_not(None),
            )
            .order_by(Person.id)
        )
        for person_id, name, address, language in db.session.execute(query):
            yield Reader(person_id, name, address, language)
