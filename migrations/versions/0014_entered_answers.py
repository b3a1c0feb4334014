"""An answer that was entered for somebody says whether they let it stand."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0014", "0013", None, None


def upgrade() -> None:
    with op.batch_alter_table("past_position") as batch:
        batch.add_column(sa.Column("undone", sa.Boolean(), nullable=False, server_default=sa.false()))
