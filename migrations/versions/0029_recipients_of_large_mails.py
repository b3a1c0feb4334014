"""Recipients of large mails wait in chunks, so that their deliveries are made in short transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0029", "0028", None, None


def upgrade() -> None:
    op.create_table(
        "recipient_chunk",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_recipient_chunk_holds_some")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_recipient_chunk_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_chunk")),
    )
    op.create_index(op.f("ix_recipient_chunk_mail_id"), "recipient_chunk", ["mail_id"])
