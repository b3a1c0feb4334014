"""Every text is made into HTML again, earlier versions too: pasted addresses are links on other terms than before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from govnet.kernel.text import rendered

revision, down_revision, branch_labels, depends_on = "0009", "0008", None, None

TEXTS = (
    ("announcement", ("id",), "source", "html"),
    ("mandate_report", ("id",), "source", "html"),
    ("thread", ("id",), "summary", "summary_html"),
    ("letter", ("id",), "text", "html"),
    ("letter", ("id",), "reply", "reply_html"),
    ("post", ("id",), "source", "html"),
    ("post_version", ("post_id", "revision"), "source", "html"),
    ("proposal_version", ("id",), "text", "html"),
    ("decision_note", ("id",), "text", "html"),
)
"""Each table that keeps a text and its HTML: its key and both columns."""
MANY = 500


def upgrade() -> None:
    connection = op.get_bind()
    for table in dict.fromkeys(name for name, *_ in TEXTS):
        _guards(connection, table, "DISABLE")
        for name, keys, source, html in TEXTS:
            if name == table:
                _render_again(connection, sa.table(table, *map(sa.column, (*keys, source, html))), keys, source, html)
        _guards(connection, table, "ENABLE")


def _guards(connection: sa.Connection, table: str, what: str) -> None:
    """The triggers that keep closed texts as they are; on SQLite there are none while migrations run."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'ALTER TABLE "{table}" {what} TRIGGER USER')


def _render_again(
    connection: sa.Connection, table: sa.TableClause, keys: tuple[str, ...], source: str, html: str
) -> None:
    """Some hundred rows at a time, in the order of their keys; only what comes out otherwise is written."""
    key = sa.tuple_(*(table.c[name] for name in keys))
    query = sa.select(table).order_by(*(table.c[name] for name in keys)).limit(MANY)
    last: tuple[int, ...] | None = None
    while rows := connection.execute(query if last is None else query.where(key > last)).mappings().all():
        for row in rows:
            again = rendered(row[source]) if row[source] else row[html]
            if again != row[html]:
                here = (table.c[name] == row[name] for name in keys)
                connection.execute(sa.update(table).where(*here).values({html: again}))
        last = tuple(rows[-1][name] for name in keys)


