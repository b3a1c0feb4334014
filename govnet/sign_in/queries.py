"""Reading people: by address, by name, and where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.people.models import Person
from govnet.sign_in.models import AddressChange, SignedInSession, SignInLink
from govnet.sign_in.rules import digest
from govnet.sign_in.sessions import LASTS


def password_of(person_id: int) -> str | None:
    """The hash of the person's password, if she has one."""
    return db.session.scalar(select(Person.password_hash).where(Person.id == person_id))


def open_sessions(person_id: int) -> Sequence[Row[int, datetime, datetime, str]]:
    """Where the person is signed in, the one seen last first."""
    query = (
        select(SignedInSession.id, SignedInSession.began_at, SignedInSession.seen_at, SignedInSession.browser)
        .where(
            SignedInSession.person_id == person_id,
            SignedInSession.ended_at.is_(None),
            SignedInSession.began_at > clock.now() - LASTS,
        )
        .order_by(SignedInSession.seen_at.desc(), SignedInSession.id.desc())
    )
    return db.session.execute(query).all()


def link_by_token(token: str) -> SignInLink | None:
    """The one-time link with that token, whatever became of it."""
    return db.session.scalar(select(SignInLink).where(SignInLink.token_digest == digest(token)))


def open_change(person_id: int) -> AddressChange | None:
    """The new address that waits to be confirmed."""
    query = select(AddressChange).where(
        AddressChange.person_id == person_id, AddressChange.confirmed_at.is_(None)
    )
    return db.session.scalar(query)


def change_by_token(token: str) -> AddressChange | None:
    """The change of address that a mailed link is about."""
    return db.session.scalar(select(AddressChange).where(AddressChange.token_digest == digest(token)))


def change_by_undo(token: str) -> AddressChange | None:
    """The change of address that the old address may undo."""
    return db.session.scalar(select(AddressChange).where(AddressChange.undo_digest == digest(token)))
