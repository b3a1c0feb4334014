"""Indexes by which pages find their rows in large tables, and what the worker found when it last looked at the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0016", "0015", None, None

INDEXES: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_membership_numbers", "membership", ["network_id", "state", "kind", "start", "end"], ""),
    ("ix_membership_confirmed", "membership", ["network_id", "confirmed_at"], ""),
    ("ix_membership_began", "membership", ["network_id", "start"], ""),
    ("ix_membership_ended", "membership", ["network_id", "end"], '"end" IS NOT NULL'),
    ("ix_application_waiting", "application", ["network_id", "state", "confirmed_at"], ""),
    ("ix_application_decided", "application", ["network_id", "decided_at"], ""),
    ("ix_subscription_just_mail", "subscription", ["network_id", "just_mail", "confirmed_at", "silent_at"], ""),
    ("ix_mail_paused", "mail", ["network_id"], "paused_at IS NOT NULL"),
    ("ix_post_hidden", "post", ["network_id"], "state = 'hidden'"),
    ("ix_entry_at", "entry", ["network_id", "at"], ""),
    ("ix_past_position_cast_by_id", "past_position", ["cast_by_id"], ""),
    ("ix_proposal_author_id", "proposal", ["author_id"], ""),
    ("ix_proposal_version_outcome", "proposal_version", ["outcome", "closed_at"], ""),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        only = {f"{kind}_where": sa.text(where) for kind in ("sqlite", "postgresql")} if where else {}
        op.create_index(op.f(name), table, columns, unique=False, **only)
    op.create_table(
        "database_look",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_database_look_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_database_look")),
    )
