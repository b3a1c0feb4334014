"""The shape of the tables: by the models, and in a database, compared in forms that PostgreSQL never respells."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Dialect, text
from sqlalchemy.schema import CreateIndex, CreateTable

from govnet.kernel import triggers
from govnet.kernel.models import EXCLUSIONS, Base

_FAMILIES: Final = {
    "text": ("varchar", "character", "text", "char"),
    "whole number": ("integer", "bigint", "smallint", "bigserial", "serial", "int"),
    "instant": ("timestamp", "datetime"),
    "number": ("float", "double", "numeric", "real", "decimal"),
    "bytes": ("blob", "bytea"),
    "json": ("json", "jsonb"),
}
_FAMILY: Final = {word: family for family, words in _FAMILIES.items() for word in words}
_QUOTED: Final = re.compile(r"E?'((?:[^']|'')*)'")
_CAST: Final = re.compile(
    r"::\"?[a-z]+(?: (?:varying|precision|with(?:out)? time zone))?\"?(?:\(\d+\))?(?:\[\])?"
)
_WORD: Final = re.compile(r"[a-z_][a-z0-9_]*|\d+(?:\.\d+)?")
_COMPARED: Final = re.compile(r"<>|!=|->>?|<=|>=|<|>")
_NAMED: Final = re.compile(r"\bCONSTRAINT \"?(\w+)\"? (CHECK|UNIQUE|FOREIGN KEY|PRIMARY KEY)(.*)", re.DOTALL)
_LOOSE: Final = re.compile(r"[\s\"]+")
_PLACE: Final = re.compile(r"\b\w++\.|\"")
_SIGN: Final = re.compile(r"^-(?=\d)")
_FIRST: Final = re.compile(r"[a-z]*")
_OWN: Final = ("ck_", "uq_", "fk_", "pk_", "ex_")
_KINDS: Final = {"c": "CHECK", "u": "UNIQUE", "f": "FOREIGN KEY", "p": "PRIMARY KEY", "x": "EXCLUDE"}
Said = tuple[object, ...]


@dataclass(frozen=True)
class Column:
    """The columns that a row has to fill: `open` says that one may be written without it."""

    family: str
    required: bool
    open: bool = field(compare=False)


@dataclass
class TableShape:
    """Each thing by its name; a constraint's or an index's name comes with its table."""

    columns: dict[tuple[str, str], Column] = field(default_factory=dict)
    constraints: dict[tuple[str, str], Said] = field(default_factory=dict)
    indexes: dict[tuple[str, str], Said] = field(default_factory=dict)
    triggers: dict[tuple[str, str], Said] = field(default_factory=dict)

    def tables(self) -> set[str]:
        """The names of the tables."""
        return {table for table, _column in self.columns}


def differences(connection: Connection) -> list[str]:
    """The differences between the database and the models, each in a few words: "column x of table y is missing".

    Indexes, tables and columns that somebody added do not count, while rows can be written without them.
    """
    wanted, found = _of_models(connection.dialect), _SEEN[connection.dialect.name](connection)
    missing = wanted.tables() - found.tables()
    said = [f"table {table} is missing" for table in sorted(missing)]
    for kind in ("columns", "constraints", "indexes", "triggers"):
        here, there = getattr(wanted, kind), getattr(found, kind)
        name = _CALLED[kind]
        for (table, each), value in sorted(here.items()):
            if table not in missing and there.get((table, each)) != value:
                how = _how(value, there.get((table, each)))
                said.append(f"{name} {each} of table {table} {how}")
    for (table, each), column in sorted(found.columns.items()):
        if table in wanted.tables() and (table, each) not in wanted.columns and not column.open:
            said.append(f"column {each} of table {table} is not of this release")
    for table, each in sorted(found.constraints.keys() - wanted.constraints.keys()):
        if table in wanted.tables() and each.startswith(_OWN):
            said.append(f"constraint {each} of table {table} is not of this release")
    return said


_CALLED: Final = {
    "columns": "column",
    "constraints": "constraint",
    "indexes": "index",
    "triggers": "trigger",
}


def _how(wanted: object, found: object) -> str:
    if found is None:
        return "is missing"
    if not isinstance(wanted, Column) or not isinstance(found, Column):
        return "is another one"
    if wanted.family != found.family:
        return f"holds {found.family}, not {wanted.family}"
    return "may be empty" if wanted.required else "may not be empty"


def _of_models(dialect: Dialect) -> TableShape:
    shape = TableShape()
    exact = dialect.name == "sqlite"
    for table in Base.metadata.tables.values():
        _read(shape, table.name, str(CreateTable(table).compile(dialect=dialect)), exact)
        names = set(table.columns.keys())
        for index in table.indexes:
            written = str(CreateIndex(index).compile(dialect=dialect))
            shape.indexes[table.name, str(index.name)] = _index(written, names, exact)
    if not exact:
        shape.constraints |= {(table, name): ("EXCLUDE",) for name, table in EXCLUSIONS.items()}
    for each, name, moment, body in triggers.written(dialect.name):
        shape.triggers[each, name] = _trigger(moment, body)
    return shape


def _in_sqlite(connection: Connection) -> TableShape:
    shape = TableShape()
    names: dict[str, set[str]] = {}
    rows: Any = connection.execute(
        text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    ).all()
    for kind, name, _table, sql in rows:
        if kind == "table" and not sql.upper().startswith("CREATE VIRTUAL"):
            _read(shape, name, sql, True)
    for table, column in shape.columns:
        names.setdefault(table, set()).add(column)
    for kind, name, table, sql in rows:
        if kind == "index":
            shape.indexes[table, name] = _index(sql, names.get(table, set()), True)
        elif kind == "trigger":
            shape.triggers[table, name] = _trigger("", sql)
    return shape


_COLUMNS: Final = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull, a.atthasdef OR a.attidentity <> ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS: Final = """
SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('c', 'u', 'f', 'p', 'x')
"""
_INDEXES: Final = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
_TRIGGERS: Final = """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled <> 'D'
"""


def _rows(connection: Connection, sql: str) -> Any:
    return connection.execute(text(sql)).all()


def _in_postgresql(connection: Connection) -> TableShape:
    shape = TableShape()
    names: dict[str, set[str]] = {}
    for table, name, kind, required, default in _rows(connection, _COLUMNS):
        shape.columns[table, name] = Column(_family(kind), required, not required or default)
        names.setdefault(table, set()).add(name)
    for table, name, kind, definition in _rows(connection, _CONSTRAINTS):
        shape.constraints[table, name] = _constraint(_KINDS[kind], definition, names[table], False)
    for table, name, definition in _rows(connection, _INDEXES):
        shape.indexes[table, name] = _index(definition, names.get(table, set()), False)
    for table, name, definition, body in _rows(connection, _TRIGGERS):
        shape.triggers[table, name] = _trigger(definition, body)
    return shape


_SEEN: Final[dict[str, Callable[[Connection], TableShape]]] = {
    "sqlite": _in_sqlite,
    "postgresql": _in_postgresql,
}


def _read(shape: TableShape, table: str, sql: str, exact: bool) -> None:
    """The columns and constraints of a CREATE TABLE."""
    elements = list(_elements(sql.partition("(")[2].rpartition(")")[0]))
    columns = [element for element in elements if not element.upper().startswith(_CLAUSES)]
    names = {element.split(None, 1)[0].strip('"') for element in columns}
    for element in columns:
        name, _space, rest = element.partition(" ")
        required = " NOT NULL" in rest.upper() or "SERIAL" in rest.upper()
        default = not required or " DEFAULT " in rest.upper()
        shape.columns[table, name.strip('"')] = Column(_family(rest), required, default)
    for element in elements:
        found = _NAMED.search(element)
        if found:
            shape.constraints[table, found[1]] = _constraint(found[2], found[3], names, exact)


_CLAUSES: Final = ("CONSTRAINT ", "CHECK", "UNIQUE", "FOREIGN KEY", "PRIMARY KEY")


def _elements(inside: str) -> Iterator[str]:
    """The parts between the commas that are in no brackets and no quotes."""
    depth, start, quoted = 0, 0, ""
    for at, char in enumerate(inside):
        if quoted:
            quoted = "" if char == quoted else quoted
        elif char in "'\"":
            quoted = char
        elif char == "," and not depth:
            yield " ".join(inside[start:at].split())
            start = at + 1
        else:
            depth += (char == "(") - (char == ")")
    yield " ".join(inside[start:].split())


def _family(kind: str) -> str:
    found = _FIRST.match(kind.strip().lower())
    word = found.group() if found else ""
    return _FAMILY.get(word, word)


def _constraint(kind: str, clause: str, columns: set[str], exact: bool) -> Said:
    if kind == "EXCLUDE":
        return (kind,)
    if kind == "CHECK":
        return kind, *(_spelt(clause) if exact else _gist(clause, columns))
    spelt = _PLACE.sub("", clause.removeprefix(kind).lower())
    return kind, *_WORD.findall(spelt)


def _index(sql: str, columns: set[str], exact: bool) -> Said:
    start, _bracket, rest = sql.partition("(")
    unique = " UNIQUE " in start.upper()
    if exact:
        return unique, *_spelt(rest)
    parts, _where, condition = rest.partition(" WHERE ")
    keys = [word for word in _WORD.findall(_CAST.sub("", parts.lower())) if word in columns]
    return unique, *keys, *_gist(condition, columns)


def _spelt(clause: str) -> Said:
    return (_LOOSE.sub("", clause),)


def _gist(condition: str, columns: set[str]) -> Said:
    """The values, columns and comparisons of a condition: PostgreSQL spells the rest in its own way, and anew after a dump."""
    values = {_SIGN.sub("", value.replace("\\\\", "\\")) for value in _QUOTED.findall(condition)}
    plain = _CAST.sub("", _QUOTED.sub(" ", condition).lower().replace('"', ""))
    words = {word for word in _WORD.findall(plain) if word in columns or word[0] in string.digits}
    compared = {sign for sign in _COMPARED.findall(plain) if sign in ("<", "<=", ">", ">=")}
    compared |= {"<=", ">="} if "between" in plain else set()
    return frozenset(values | words), frozenset(compared)


def _trigger(moment: str, body: str) -> Said:
    """The times when it fires, in any order, and its text."""
    return frozenset(_MOMENTS & set(moment.partition(" ON ")[0].split())), " ".join(body.split())


_MOMENTS: Final = {"BEFORE", "AFTER", "INSERT", "UPDATE", "DELETE"}
