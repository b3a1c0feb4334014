"""What was decided off site has a table of its own, and so have objections; such words wait in a state of their own."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0032", "0031", None, None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
MOVED = ("taken_on", "taken_by", "taken_where", "evidence", "evidence_url", "present", "days_late", "late_because",
         "tell_at", "told_at")  # fmt: skip


def upgrade() -> None:
    _decisions()
    _versions()
    _objections()


def _decisions() -> None:
    op.create_table(
        "offsite_decision",
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.String(length=20), nullable=False),
        sa.Column("taken_where", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=500), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("late_because", sa.Text(), nullable=False),
        sa.Column("tell_at", AT, nullable=False),
        sa.Column("told_at", AT, nullable=True),
        sa.CheckConstraint("taken_by IN ('all', 'committee')", name=op.f("ck_offsite_decision_taken_by_known")),
        sa.CheckConstraint("evidence <> ''", name=op.f("ck_offsite_decision_has_evidence")),
        sa.CheckConstraint("days_late >= 0 AND (days_late = 0) = (late_because = '')",
                           name=op.f("ck_offsite_decision_late_has_a_reason")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_offsite_decision_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_offsite_decision")),
    )  # fmt: skip
    op.execute(
        f"INSERT INTO offsite_decision (proposal_id, {', '.join(MOVED)}) "
        "SELECT id, taken_on, CASE WHEN taken_by = '' THEN body ELSE taken_by END, taken_where, "
        "evidence, evidence_url, present, days_late, late_because, "
        "coalesce(tell_at, opened_at), CASE WHEN tell_at IS NULL THEN opened_at ELSE told_at END "
        "FROM proposal WHERE taken_on IS NOT NULL"
    )
    with op.batch_alter_table("proposal") as batch:
        for check in ("taken_elsewhere_has_a_day", "taken_elsewhere_has_evidence", "late_has_a_reason"):
            batch.drop_constraint(op.f(f"ck_proposal_{check}"), type_="check")
        for column in MOVED:
            batch.drop_column(column)


def _versions() -> None:
    """One is open at a time, whether it is asked or stands unopposed."""
    still = sa.text("state <> 'closed'")
    with op.batch_alter_table("proposal_version") as batch:
        batch.drop_constraint(op.f("ck_proposal_version_state"), type_="check")
        batch.create_check_constraint(op.f("ck_proposal_version_state"), "state IN ('open', 'unopposed', 'closed')")
        batch.drop_index("uq_proposal_version_open")
        batch.create_index(
            "uq_proposal_version_open", ["proposal_id"], unique=True, sqlite_where=still, postgresql_where=still
        )
    op.execute("UPDATE proposal_version SET state = 'unopposed' WHERE state = 'open' AND method = 'elsewhere'")


def _objections() -> None:
    """Each as the record has it; where its words are gone there, from the words in which everybody was asked."""
    table = op.create_table(
        "offsite_objection",
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_offsite_objection_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_offsite_objection_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["offsite_decision.proposal_id"], name=op.f("fk_offsite_objection_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_offsite_objection")),
    )
    op.create_index(op.f("ix_offsite_objection_person_id"), "offsite_objection", ["person_id"])
    connection = op.get_bind()
    entries = connection.execute(
        sa.text(
            "SELECT p.id AS proposal_id, person.id AS person_id, e.words, v.because, v.opened_at AS at "
            "FROM entry e JOIN proposal p ON e.network_id = p.network_id AND e.subject = 'proposal:' || p.id "
            "JOIN offsite_decision o ON o.proposal_id = p.id "
            "JOIN proposal_version v ON v.proposal_id = p.id AND v.number = 2 "
            "JOIN person ON person.id = e.actor_id WHERE e.verb = 'decisions.objected'"
        ).columns(at=AT)
    ).all()
    rows = [
        {
            "proposal_id": row.proposal_id,
            "person_id": row.person_id,
            "reason": json.loads(row.words or "{}").get("reason") or row.because or "-",
            "at": row.at,
        }
        for row in entries
    ]
    if rows:
        connection.execute(sa.insert(table), rows)
