"""Once a day, and after growth, the worker looks through the database, and has it count its rows so that it finds them well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from govnet.decisions.models import Answer, RollEntry
from govnet.extensions import db
from govnet.forum.models import Post
from govnet.kernel import clock
from govnet.kernel.insertion import row_of
from govnet.kernel.transaction import let_go, transaction
from govnet.membership.models import Membership
from govnet.operations.models import DatabaseLook
from govnet.people.models import Person
from govnet.record.models import Entry

EVERY = timedelta(days=1)
_ROWS = 1_000
"""How many rows of each index SQLite reads to tell how many are alike (PRAGMA analysis_limit)."""
_MOST_WORDS = 1_000
_GROWN, _FEW = 4, 100
"""A table with that many times the rows that were counted is counted again, unless it has few."""
_GROW: tuple[Any, ...] = (Person, Membership, RollEntry, Answer, Post, Entry)
"""Tables that only grow: their largest id tells about how many rows they have."""


def look() -> int:
    """Look, and count, if nobody has for a day or much has come since: of several workers one does. Returns how many did."""
    if not _is_due(db.session.get(DatabaseLook, 1)):
        let_go()
        return 0
    let_go()
    with transaction():
        row = row_of(DatabaseLook, id=1, trouble="", began_at=clock.now() - EVERY)
        if not _is_due(row):
            return 0
        row.began_at = clock.now()
    trouble = damage()
    let_go()
    count()
    with transaction():
        row = db.session.get_one(DatabaseLook, 1)
        row.at, row.trouble = clock.now(), trouble[:_MOST_WORDS]
    return 1


def _is_due(row: DatabaseLook | None) -> bool:
    return row is None or clock.now() - row.began_at >= EVERY or outgrown()


def outgrown() -> bool:
    """Whether a table has several times the rows that SQLite knows of; PostgreSQL sees to that itself (autovacuum)."""
    if db.engine.dialect.name != "sqlite":
        return False
    counted = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl"
    never = "SELECT count(*) = 0 FROM sqlite_master WHERE name = 'sqlite_stat1'"
    rows = [] if db.session.scalar(text(never)) else db.session.execute(text(counted)).all()
    known = {row[0]: row[1] for row in rows}
    return any(
        (db.session.scalar(select(func.max(model.id))) or 0)
        > max(_FEW, _GROWN * known.get(model.__tablename__, 0))
        for model in _GROW
    )


def damage() -> str:
    """The damage that SQLite finds in its file, in its words; empty if there is none, and always for PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return ""
    said = "; ".join(db.session.scalars(text("PRAGMA quick_check(10)")))
    return "" if said == "ok" else said


def count() -> None:
    """Let the planner count the rows and their equal values (ANALYZE).

    SQLite's connections read that when they open, and again when the schema has changed: so the old counts are dropped
    first, as a table, and connections of the pages plan anew.
    """
    with transaction():
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text(f"PRAGMA analysis_limit={_ROWS}"))
            db.session.execute(text("DROP TABLE IF EXISTS sqlite_stat1"))
        db.session.execute(text("ANALYZE"))
