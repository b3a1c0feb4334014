"""By what two people have the same name, so that namesakes are found by an index."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0018", "0017", None, None

_person = sa.table("person", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("name_key", sa.String))


def upgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("name_key", sa.String(200), nullable=False, server_default=""))
    connection = op.get_bind()
    rows = connection.execute(sa.select(_person.c.id, _person.c.name).where(_person.c.name != "")).all()
    if rows:
        filled = _person.update().where(_person.c.id == sa.bindparam("row")).values(name_key=sa.bindparam("key"))
        connection.execute(filled, [{"row": row.id, "key": _key(row.name)} for row in rows])
    with op.batch_alter_table("person") as batch:
        batch.alter_column("name_key", server_default=None)
        batch.create_index(op.f("ix_person_name_key"), ["name_key"])


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())[:200]
