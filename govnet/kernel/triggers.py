"""Database triggers: features declare them here, one text for each dialect; they are put back after every upgrade."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, event, inspect, text

from govnet.kernel.models import Base


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


def names() -> dict[str, str]:
    """Each trigger's name on SQLite, with its table."""
    return {n: t.table for t in _triggers.values() for n in _sqlite_names(t)}


def names_on(dialect: str) -> set[str]:
    """The names that every declared trigger has in a database of that dialect."""
    if dialect == "sqlite":
        return set(names())
    return {t.name for t in _triggers.values() if t.postgresql}


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
