"""Runs migrations on the application's own database; on SQLite with foreign keys off, because batch mode moves tables."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from govnet.kernel import triggers
from govnet.kernel.models import Base


def _check_foreign_keys(connection: Connection) -> None:
    """Nothing may point nowhere after tables were moved."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"rows point nowhere after the migration: {broken[:5]}")


def run() -> None:
    """Migrate in one transaction, then put the triggers back, which batch mode drops silently."""
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
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                _check_foreign_keys(connection)
            triggers.install(connection)
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


run()
