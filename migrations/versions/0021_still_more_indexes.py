"""Indexes by which trouble with mail is found, discussions are counted, and a usual time is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0021", "0020", None, None


def upgrade() -> None:
    waits = sa.text("state IN ('queued', 'in_hand')")
    op.create_index(
        op.f("ix_delivery_waiting"), "delivery", ["next_at"], unique=False, sqlite_where=waits, postgresql_where=waits
    )
    failed = sa.text("state = 'failed'")
    op.create_index(
        op.f("ix_delivery_failed"), "delivery", ["changed_at"], unique=False, sqlite_where=failed, postgresql_where=failed
    )
    wrong = sa.text("done_at IS NULL AND error IS NOT NULL")
    op.create_index(
        op.f("ix_telling_wrong"), "telling", ["entry_id"], unique=False, sqlite_where=wrong, postgresql_where=wrong
    )
    op.create_index(op.f("ix_thread_numbers"), "thread", ["topic_id", "visibility"], unique=False)
    people = sa.text("decided_by_id IS NOT NULL")
    op.create_index(
        op.f("ix_application_answered"), "application", ["network_id", "decided_at"], unique=False, sqlite_where=people,
        postgresql_where=people,
    )  # fmt: skip
