"""Sessions: the cookie holds a token, the row says whether it still counts."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, session
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import and_, bindparam, select, update

from govnet.extensions import db, login_manager
from govnet.kernel import clock
from govnet.kernel.actor import current_actor
from govnet.kernel.errors import Busy
from govnet.kernel.statements import rows
from govnet.kernel.transaction import transaction
from govnet.people.models import OperatorGrant, Person
from govnet.sign_in.models import SignedInSession
from govnet.sign_in.rules import RECENT, SEEN_EVERY, digest

LASTS = timedelta(days=90)


class SignedIn(UserMixin):
    """A session that counts, as Flask-Login wants it."""

    def __init__(self, token: str, row: Any) -> None:
        self.token, self.session_id, self.person_id = token, row.id, row.person_id
        self.name, self.locale, self.zone, self.grant_id = row.name, row.locale, row.zone, row.grant_id
        self.began_at, self.seen_at = row.began_at, row.seen_at

    @property
    def is_recent(self) -> bool:
        """Signed in so lately that nobody else is likely to hold the phone."""
        return bool(timedelta() <= clock.now() - self.began_at < RECENT)

    def get_id(self) -> str:
        """The content of the cookie."""
        return self.token


_BEHIND = (
    select(
        SignedInSession.id, SignedInSession.person_id, SignedInSession.began_at, SignedInSession.seen_at,
        Person.name, Person.locale, Person.zone, OperatorGrant.id.label("grant_id"),
    )
    .join(Person, Person.id == SignedInSession.person_id)
    .outerjoin(OperatorGrant, and_(OperatorGrant.person_id == Person.id, OperatorGrant.ended_at.is_(None)))
    .where(
        SignedInSession.digest == bindparam("digest"),
        SignedInSession.ended_at.is_(None),
        SignedInSession.began_at > bindparam("since"),
        Person.erased_at.is_(None),
    )
)  # fmt: skip
"""Built once: every request of a member asks it."""


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """The session behind the cookie, unless it was ended, is too old, or its person was erased."""
    asked = {"digest": digest(token), "since": clock.now() - LASTS}
    found = rows(_BEHIND, asked)
    return SignedIn(token, found[0]) if found else None


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


def keep(token: str) -> None:
    """Have this browser keep the token, in a cookie that is otherwise new: no form's token outlives the change."""
    session.clear()
    session.permanent = True
    signed_in = load(token)
    if signed_in is not None:
        login_user(signed_in)


def forget() -> None:
    """Take everything out of this browser's cookie, and what it keeps of our pages out of its cache."""
    logout_user()
    session.clear()

    @after_this_request
    def _nothing_stays(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def forget_ended() -> None:
    """Empty the cookie of a session that counts no longer, so that no form of it is sent by somebody else."""
    if "_user_id" in session and not current_user.is_authenticated:
        forget()


def seen() -> None:
    """Note that this browser was here: at most once in five minutes, and not when others are writing."""
    if not current_actor().signed_in or not current_user.is_authenticated:
        return  # asked of the actor first: who could not be looked up is not looked up again behind the answer
    if clock.now() - current_user.seen_at < SEEN_EVERY:
        return
    with suppress(Busy), transaction(patience=0.0):
        here = select(SignedInSession.id).where(SignedInSession.id == current_user.session_id)
        free = here.with_for_update(skip_locked=True)
        db.session.execute(
            update(SignedInSession).where(SignedInSession.id.in_(free)).values(seen_at=clock.now())
        )


def end_session(session_id: int) -> None:
    """End the session for any browser with its cookie. Inside transaction()."""
    open_one = (SignedInSession.id == session_id, SignedInSession.ended_at.is_(None))
    db.session.execute(update(SignedInSession).where(*open_one).values(ended_at=clock.now()))


def end_all_sessions(person_id: int, *, but: int | None = None) -> None:
    """Signed out everywhere, or everywhere but in one session. Inside transaction()."""
    open_ones = [SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None)]
    if but is not None:
        open_ones.append(SignedInSession.id != but)
    db.session.execute(update(SignedInSession).where(*open_ones).values(ended_at=clock.now()))
