"""Mails that went out long ago are emptied whole, and one that names somebody who was erased is marked on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail_rendering") as batch:
        batch.add_column(sa.Column("names_erased", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("mail_rendering") as batch:
        batch.alter_column("names_erased", server_default=None)
        batch.create_index(
            "ix_mail_rendering_kept",
            ["mail_id"],
            sqlite_where=sa.text("body IS NOT NULL"),
            postgresql_where=sa.text("body IS NOT NULL"),
        )
    rendering = sa.table("mail_rendering", sa.column("head", sa.LargeBinary), sa.column("body", sa.LargeBinary))
    op.execute(rendering.update().where(rendering.c.body.is_(None)).values(head=b""))
