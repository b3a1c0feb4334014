"""Which languages a network offers, and which one people read who have not chosen."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0031", "0030", None, None


def upgrade() -> None:
    with op.batch_alter_table("network") as batch:
        batch.add_column(sa.Column("languages", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("language", sa.String(length=12), nullable=False, server_default="en"))
