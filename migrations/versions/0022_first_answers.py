"""Indexes by which the first answers of each kind are found, and of those the ones with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0022", "0021", None, None


def upgrade() -> None:
    first, reason = ["version_id", "kind", "at", "id"], sa.text("reason <> ''")
    op.create_index(op.f("ix_position_kind"), "position", first, unique=False)
    op.create_index(
        op.f("ix_position_reasons"), "position", first, unique=False, sqlite_where=reason, postgresql_where=reason
    )
    op.drop_index(op.f("ix_position_version_id"), "position")
