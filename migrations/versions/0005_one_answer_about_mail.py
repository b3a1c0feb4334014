"""What an address said about mail becomes what its owner said, where somebody has proved the address."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWNER = """(SELECT e.person_id FROM person_email e
            WHERE e.address = subscription.address AND e.verified_at IS NOT NULL)"""
BELONGS = """EXISTS (SELECT 1 FROM membership m WHERE m.network_id = subscription.network_id
             AND m.person_id = subscription.person_id AND m."end" IS NULL)"""


def upgrade() -> None:
    with op.batch_alter_table("subscription") as batch:
        batch.add_column(sa.Column("just_mail", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE subscription SET just_mail = (address IS NOT NULL)")
    op.execute(
        """UPDATE delivery SET subscription_id = NULL, person_id = (
               SELECT e.person_id FROM subscription s JOIN person_email e ON e.address = s.address
               WHERE s.id = delivery.subscription_id AND e.verified_at IS NOT NULL)
           WHERE subscription_id IN (
               SELECT s.id FROM subscription s JOIN person_email e ON e.address = s.address
               WHERE e.verified_at IS NOT NULL)"""
    )
    op.execute(
        f"""DELETE FROM subscription WHERE address IS NOT NULL AND EXISTS (
                SELECT 1 FROM subscription other
                WHERE other.network_id = subscription.network_id AND other.person_id = {OWNER})"""
    )
    op.execute(
        f"""UPDATE subscription SET person_id = {OWNER}, address = NULL, name = '',
                just_mail = (confirmed_at IS NOT NULL), confirmed_at = COALESCE(confirmed_at, created_at)
            WHERE address IS NOT NULL AND EXISTS (
                SELECT 1 FROM person_email e WHERE e.address = subscription.address AND e.verified_at IS NOT NULL)"""
    )
    op.execute(f"UPDATE subscription SET just_mail = false WHERE person_id IS NOT NULL AND {BELONGS}")
    with op.batch_alter_table("subscription") as batch:
        batch.alter_column("just_mail", server_default=None)
        batch.create_check_constraint("address_takes_just_mail", "address IS NULL OR just_mail")
