"""A network's logo: its bytes apart, so that no page reads them; their digest and size with the network."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0030", "0029", None, None


def upgrade() -> None:
    op.create_table(
        "network_logo",
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(png) BETWEEN 1 AND 131072", name=op.f("ck_network_logo_png_bounded")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_network_logo_digest_whole")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_network_logo_network_id")),
        sa.PrimaryKeyConstraint("network_id", name=op.f("pk_network_logo")),
    )
    with op.batch_alter_table("network") as batch:
        batch.add_column(sa.Column("logo_digest", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("logo_width", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("logo_height", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_network_logo_with_its_size"),
            "(logo_digest IS NULL) = (logo_width IS NULL) AND (logo_digest IS NULL) = (logo_height IS NULL)"
            " AND length(logo_digest) = 64 AND logo_width BETWEEN 1 AND 640 AND logo_height BETWEEN 1 AND 192",
        )
