"""Forms that were sent: each makes one thing, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from flask import Response, flash, redirect
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.models import Submission
from govnet.kernel.transaction import transaction

if TYPE_CHECKING:
    from govnet.web.forms import Form

T = TypeVar("T")


def once(form: Form, make: Callable[[], T], address: Callable[[T], str], done: object = None) -> Response:
    """Make something in one transaction, once for each key and text, and go to it (303).

    Sent again, the same form leads to the thing made the first time. `done` is shown on the page that follows, or makes
    its text from the thing made.
    """
    key, digest, base = form.key, form.digest(), form.base()
    try:
        with transaction():
            before = db.session.get(Submission, (key, digest)) or _just_sent(base, digest, form.same_for)
            if before is None:
                row = Submission(key=key, digest=digest, base=base, at=clock.now())
                db.session.add(row)
                db.session.flush()  # two at once: the second waits here and finds the first
                made = make()
                db.session.flush()  # the address needs the key of the new row
                row.address = address(made)
                done = done(made) if callable(done) else done
            where = (before or row).address
    except IntegrityError:
        where = _made_meanwhile(key, digest)
    if done and before is None:
        flash(str(done), "success")
    return redirect(where, 303)  # type: ignore[return-value]


def _just_sent(base: str, digest: str, lately: timedelta) -> Submission | None:
    """The same text from the same person about the same thing, sent a moment ago by another copy of the form."""
    if not lately:
        return None
    query = select(Submission).where(
        Submission.base == base, Submission.digest == digest, Submission.at > clock.now() - lately
    )
    return db.session.scalars(query.limit(1)).first()


def _made_meanwhile(key: str, digest: str) -> str:
    """The address of what another request made with this very form; raises when the conflict was another one."""
    row = db.session.get(Submission, (key, digest), populate_existing=True)
    if row is None or not row.address:
        raise
    return row.address


def count(base: str) -> int:
    """The number of things made from forms with that base."""
    query = select(func.count()).select_from(Submission).where(Submission.base == base)
    return db.session.scalar(query) or 0
