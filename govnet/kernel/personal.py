"""Personal data, declared beside the column: the person of a row, its part in their copy, its fate at an erasure.

`accounts.export` and `accounts.erasure` work out the rest: a column that is declared here needs nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, case, cast, func, literal, or_, select

from govnet.kernel import clock

STAYS: Any = object()
"""For `erase`: an erasure leaves it as it is."""
ROW: Any = object()
"""For `erase`: the whole row goes."""
STRUCK = "…"
"""Stands where something was written that may not be empty."""
_OWNER, _DATUM = "owner", "datum"


@dataclass(frozen=True, slots=True)
class OwnerColumn:
    """A column by which a row is somebody's: it refers to a person, or to a row that is somebody's."""

    section: str
    erase: Any
    empties: bool | Callable[[Table], ColumnElement[bool]]
    entries: bool
    among: Callable[[Any], Any] | None

    @property
    def is_whose(self) -> bool:
        """Whether the row is theirs, and does not only name them."""
        return bool(self.section or self.empties)


@dataclass(frozen=True, slots=True)
class DataColumn:
    """A column with something of a row's owner."""

    export: str | None
    erase: Any
    read: Callable[[Any], Any] | None
    names: bool
    address: bool


def owner(
    section: str = "",
    *,
    erase: Any = STAYS,
    empties: bool | Callable[[Table], ColumnElement[bool]] = True,
    entries: bool = False,
    among: Callable[[Any], Any] | None = None,
) -> dict[Any, Any]:
    """The row is its owner's, and is in their copy under `section`; without one, another column puts it there.

    `erase`: what is left in the column itself, or ROW. `empties`: an erasure empties the row's data; a function of the
    table says of which rows alone. `entries`: what the record says about the row loses its words. `among`: a query of this
    column's values that are a person's, where it is no foreign key.
    """
    return {_OWNER: OwnerColumn(section, erase, empties, entries, among)}


def mention(*, erase: Any = None) -> dict[Any, Any]:
    """The column names a person whose row it is not, and is emptied when they go."""
    return owner(erase=erase, empties=False)


def data(
    export: str | None = "",
    *,
    erase: Any,
    read: Callable[[Any], Any] | None = None,
    names: bool = False,
    address: bool = False,
) -> dict[Any, Any]:
    """The column is the owner's: `export` is its key in their copy (None: not shown), `erase` what an erasure leaves.

    `erase` may be a function of the column. `read`: makes plain data of the value. `names`: the copy shows it beside
    every reference to such a row. `address`: an e-mail address that is enough to know whose a row without owner is.
    """
    return {_DATUM: DataColumn(export, erase, read, names, address)}


def stays(export: str = "", *, read: Callable[[Any], Any] | None = None) -> dict[Any, Any]:
    """The column is the owner's, and an erasure leaves it as it is."""
    return data(export, erase=STAYS, read=read)


def secret() -> dict[Any, Any]:
    """The column tells its owner nothing: a digest or a token."""
    return data(None, erase=STAYS)


def naming() -> dict[Any, Any]:
    """The column has no owner; the copy shows it beside every reference to such a row."""
    return data(erase=STAYS, names=True)


def from_json(value: str) -> Any:
    """For `read`: a column of JSON."""
    return json.loads(value) if value else None


def struck(column: Column[Any]) -> ColumnElement[str]:
    """For `erase`: something stood here, and nobody reads it any more."""
    return case((column == "", ""), else_=STRUCK)


def numbered(column: Column[Any]) -> ColumnElement[str]:
    """For `erase`: without an owner, and no two alike."""
    return literal("erased-").concat(cast(column.table.c.id, String))


def ended(column: Column[Any]) -> ColumnElement[Any]:
    """For `erase`: over by now."""
    return func.coalesce(column, literal(clock.now(), column.type))


def owners(table: Table) -> Iterator[tuple[Column[Any], OwnerColumn]]:
    """The columns by which its rows are somebody's."""
    return ((column, column.info[_OWNER]) for column in table.columns if _OWNER in column.info)


def datum(column: Column[Any]) -> DataColumn | None:
    """The declaration of the column."""
    found: DataColumn | None = column.info.get(_DATUM)
    return found


def referred(column: Column[Any]) -> Column[Any] | None:
    """The key of another table that it refers to."""
    keys = (key.column for key in column.foreign_keys)
    return next((key for key in keys if list(key.table.primary_key) == [key]), None)


def theirs(column: Column[Any], person_id: Any) -> ColumnElement[bool]:
    """The rows that are the person's by this column."""
    declared: OwnerColumn = column.info[_OWNER]
    if declared.among is not None:
        return column.in_(declared.among(person_id))
    key = referred(column)
    if key is None or key.table.name == "person":
        is_theirs: ColumnElement[bool] = column == person_id
        return is_theirs
    above = [theirs(each, person_id) for each, one in owners(key.table) if one.is_whose]
    return column.in_(select(key).where(or_(*above)))
