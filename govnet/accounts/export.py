"""The copy of everything that the program holds about somebody, worked out from what tables declare as a person's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Enum,
    FromClause,
    LargeBinary,
    Select,
    String,
    Table,
    bindparam,
    or_,
    select,
)

from govnet.decisions import personal as decisions
from govnet.extensions import db
from govnet.forum import personal as forum
from govnet.kernel import clock, personal
from govnet.kernel.models import Base
from govnet.mail.incoming.intake import mail_from
from govnet.mail.models import Following, Subscription
from govnet.mail.queries import mail_about
from govnet.membership import personal as membership
from govnet.offices import personal as offices
from govnet.record.events import plain
from govnet.record.models import Entry

_SECRET = {"password_hash", "digest", "token", "token_digest", "undo_digest", "code_digest", "browser_digest"}
_ROOMS = dict.fromkeys(("people", "sign_in", "accounts"), "account")
"""Rooms whose tables stand under another name in the copy."""


def everything(person_id: int) -> Mapping[str, Any]:
    """Section by section, as plain JSON; digests of secrets are left out, since they tell nothing."""
    return {
        "about": {"made_at": plain(clock.now()), "person": person_id},
        **{section: as_json(held) for section, held in everything_held(person_id).items()},
    }


def everything_held(person_id: int) -> Mapping[str, Any]:
    """The whole export: what tables declare, and what is told of no table's columns alone."""
    found: dict[str, Any] = {}
    for query in _queries():
        rows = db.session.execute(query.statement, {"person": person_id})
        found.setdefault(query.room, {})[query.section] = [query.read(row) for row in rows]
    for section, held in SECTIONS.items():
        more = held(person_id)
        found[section] = {**found.get(section, {}), **more} if isinstance(more, Mapping) else more
    return found


class HeldRows(NamedTuple):
    """A list in the copy: the rows of one table that are a person's."""

    room: str
    section: str
    statement: Select[Any]
    reads: Mapping[str, Callable[[Any], Any]]

    def read(self, row: Any) -> dict[str, Any]:
        return {
            key: self.reads[key](value) if key in self.reads else value for key, value in row._mapping.items()
        }


@cache
def _queries() -> tuple[HeldRows, ...]:
    modules = {
        mapper.class_.__tablename__: mapper.class_.__module__.split(".") for mapper in Base.registry.mappers
    }
    return tuple(
        HeldRows(_ROOMS.get(modules[name][1], modules[name][1]), section, _rows(table, owners), _reads(table))
        for name, table in sorted(Base.metadata.tables.items())
        for section, owners in _sections(table).items()
    )


def _sections(table: Table) -> dict[str, list[ColumnElement[bool]]]:
    found: dict[str, list[ColumnElement[bool]]] = {}
    for column, owner in personal.owners(table):
        if owner.section:
            found.setdefault(owner.section, []).append(personal.theirs(column, bindparam("person")))
    return found


def _rows(table: Table, owners: list[ColumnElement[bool]]) -> Select[Any]:
    """The rows, each with what a reader needs to know what it refers to."""
    shown = [column.label(key) for column, key in _shown(table)]
    joined: FromClause = table
    for column in table.columns:
        key = personal.referred(column)
        names = [each.key for each in key.table.columns if _is_name(each)] if key is not None else []
        if key is not None and names:
            other = key.table.alias()
            joined = joined.outerjoin(other, column == other.c[key.key])
            shown += [other.c[name].label(f"{column.key.removesuffix('_id')}_{name}") for name in names]
    return select(*shown).select_from(joined).where(or_(*owners)).order_by(*table.primary_key)


def _is_name(column: Column[Any]) -> bool:
    datum = personal.datum(column)
    return datum is not None and datum.names


def _shown(table: Table) -> Iterator[tuple[Column[Any], str]]:
    """The columns with their keys: what is declared, and whatever else is neither text nor somebody."""
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
    """Rows as dictionaries, instants and days as text: whatever a feature hands over."""
    if isinstance(value, Base):
        return row(value)
    if isinstance(value, Mapping):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(v) for v in value]
    if isinstance(value, float):
        return value
    return plain(value)


def row(one: Base) -> dict[str, Any]:
    """A row's columns, without the digests of secrets."""
    columns = {a.key: getattr(one, a.key) for a in one.__mapper__.column_attrs if a.key not in _SECRET}
    return {key: as_json(value) for key, value in columns.items()}


def entries(person_id: int) -> list[dict[str, Any]]:
    """What the record says of her: entries by her, and entries about her."""
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
    """How much mail she wants, what she follows or mutes, which mails were sent to her, and which came from her."""
    mine = {
        table.__tablename__: list(db.session.scalars(select(table).where(table.person_id == person_id)))
        for table in (Subscription, Following)
    }
    return {**mine, "sent": mail_about(person_id), "came": mail_from(person_id)}


SECTIONS: Mapping[str, Callable[[int], Any]] = {
    "decisions": decisions.held,
    "forum": forum.held,
    "mail": mail,
    "membership": membership.held,
    "offices": offices.held,
    "record": entries,
}
"""What no column says by itself: plain JSON, or rows, which become dictionaries."""
