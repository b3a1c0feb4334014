"""Lists of people that are uploaded, with what each row makes, so that they can be looked at and taken back."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0007", "0006", None, None


def upgrade() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "looked", "done", "undone", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("subscribers", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'looked') = (done_at IS NULL)", name=op.f("ck_roster_import_done_when")),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_roster_import_undone_when")
        ),
        sa.CheckConstraint("members >= 0 AND subscribers >= 0", name=op.f("ck_roster_import_counts")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_roster_import_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_roster_import_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_index(op.f("ix_roster_import_by_id"), "roster_import", ["by_id"], unique=False)
    op.create_index(
        "ix_roster_import_forget",
        "roster_import",
        ["looked_at"],
        unique=False,
        sqlite_where=sa.text("forgotten_at IS NULL"),
        postgresql_where=sa.text("forgotten_at IS NULL"),
    )
    op.create_index(op.f("ix_roster_import_network_id"), "roster_import", ["network_id"], unique=False)
    op.create_table(
        "roster_import_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("roster_import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "mend",
                "shares",
                "erased",
                "left",
                "silent",
                "wish",
                "twice",
                "member",
                "organisation",
                "reads",
                "invited",
                "reader",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("new_person", sa.Boolean(), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("representation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_roster_import_row_membership_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_roster_import_row_organisation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_roster_import_row_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["representation_id"], ["representation.id"], name=op.f("fk_roster_import_row_representation_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["roster_import_id"],
            ["roster_import.id"],
            name=op.f("fk_roster_import_row_roster_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_roster_import_row_subscription_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import_row")),
        sa.UniqueConstraint("roster_import_id", "place", name="uq_roster_import_row_place"),
    )
    op.create_index(op.f("ix_roster_import_row_address"), "roster_import_row", ["address"], unique=False)
    op.create_index(
        op.f("ix_roster_import_row_membership_id"), "roster_import_row", ["membership_id"], unique=False
    )
    op.create_index(
        op.f("ix_roster_import_row_organisation_id"), "roster_import_row", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_roster_import_row_person_id"), "roster_import_row", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_roster_import_row_representation_id"),
        "roster_import_row",
        ["representation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_roster_import_row_subscription_id"), "roster_import_row", ["subscription_id"], unique=False
    )
