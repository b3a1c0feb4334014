"""Once a day the worker looks through the whole database, and has it count its rows so that it finds them well."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import let_go, transaction
from govnet.operations.models import DatabaseLook

EVERY = timedelta(days=1)
_ROWS = 1_000
"""How many rows of each index SQLite reads to tell how many are alike (PRAGMA analysis_limit)."""
_MOST_WORDS = 1_000


def look() -> int:
    """Look, and count, if nobody has for a day: of several workers one does. Returns how many looks it was."""
    if not _is_due(db.session.get(DatabaseLook, 1)):
        let_go()
        return 0
    let_go()
    with transaction():
        row = db.session.get(DatabaseLook, 1, with_for_update=True, populate_existing=True)
        if not _is_due(row):
            return 0
        if row is None:
            row = DatabaseLook(id=1, trouble="")
            db.session.add(row)
        row.began_at = clock.now()
    trouble = damage()
    let_go()
    count()
    with transaction():
        row = db.session.get_one(DatabaseLook, 1)
        row.at, row.trouble = clock.now(), trouble[:_MOST_WORDS]
    return 1


def _is_due(row: DatabaseLook | None) -> bool:
    return row is None or clock.now() - row.began_at >= EVERY


def damage() -> str:
    """What SQLite finds damaged in its file, in its words; empty where nothing is, and always for PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return ""
    said = "; ".join(db.session.scalars(text("PRAGMA quick_check(10)")))
    return "" if said == "ok" else said


def count() -> None:
    """Have the planner know how many rows there are and how many are alike (ANALYZE)."""
    with transaction():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text(f"PRAGMA analysis_limit={_ROWS}"))
        db.session.execute(text("ANALYZE"))
