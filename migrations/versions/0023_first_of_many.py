"""Indexes by which the first of many answers, of a roll and of the names under a letter are found in their order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0023", "0022", None, None


def upgrade() -> None:
    first, reason = ["version_id", "kind", "at", "id"], sa.text("reason <> ''")
    op.create_index(op.f("ix_position_kind"), "position", [*first, "counted"], unique=False)
    op.create_index(
        op.f("ix_position_reasons"), "position", first, unique=False, sqlite_where=reason, postgresql_where=reason
    )
    op.drop_index(op.f("ix_position_version_id"), "position")
    op.drop_index(op.f("ix_proposal_roll_counted"), "proposal_roll")
    op.create_index(
        op.f("ix_proposal_roll_counted"), "proposal_roll", ["version_id", "counted", "id"], unique=False
    )
    op.create_index(
        op.f("ix_letter_signature_signed"), "letter_signature", ["letter_id", "at", "id"], unique=False
    )
    op.drop_index(op.f("ix_letter_signature_letter_id"), "letter_signature")
