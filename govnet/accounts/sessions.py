"""Who is signed in: the cookie holds a token, the row says whether it still counts."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import and_, select, update

from govnet.accounts.models import OperatorGrant, Person, SignedInSession
from govnet.accounts.rules import digest
from govnet.extensions import db, login_manager
from govnet.kernel import clock

LASTS = timedelta(days=90)


class SignedIn(UserMixin):
    """A session that counts, as Flask-Login wants it."""

    def __init__(self, token: str, session_id: int, person_id: int) -> None:
        self.token, self.session_id, self.person_id = token, session_id, person_id
        self.name = ""
        self.grant_id: int | None = None

    def get_id(self) -> str:
        """What goes into the cookie."""
        return self.token


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """The session behind the cookie, unless it was ended, is too old, or its person was erased."""
    row = db.session.execute(
        select(SignedInSession.id, SignedInSession.person_id, Person.name, OperatorGrant.id.label("grant_id"))
        .join(Person, Person.id == SignedInSession.person_id)
        .outerjoin(
            OperatorGrant, and_(OperatorGrant.person_id == Person.id, OperatorGrant.ended_at.is_(None))
        )
        .where(
            SignedInSession.digest == digest(token),
            SignedInSession.ended_at.is_(None),
            SignedInSession.began_at > clock.now() - LASTS,
            Person.erased_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    signed_in = SignedIn(token, row.id, row.person_id)
    signed_in.name, signed_in.grant_id = row.name, row.grant_id
    return signed_in


def new_session(person: Person, *, browser: str = "") -> tuple[SignedInSession, str]:
    """A session row for the person, and the token that its browser keeps. Inside transaction()."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    row = SignedInSession(
        digest=digest(token), person_id=person.id, began_at=moment, seen_at=moment, browser=browser[:120]
    )
    db.session.add(row)
    db.session.flush()  # the cookie needs to know that the row is there
    return row, token


def remember(row_id: int, person_id: int, token: str) -> None:
    """Put the token into this browser's cookie."""
    login_user(SignedIn(token, row_id, person_id), remember=False)


def forget() -> None:
    """Take the token out of this browser's cookie."""
    logout_user()


def end_session(session_id: int) -> None:
    """The session counts no longer, whoever has its cookie. Inside transaction()."""
    open_one = (SignedInSession.id == session_id, SignedInSession.ended_at.is_(None))
    db.session.execute(update(SignedInSession).where(*open_one).values(ended_at=clock.now()))


def end_all_sessions(person_id: int, *, but: int | None = None) -> None:
    """Signed out everywhere, or everywhere but in one session. Inside transaction()."""
    open_ones = [SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None)]
    if but is not None:
        open_ones.append(SignedInSession.id != but)
    db.session.execute(update(SignedInSession).where(*open_ones).values(ended_at=clock.now()))
