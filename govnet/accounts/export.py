"""The copy of everything that the program holds about somebody, worked out from what tables declare as a person's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Enum,
    FromClause,
    LargeBinary,
    Select,
    String,
    Table,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)

from govnet.decisions import personal as decisions
from govnet.extensions import db
from govnet.kernel import clock, personal
from govnet.kernel.models import Base
from govnet.mail.incoming.intake import mail_from
from govnet.record.events import plain
from govnet.record.models import Entry

_ROOMS = dict.fromkeys(("people", "sign_in", "accounts"), "account")
"""Rooms whose tables stand under another name in the copy."""


def everything(person_id: int) -> Mapping[str, Any]:
    """Section by section, as plain JSON; digests of secrets are left out, since they tell nothing."""
    return {"about": {"made_at": plain(clock.now()), "person": person_id}, **everything_held(person_id)}


def everything_held(person_id: int) -> Mapping[str, Any]:
    """The whole export: the declared data of tables, and facts that no table's columns have alone."""
    found: dict[str, Any] = {query.room: {} for query in _queries()}
    there = db.session.scalars(_that_find_something(), {"person": person_id}).all()
    for number, query in enumerate(_queries()):
        rows = db.session.execute(query.statement, {"person": person_id}) if number in there else ()
        found[query.room][query.section] = [query.read(row) for row in rows]
    for section, held in SECTIONS.items():
        more = held(person_id)
        found[section] = {**found.get(section, {}), **more} if isinstance(more, Mapping) else more
    return {room: as_json(held) for room, held in found.items()}


class HeldRows(NamedTuple):
    """A list in the copy: the rows of one table that are a person's."""

    room: str
    section: str
    table: Table
    condition: ColumnElement[bool]
    statement: Select[Any]
    reads: Mapping[str, Callable[[Any], Any]]

    def read(self, row: Any) -> dict[str, Any]:
        """A row as the copy shows it."""
        return {
            key: self.reads[key](value) if key in self.reads else value for key, value in row._mapping.items()
        }


@cache
def _queries() -> tuple[HeldRows, ...]:
    modules = {
        mapper.class_.__tablename__: mapper.class_.__module__.split(".") for mapper in Base.registry.mappers
    }
    return tuple(
        HeldRows(
            _ROOMS.get(modules[name][1], modules[name][1]),
            section,
            table,
            or_(*owners),
            _rows(table).where(or_(*owners)),
            _reads(table),
        )
        for name, table in sorted(Base.metadata.tables.items())
        for section, owners in _sections(table).items()
    )


@cache
def _that_find_something() -> CompoundSelect[Any]:
    """The numbers of those queries: most people have rows in few of the tables."""
    return union_all(
        *(
            select(literal_column(str(number))).where(select(query.table).where(query.condition).exists())
            for number, query in enumerate(_queries())
        )
    )


def _sections(table: Table) -> dict[str, list[ColumnElement[bool]]]:
    found: dict[str, list[ColumnElement[bool]]] = {}
    for column, owner in personal.owners(table):
        if owner.section:
            found.setdefault(owner.section, []).append(personal.theirs(column, bindparam("person")))
    return found


def _rows(table: Table) -> Select[Any]:
    """Its rows, each with what a reader needs to know what it refers to."""
    shown = [column.label(key) for column, key in _shown(table)]
    joined: FromClause = table
    for other, condition, names in _referred(table, table, ""):
        joined, shown = joined.outerjoin(other, condition), shown + names
    return select(*shown).select_from(joined).order_by(*table.primary_key)


def _referred(table: Table, here: FromClause, prefix: str) -> Iterator[tuple[FromClause, Any, list[Any]]]:
    """The rows that other rows name, and the rows that those name again: the table, the way to it, its names."""
    for column in table.columns:
        key = personal.referred(column) if not prefix or _is_name(column) else None
        names = [each for each in key.table.columns if _is_name(each)] if key is not None else []
        if key is not None and names:
            there, called = key.table.alias(), prefix + column.key.removesuffix("_id")
            labels = [there.c[each.key].label(f"{called}_{each.key}") for each in names]
            yield there, here.c[column.key] == there.c[key.key], labels
            yield from _referred(key.table, there, f"{called}_")


def _is_name(column: Column[Any]) -> bool:
    datum = personal.datum(column)
    return datum is not None and datum.names


def _shown(table: Table) -> Iterator[tuple[Column[Any], str]]:
    """The columns with their keys: the declared ones, and others that are neither text nor a person."""
    for column in table.columns:
        datum, key = personal.datum(column), personal.referred(column)
        if datum is not None:
            if datum.export is not None:
                yield column, datum.export or column.key
        elif not is_text(column) and (key is None or key.table.name != "person"):
            yield column, column.key


def is_text(column: Column[Any]) -> bool:
    """Whether anything may be written there."""
    return isinstance(column.type, String | LargeBinary) and not isinstance(column.type, Enum)


def _reads(table: Table) -> dict[str, Callable[[Any], Any]]:
    declared = ((column.key, personal.datum(column)) for column in table.columns)
    return {one.export or key: one.read for key, one in declared if one is not None and one.read is not None}


def as_json(value: Any) -> Any:
    """Instants and days as text: whatever a feature hands over."""
    if isinstance(value, Mapping):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(v) for v in value]
    return value if isinstance(value, float) else plain(value)


def entries(person_id: int) -> list[dict[str, Any]]:
    """The record about her: entries by her, and entries about her."""
    query = (
        select(Entry)
        .where(or_(Entry.actor_id == person_id, Entry.subject == f"person:{person_id}"))
        .order_by(Entry.id)
    )
    return [
        {
            "network_id": e.network_id,
            "number": e.number,
            "at": e.at,
            "facts": json.loads(e.facts),
            "words": json.loads(e.words) if e.words else None,
        }
        for e in db.session.scalars(query)
    ]


def mail(person_id: int) -> dict[str, Any]:
    """The mails that came from her."""
    return {"came": mail_from(person_id)}


SECTIONS: Mapping[str, Callable[[int], Any]] = {
    "decisions": decisions.held,
    "mail": mail,
    "record": entries,
}
"""Facts that are in no declared column."""
