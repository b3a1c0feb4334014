"""A digest of each key that all processes share, so that one with another key is noticed."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0026", "0025", None, None


def upgrade() -> None:
    op.create_table(
        "key_digest",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_key_digest")),
    )
