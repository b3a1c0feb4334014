"""What was decided elsewhere, and settled before it was told, counts as told: everybody could read it."""

from __future__ import annotations

from alembic import op

revision, down_revision, branch_labels, depends_on = "0004", "0003", None, None


def upgrade() -> None:
    op.execute(
        "UPDATE proposal SET told_at = tell_at WHERE told_at IS NULL AND tell_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM proposal_version v WHERE v.proposal_id = proposal.id AND v.state = 'open' "
        "AND v.method = 'elsewhere')"
    )
