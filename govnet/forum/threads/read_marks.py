"""Readers' marks: how far they have read, and thanks. None of it is in the record; none of it is mailed."""

from __future__ import annotations

from govnet.extensions import db
from govnet.forum.models import ReadMark
from govnet.kernel.actor import Actor
from govnet.kernel.clock import now
from govnet.kernel.errors import Busy
from govnet.kernel.insertion import upsert
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, check_right

_IN_BULK = {"synchronize_session": False}


def mark_read(thread_id: int, person_id: int, number: int) -> None:
    """The person has read so far; never back. One statement."""
    row = upsert(ReadMark).values(person_id=person_id, thread_id=thread_id, number=number, at=now())
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["person_id", "thread_id"],
            set_={"number": row.excluded.number, "at": row.excluded.at},
            where=ReadMark.number <= row.excluded.number,
        )
    )


def read_up_to(thread_id: int, number: int, *, by: Actor) -> None:
    """The person says that they have read so far."""
    check_right(by, Can.OWN)
    if by.person_id is not None:
        mark_read(thread_id, by.person_id, number)


def try_to_mark(thread_id: int, person_id: int, number: int) -> None:
    """Move the mark in a transaction of its own; where the database is busy, the next visit does it."""
    try:
        with transaction(patience=0):
            mark_read(thread_id, person_id, number)
    except Busy:
        return
