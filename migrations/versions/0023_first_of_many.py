"""Indexes by which the first of many answers, of a roll and of the names under a letter are found in their order.

Some of the indexes of 0021 and 0022 came under other numbers in databases made between two versions: what is missing
is made here, and what is there already stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0023", "0022", None, None


def upgrade() -> None:
    _those_of_0021()
    first, reason = ["version_id", "kind", "at", "id"], sa.text("reason <> ''")
    op.drop_index(op.f("ix_position_kind"), "position", if_exists=True)
    op.create_index(op.f("ix_position_kind"), "position", [*first, "counted"], unique=False)
    op.create_index(
        op.f("ix_position_reasons"), "position", first, unique=False, if_not_exists=True, sqlite_where=reason,
        postgresql_where=reason,
    )  # fmt: skip
    op.drop_index(op.f("ix_position_version_id"), "position", if_exists=True)
    op.drop_index(op.f("ix_proposal_roll_counted"), "proposal_roll")
    op.create_index(
        op.f("ix_proposal_roll_counted"), "proposal_roll", ["version_id", "counted", "id"], unique=False
    )
    op.create_index(
        op.f("ix_letter_signature_signed"), "letter_signature", ["letter_id", "at", "id"], unique=False
    )
    op.drop_index(op.f("ix_letter_signature_letter_id"), "letter_signature")


def _those_of_0021() -> None:
    failed = sa.text("state = 'failed'")
    op.create_index(
        op.f("ix_delivery_failed"), "delivery", ["changed_at"], unique=False, if_not_exists=True, sqlite_where=failed,
        postgresql_where=failed,
    )  # fmt: skip
    wrong = sa.text("done_at IS NULL AND error IS NOT NULL")
    op.create_index(
        op.f("ix_telling_wrong"), "telling", ["entry_id"], unique=False, if_not_exists=True, sqlite_where=wrong,
        postgresql_where=wrong,
    )  # fmt: skip
    op.create_index(
        op.f("ix_thread_numbers"), "thread", ["topic_id", "visibility"], unique=False, if_not_exists=True
    )
    people = sa.text("decided_by_id IS NOT NULL")
    op.create_index(
        op.f("ix_application_answered"), "application", ["network_id", "decided_at"], unique=False, if_not_exists=True,
        sqlite_where=people, postgresql_where=people,
    )  # fmt: skip
