"""Database triggers: features declare them here, one text for each dialect; they are put back after every upgrade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, event, inspect, text

from govnet.kernel.models import Base

CODE = "USING ERRCODE = 'integrity_constraint_violation'"
"""With what a trigger of PostgreSQL raises, so that SQLAlchemy knows it for an IntegrityError."""
ALWAYS = "1 = 1"


@dataclass(frozen=True)
class Trigger:
    """`sqlite` is the whole CREATE TRIGGER; `postgresql` the plpgsql body of a row trigger, with `when` it fires."""

    name: str
    table: str
    sqlite: tuple[str, ...]
    when: str
    postgresql: str


_triggers: dict[str, Trigger] = {}


def trigger(
    name: str, table: str, *, when: str, sqlite: str, postgresql: str, also: tuple[str, ...] = ()
) -> None:
    """Declare a trigger. `when` is e.g. "BEFORE UPDATE OR DELETE"; `sqlite` and each of `also` are the text between
    CREATE TRIGGER <name> and END, since SQLite wants one trigger for each operation.
    """
    _triggers[name] = Trigger(name, table, (sqlite, *also), when, postgresql)


def refuse(name: str, table: str, words: str, where: Mapping[str, str]) -> None:
    """Refuse, with this message, each operation on a row `where` its condition over OLD and NEW holds.

    Operations are INSERT, UPDATE (or "UPDATE OF column") and DELETE; conditions are in the SQL of SQLite.
    """
    sqlite, checks = [], []
    for operation, holds in where.items():
        sqlite.append(f"BEFORE {operation} ON {table} WHEN {holds} BEGIN SELECT RAISE(ABORT, '{words}');")
        refused = f"IF {in_postgresql(holds)} THEN RAISE EXCEPTION '{words}' {CODE}; END IF;"
        checks.append(f"IF TG_OP = '{operation.split()[0]}' THEN {refused} END IF;")
    trigger(
        name,
        table,
        when=f"BEFORE {' OR '.join(where)}",
        sqlite=sqlite[0],
        also=tuple(sqlite[1:]),
        postgresql=f"BEGIN {' '.join(checks)} IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END",
    )


def differs(*columns: str) -> str:
    """The condition that an UPDATE changes one of the columns."""
    return "(" + " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns) + ")"


def same(*columns: str) -> str:
    """The condition that an UPDATE changes none of them."""
    return " AND ".join(f"OLD.{column} IS NEW.{column}" for column in columns)


def in_postgresql(condition: str) -> str:
    """The same condition in the SQL of PostgreSQL."""
    return condition.replace(" IS NOT NEW.", " IS DISTINCT FROM NEW.").replace(
        " IS NEW.", " IS NOT DISTINCT FROM NEW."
    )


def names() -> dict[str, str]:
    """Each trigger's name on SQLite, with its table."""
    return {n: t.table for t in _triggers.values() for n in _sqlite_names(t)}


def written(dialect: str) -> Iterator[tuple[str, str, str, str]]:
    """Each trigger's table and name, when it fires, and its text, as a database of that dialect keeps them."""
    for t in _triggers.values():
        if dialect == "sqlite":
            for name, body in zip(_sqlite_names(t), t.sqlite, strict=True):
                yield t.table, name, "", f"CREATE TRIGGER {name} {body} END"
        elif t.postgresql:
            yield t.table, t.name, t.when, t.postgresql


def _sqlite_names(t: Trigger) -> list[str]:
    return [t.name if not i else f"{t.name}_{i}" for i in range(len(t.sqlite))]


def install(connection: Connection) -> None:
    """Put every declared trigger into the database anew, for tables that there are: an older revision lacks some."""
    there = set(inspect(connection).get_table_names())
    for t in _triggers.values():
        if t.table in there:
            install_one(connection, t)


def install_one(connection: Connection, t: Trigger) -> None:
    """Drop and create one trigger, in the connection's dialect."""
    if connection.dialect.name == "sqlite":
        for name, body in zip(_sqlite_names(t), t.sqlite, strict=True):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {body} END")
        return
    if not t.postgresql:
        return  # a constraint of PostgreSQL's own does it
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {t.name}() RETURNS trigger LANGUAGE plpgsql AS $govnet$\n{t.postgresql}\n$govnet$"
    )
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {t.name} ON {t.table}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {t.name} {t.when} ON {t.table} FOR EACH ROW EXECUTE FUNCTION {t.name}()"
    )


@event.listens_for(Base.metadata, "after_create")
def _install_after_create(_target: object, connection: Connection, **_: object) -> None:
    install(connection)
