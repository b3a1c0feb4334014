"""A text is removed for good by two people, or where the law wants it: who was the second, and until when it can come back."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0015", "0014", None, None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("kind = 'hidden' AND lifted_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("hiding") as batch:
        batch.add_column(sa.Column("wanted_gone_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("law_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("second_id", KEY, nullable=True))
        batch.create_foreign_key(batch.f("fk_hiding_second_id"), "person", ["second_id"], ["id"])
        batch.create_check_constraint(batch.f("ck_hiding_two_remove"), "second_id IS NULL OR second_id <> by_id")
        batch.create_index("ix_hiding_law", ["law_until"], postgresql_where=OPEN, sqlite_where=OPEN)
