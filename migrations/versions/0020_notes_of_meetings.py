"""What was said at a meeting and asks nobody is a note with a page of its own."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0020", "0019", None, None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOORS = ("web", "mail", "meeting", "list", "phone", "letter", "cli", "api", "worker")


def upgrade() -> None:
    op.create_table(
        "meeting_note",
        sa.Column("id", KEY, nullable=False),
        sa.Column("network_id", KEY, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "door",
            sa.Enum(*DOORS, name="door", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_where", sa.String(length=200), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_why", sa.Text(), nullable=False),
        sa.CheckConstraint("door IN ('meeting', 'list')", name=op.f("ck_meeting_note_from_elsewhere")),
        sa.CheckConstraint("trim(title) <> '' AND trim(text) <> ''", name=op.f("ck_meeting_note_says_something")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_why = '')", name=op.f("ck_meeting_note_taken_back_with_reason")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_meeting_note_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_meeting_note_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_note")),
    )
    op.create_index(op.f("ix_meeting_note_author_id"), "meeting_note", ["author_id"], unique=False)
    op.create_index("ix_meeting_note_network", "meeting_note", ["network_id", "taken_on"], unique=False)
