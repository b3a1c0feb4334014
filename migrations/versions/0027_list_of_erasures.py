"""Who was erased is a list in the database too, which outlives the rows that a backup brings back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0027", "0026", None, None


def upgrade() -> None:
    op.create_table(
        "person_erasure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_erasure")),
        sa.UniqueConstraint("person", "made_at", name=op.f("uq_person_erasure_person_made_at")),
    )
    op.execute(
        "INSERT INTO person_erasure (person, made_at, at) "
        "SELECT id, created_at, erased_at FROM person WHERE erased_at IS NOT NULL ORDER BY erased_at, id"
    )
