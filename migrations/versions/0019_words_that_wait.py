"""Other words for a proposal wait for ten minutes, in which their author can undo them."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0019", "0018", None, None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("ask_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "proposal_rewording",
        sa.Column("id", KEY, nullable=False),
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("suggestion_id", KEY, nullable=True),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.CheckConstraint("trim(because) <> ''", name=op.f("ck_proposal_rewording_says_why")),
        sa.CheckConstraint(
            "(ask_at IS NULL) = (ended_why <> '')", name=op.f("ck_proposal_rewording_waits_or_has_ended")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_rewording_proposal_id")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["proposal_suggestion.id"], name=op.f("fk_proposal_rewording_suggestion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_rewording")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_proposal_rewording_proposal_id")),
    )
    op.create_index(
        "ix_proposal_rewording_due", "proposal_rewording", ["ask_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )
