"""Erases a person's rows by the declarations of the tables: one statement empties each table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Delete, Table, Update, and_, delete, literal, or_, select, union_all, update

from govnet.extensions import db
from govnet.kernel import personal
from govnet.kernel.models import Base


def references(person_id: int) -> set[str]:
    """The person's rows whose entries hold their words, as the record names them."""
    parts = [
        select(literal(f"{table.name}:"), *table.primary_key).where(personal.theirs(column, person_id))
        for table in Base.metadata.tables.values()
        for column, owner in personal.owners(table)
        if owner.entries
    ]
    return {f"{name}{key}" for name, key in db.session.execute(union_all(*parts))}


def empty(person_id: int, addresses: Collection[str] = ()) -> None:
    """Empty the person's rows, and rows without an owner with one of these addresses: dependent rows first."""
    for table in sorted(Base.metadata.tables.values(), key=_depth, reverse=True):
        for statement in _statements(table, person_id, addresses):
            db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def _depth(table: Table) -> int:
    """How many rows stand between one of the table and the person whose it is; most, where a query finds it."""
    owners = list(personal.owners(table))
    if any(owner.among is not None for _column, owner in owners):
        return len(Base.metadata.tables)
    keys = [personal.referred(column) for column, owner in owners if owner.is_whose]
    return max((1 + _depth(key.table) for key in keys if key is not None), default=0)


def _statements(table: Table, person_id: int, addresses: Collection[str]) -> Iterator[Delete | Update]:
    emptying, conditions = [], []
    nothing = dict(_nothing(table))
    for column, owner in personal.owners(table):
        condition = personal.theirs(column, person_id)
        if owner.erase is personal.ROW:
            yield delete(table).where(condition)
        elif not owner.empties and owner.erase is not personal.STAYS:
            yield update(table).where(condition).values({column: owner.erase})
        elif owner.empties:
            emptying.append(column)
            only = (owner.empties(table),) if callable(owner.empties) else ()
            conditions.append(and_(condition, *only))
            nothing |= {} if owner.erase is personal.STAYS else {column: owner.erase}
    for column in table.columns:
        datum = personal.datum(column)
        if datum is not None and datum.address and addresses:
            conditions.append(and_(column.in_(addresses), *(whose.is_(None) for whose in emptying)))
    if nothing and conditions:
        yield update(table).where(or_(*conditions)).values(nothing)


def _nothing(table: Table) -> Iterator[tuple[Column[Any], Any]]:
    """The value that is left in each column of a row."""
    for column in table.columns:
        datum = personal.datum(column)
        if datum is not None and datum.erase not in (personal.STAYS, personal.ROW):
            yield column, datum.erase(column) if callable(datum.erase) else datum.erase
