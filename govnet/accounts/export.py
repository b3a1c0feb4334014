"""The copy of everything that the program holds about somebody: this feature's own part, and every other's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import or_, select

from govnet.accounts.models import CaughtUp
from govnet.decisions import personal as decisions
from govnet.extensions import db
from govnet.forum import personal as forum
from govnet.kernel import clock
from govnet.kernel.models import Base
from govnet.letters import personal as letters
from govnet.mail.incoming.intake import mail_from
from govnet.mail.models import Following, Subscription
from govnet.mail.queries import mail_about
from govnet.membership import personal as membership
from govnet.offices import personal as offices
from govnet.people.models import Person, PersonEmail
from govnet.record.events import plain
from govnet.record.models import Entry
from govnet.sign_in import queries
from govnet.sign_in.models import AddressChange, SignedInSession

_SECRET = {"password_hash", "digest", "token", "token_digest", "undo_digest", "code_digest", "browser_digest"}


def everything(person_id: int) -> Mapping[str, Any]:
    """Section by section, as plain JSON; digests of secrets are left out, since they tell nothing."""
    return {
        "about": {"made_at": plain(clock.now()), "person": person_id},
        **{section: as_json(held) for section, held in everything_held(person_id).items()},
    }


def as_json(value: Any) -> Any:
    """Rows as dictionaries, instants and days as text: whatever a feature hands over."""
    if isinstance(value, Base):
        return row(value)
    if isinstance(value, Mapping):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(v) for v in value]
    if isinstance(value, float):
        return value
    return plain(value)


def row(one: Base) -> dict[str, Any]:
    """A row's columns, without the digests of secrets."""
    columns = {a.key: getattr(one, a.key) for a in one.__mapper__.column_attrs if a.key not in _SECRET}
    return {key: as_json(value) for key, value in columns.items()}


def account(person_id: int) -> dict[str, Any]:
    """The person, her addresses, where she is signed in, and how far she has read."""
    mine = {
        table.__tablename__: list(db.session.scalars(select(table).where(table.person_id == person_id)))
        for table in (PersonEmail, SignedInSession, AddressChange, CaughtUp)
    }
    person = db.session.get_one(Person, person_id)
    return {"person": person, "has_password": queries.password_of(person_id) is not None, **mine}


def entries(person_id: int) -> list[dict[str, Any]]:
    """What the record says of her: entries by her, and entries about her."""
    query = (
        select(Entry)
        .where(or_(Entry.actor_id == person_id, Entry.subject == f"person:{person_id}"))
        .order_by(Entry.id)
    )
    return [
        {
            "network_id": e.network_id,
            "number": e.number,
            "at": e.at,
            "facts": json.loads(e.facts),
            "words": json.loads(e.words) if e.words else None,
        }
        for e in db.session.scalars(query)
    ]


def mail(person_id: int) -> dict[str, Any]:
    """How much mail she wants, what she follows or mutes, which mails were sent to her, and which came from her."""
    mine = {
        table.__tablename__: list(db.session.scalars(select(table).where(table.person_id == person_id)))
        for table in (Subscription, Following)
    }
    return {**mine, "sent": mail_about(person_id), "came": mail_from(person_id)}


SECTIONS: Mapping[str, Callable[[int], Any]] = {
    "account": account,
    "decisions": decisions.held,
    "forum": forum.held,
    "letters": letters.held,
    "mail": mail,
    "membership": membership.held,
    "offices": offices.held,
    "record": entries,
}
"""What each feature holds of a person: plain JSON, or rows, which become dictionaries."""


def everything_held(person_id: int) -> Mapping[str, Any]:
    """The whole export, section by section."""
    return {section: held(person_id) for section, held in SECTIONS.items()}
