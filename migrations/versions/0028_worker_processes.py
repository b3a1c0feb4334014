"""Each worker process gives signs of life of its own: two on one machine hid each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0028", "0027", None, None


def upgrade() -> None:
    op.drop_table("worker_beat")  # nothing in it outlives a worker
    op.create_table(
        "worker_beat",
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("host", "pid", name=op.f("pk_worker_beat")),
    )
