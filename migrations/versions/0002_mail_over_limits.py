"""Mails that came in and are too much to read say which limit they go over."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade() -> None:
    with op.batch_alter_table("inbound_mail") as batch:
        batch.add_column(sa.Column("over", sa.String(40), nullable=False, server_default=""))
