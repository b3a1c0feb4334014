"""A mail line that was refused is tried again by itself, and so is a mailing that refusals paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0025", "0024", None, None


def upgrade() -> None:
    with op.batch_alter_table("mail_line") as batch:
        batch.add_column(sa.Column("settings", sa.String(64), nullable=False, server_default=""))
    with op.batch_alter_table("mail") as batch:
        batch.add_column(sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
