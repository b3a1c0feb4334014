"""Indexes by which trouble with mail is found, discussions are counted, and a usual time is found.

For some days they were made together with the index before them: a database of those days has them already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0022", "0021", None, None


def upgrade() -> None:
    failed = sa.text("state = 'failed'")
    op.create_index(
        op.f("ix_delivery_failed"), "delivery", ["changed_at"], unique=False, if_not_exists=True, sqlite_where=failed,
        postgresql_where=failed,
    )  # fmt: skip
    wrong = sa.text("done_at IS NULL AND error IS NOT NULL")
    op.create_index(
        op.f("ix_telling_wrong"), "telling", ["entry_id"], unique=False, if_not_exists=True, sqlite_where=wrong,
        postgresql_where=wrong,
    )  # fmt: skip
    op.create_index(
        op.f("ix_thread_numbers"), "thread", ["topic_id", "visibility"], unique=False, if_not_exists=True
    )
    people = sa.text("decided_by_id IS NOT NULL")
    op.create_index(
        op.f("ix_application_answered"), "application", ["network_id", "decided_at"], unique=False, if_not_exists=True,
        sqlite_where=people, postgresql_where=people,
    )  # fmt: skip
