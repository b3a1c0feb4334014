"""Runs migrations on the application's own database; on SQLite with foreign keys off, because batch mode moves tables."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, inspect, text

from govnet.kernel import triggers
from govnet.kernel.models import Base, UTCInstant


def _render(kind: str, thing: object, _autogen: object) -> str | bool:
    """Migrations name the database's own types, so that they read the same when ours change."""
    if kind == "type" and isinstance(thing, UTCInstant):
        return "sa.DateTime(timezone=True)"
    return False


def _check_foreign_keys(connection: Connection) -> None:
    """Nothing may point nowhere after tables were moved."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"rows point nowhere after the migration: {broken[:5]}")


def _drop_triggers(connection: Connection) -> None:
    """Triggers that look at a table while it is being moved would stop the move."""
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _is_newest(connection: Connection) -> bool:
    """Whether the tables are those of the newest migration, and there are any."""
    heads = set(context.get_context().get_current_heads())
    return heads == set(context.script.get_heads()) and inspect(connection).has_table("entry")


def run() -> None:
    """Migrate in one transaction; on SQLite without triggers, which stop a table from moving; then put them back."""
    engine = current_app.extensions["migrate"].db.engine
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()  # the pragma counts outside a transaction only
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            compare_type=True,
            render_item=_render,
            transactional_ddl=True,  # on SQLite too: BEGIN is ours there
        )
        with context.begin_transaction():
            if sqlite:
                _drop_triggers(connection)
            context.run_migrations()
            if sqlite:
                _check_foreign_keys(connection)
            if _is_newest(connection):  # an older shape lacks what today's triggers look at
                triggers.install(connection)
        connection.commit()
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


run()
