"""Counting SQL statements, so that a page that lists n things does not ask n times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from govnet.extensions import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block runs (inside an application context); BEGIN does not count.

    The block has a session of its own, empty as a request's is: in a used one the number hangs on what the garbage
    collector left in it. Uncommitted work from before is rolled back; the session before comes back afterwards.
    """
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    before = db.session()
    before.rollback()
    db.session.registry.clear()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.remove()
        db.session.registry.set(before)
