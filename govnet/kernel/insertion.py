"""Inserting what several processes may insert at the same moment: one row, and no error for those who came second."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

from govnet.extensions import db

Row = TypeVar("Row")


def upsert(table: type[Any]) -> Any:
    """An INSERT with a clause for a row that exists already (on_conflict_do_nothing, on_conflict_do_update)."""
    return postgresql.insert(table) if db.engine.dialect.name == "postgresql" else sqlite.insert(table)


def insert_once(table: type[Any], **values: Any) -> bool:
    """Insert a row unless one with the same unique key is there, or comes from another process just now: then wait for it.

    Inside transaction(). Returns whether it is this process that inserted it.
    """
    key = next(iter(table.__table__.primary_key.columns))
    row = upsert(table).values(**values).on_conflict_do_nothing().returning(key)
    return db.session.execute(row).first() is not None


def row_of(table: type[Row], **values: Any) -> Row:
    """The row with the primary key that is among `values`, nobody else's until the transaction ends; made of `values` where
    there is none. Inside transaction().
    """
    insert_once(table, **values)
    columns: Any = table.__table__.primary_key.columns  # type: ignore[attr-defined]
    key = tuple(values[column.name] for column in columns)
    return db.session.get_one(table, key, with_for_update=True, populate_existing=True)
