"""An index by which the officers' desk finds mails that have waited for long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0021", "0020", None, None


def upgrade() -> None:
    waits = sa.text("state IN ('queued', 'in_hand')")
    op.create_index(
        op.f("ix_delivery_waiting"), "delivery", ["next_at"], unique=False, sqlite_where=waits, postgresql_where=waits
    )
