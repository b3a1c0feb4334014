"""A link to sign in says under what it counts, until when it lasts, and for which mailed one it stands."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LINK = sa.table(
    "sign_in_link",
    sa.column("id", sa.BigInteger),
    sa.column("token_digest", sa.String),
    sa.column("counted", sa.String),
    sa.column("asked_at", sa.DateTime(timezone=True)),
    sa.column("until", sa.DateTime(timezone=True)),
)
LASTED = timedelta(minutes=10)


def upgrade() -> None:
    with op.batch_alter_table("sign_in_link") as batch:
        batch.add_column(sa.Column("counted", sa.String(64), nullable=True))
        batch.add_column(sa.Column("stands_for", sa.String(64), nullable=True))
        batch.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    bind = op.get_bind()
    bind.execute(LINK.update().values(counted=LINK.c.token_digest))
    for key, asked_at in bind.execute(sa.select(LINK.c.id, LINK.c.asked_at)).all():
        bind.execute(LINK.update().where(LINK.c.id == key).values(until=asked_at + LASTED))
    with op.batch_alter_table("sign_in_link") as batch:
        batch.alter_column("counted", existing_type=sa.String(64), nullable=False)
        batch.alter_column("until", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.create_check_constraint("until_later", "asked_at < until")
        batch.create_index("ix_sign_in_link_counted", ["counted", "asked_at"])
        batch.create_index("ix_sign_in_link_stands_for", ["stands_for"])
