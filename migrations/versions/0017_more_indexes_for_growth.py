"""Indexes by which what happened lately, a roll, and a day's mails to one address are found or counted."""

from __future__ import annotations

from alembic import op

revision, down_revision, branch_labels, depends_on = "0017", "0016", None, None

INDEXES = (
    ("ix_entry_lately", "entry", ["network_id", "verb", "number"]),
    ("ix_proposal_roll_counted", "proposal_roll", ["version_id", "counted"]),
    ("ix_inbound_mail_recipient", "inbound_mail", ["recipient", "came_at"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(op.f(name), table, columns, unique=False)
