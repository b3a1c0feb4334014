"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.String(length=500), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                "waiting",
                "done",
                "answered",
                "ignored",
                name="fate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(fate = 'waiting') = (read_at IS NULL)", name=op.f("ck_inbound_mail_read_or_waiting")
        ),
        sa.CheckConstraint(
            "fate <> 'waiting' OR raw IS NOT NULL", name=op.f("ck_inbound_mail_kept_until_read")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_mail_digest")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbound_mail_answered",
            ["sender", "read_at"],
            unique=False,
            sqlite_where=sa.text("fate = 'answered'"),
            postgresql_where=sa.text("fate = 'answered'"),
        )
        batch_op.create_index(
            "ix_inbound_mail_waiting",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("fate = 'waiting'"),
            postgresql_where=sa.text("fate = 'waiting'"),
        )

    op.create_table(
        "mail_line",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_why", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("tripped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_line_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_line")),
    )
    op.create_table(
        "network",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "active",
                "dormant",
                "concluded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("accent", sa.String(length=20), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("list_address", sa.String(length=254), nullable=True),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "accent IN ('teal', 'blue', 'indigo', 'plum', 'brick', 'amber', 'green', 'slate')",
            name=op.f("ck_network_accent_known"),
        ),
        sa.CheckConstraint(
            "slug NOT IN ('me', 'search', 'healthz', 'metrics', 'api', 'demo', 'static', 'sign-in', 'sign-out', 'found', 'operator', 'mail', 'about', 'charter', 'join', 'members', 'organisations', 'forum', 'decisions', 'proposals', 'committee', 'coordinator', 'elections', 'meetings', 'manifesto', 'plan', 'announcements', 'record', 'data', 'desk', 'robots', 'favicon', 'well-known', 'unsubscribe', 'applications', 'membership', 'settings', 'letters')",
            name=op.f("ck_network_slug_not_reserved"),
        ),
        sa.CheckConstraint(
            "length(slug) BETWEEN 2 AND 40 AND slug = lower(slug)", name=op.f("ck_network_slug_shape")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["network.id"], name=op.f("fk_network_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
        sa.UniqueConstraint("chain", name=op.f("uq_network_chain")),
        sa.UniqueConstraint("slug", name=op.f("uq_network_slug")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("registration_number", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organisation_name_key")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "erased_at IS NULL OR (name = '' AND password_hash IS NULL)",
            name=op.f("ck_person_erased_is_empty"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "submission",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "digest", name=op.f("pk_submission")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_base"), ["base"], unique=False)

    op.create_table(
        "suppression",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "none",
                "address_gone",
                "mailbox_full",
                "refused_us",
                "refused_content",
                "sign_in",
                "busy",
                "no_answer",
                "unknown",
                name="why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_suppression")),
    )
    op.create_table(
        "worker_beat",
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_worker_beat")),
    )
    op.create_table(
        "address_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("old_address", sa.String(length=254), nullable=True),
        sa.Column("undo_digest", sa.String(length=64), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_address_change_address_lower")),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR old_address IS NOT NULL",
            name=op.f("ck_address_change_confirmed_has_old"),
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR confirmed_at IS NOT NULL",
            name=op.f("ck_address_change_undone_after_confirmed"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_change_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_address_change_token_digest")),
        sa.UniqueConstraint("undo_digest", name=op.f("uq_address_change_undo_digest")),
    )
    with op.batch_alter_table("address_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_change_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_address_change_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NULL"),
        )

    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "scheduled",
                "held",
                "sent",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "audience",
            sa.Enum(
                "members",
                "members and subscribers",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("goes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counted_how", sa.Text(), nullable=False),
        sa.Column("held_why", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_announcement_sent_has_a_time")
        ),
        sa.CheckConstraint(
            "state <> 'held' OR held_why <> ''", name=op.f("ck_announcement_held_with_a_reason")
        ),
        sa.CheckConstraint(
            "state <> 'scheduled' OR goes_at IS NOT NULL", name=op.f("ck_announcement_scheduled_has_a_time")
        ),
        sa.CheckConstraint(
            "state NOT IN ('scheduled', 'sent') OR (sender_id IS NOT NULL AND authority <> '')",
            name=op.f("ck_announcement_somebody_sends_it"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_announcement_author_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_announcement_changed_by_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["announcement.id"], name=op.f("fk_announcement_corrects_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_announcement_network_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["person.id"], name=op.f("fk_announcement_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_archive", ["network_id", "state", "sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_corrects_id"), ["corrects_id"], unique=False)
        batch_op.create_index(
            "ix_announcement_due",
            ["goes_at"],
            unique=False,
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )

    op.create_table(
        "body",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "committee",
                "working group",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_body_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
    )
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_body_network_id"), ["network_id"], unique=False)
        batch_op.create_index(
            "uq_body_committee",
            ["network_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'committee'"),
            postgresql_where=sa.text("kind = 'committee'"),
        )

    op.create_table(
        "caught_up",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_caught_up_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_caught_up_person_id")),
        sa.PrimaryKeyConstraint("person_id", "network_id", name=op.f("pk_caught_up")),
    )
    op.create_table(
        "chain_head",
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_chain_head_network_id")),
        sa.PrimaryKeyConstraint("network_id", name=op.f("pk_chain_head")),
        sa.UniqueConstraint("chain", name=op.f("uq_chain_head_chain")),
    )
    op.create_table(
        "charter_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("adopted_by", sa.String(length=80), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_charter_version_number_positive")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_charter_version_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_version")),
        sa.UniqueConstraint("network_id", "number", name="uq_charter_version_number"),
    )
    op.create_table(
        "decision_counter",
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_decision_counter_network_id")),
        sa.PrimaryKeyConstraint("network_id", "year", name=op.f("pk_decision_counter")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "members",
                "committee",
                "subject",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("facts_salt", sa.String(length=64), nullable=False),
        sa.Column("facts_digest", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("words_salt", sa.String(length=64), nullable=True),
        sa.Column("words_digest", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(words IS NULL) = (words_salt IS NULL)", name=op.f("ck_entry_words_with_salt")),
        sa.CheckConstraint("number > 0", name=op.f("ck_entry_number_positive")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_entry_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("network_id", "number", name="uq_entry_number"),
        sa.UniqueConstraint("network_id", "prev_hash", name="uq_entry_prev_hash"),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_entry_subject", ["network_id", "subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_verb"), ["verb"], unique=False)

    op.create_table(
        "following",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "target",
            sa.Enum("thread", "topic", name="target", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stance",
            sa.Enum("follow", "mute", name="stance", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_following_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_following_person_id")),
        sa.PrimaryKeyConstraint("person_id", "target", "target_id", name=op.f("pk_following")),
    )
    with op.batch_alter_table("following", schema=None) as batch_op:
        batch_op.create_index("ix_following_target", ["target", "target_id"], unique=False)

    op.create_table(
        "founding_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (network_id IS NULL)", name=op.f("ck_founding_link_used_for_a_network")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_founding_link_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_founding_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_founding_link_digest")),
    )
    op.create_table(
        "mandate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column(
            "ended_why",
            sa.Enum(
                "expired",
                "given back",
                "withdrawn by decision",
                name="ended_why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("end_authority", sa.String(length=80), nullable=False),
        sa.Column("end_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_months", sa.Integer(), nullable=False),
        sa.Column("reports_since", sa.Date(), nullable=True),
        sa.Column("next_report_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "authority <> '' OR evidence <> ''", name=op.f("ck_mandate_by_decision_or_evidence")
        ),
        sa.CheckConstraint(
            "ended_why <> 'withdrawn by decision' OR end_authority <> ''",
            name=op.f("ck_mandate_withdrawn_by_decision"),
        ),
        sa.CheckConstraint(
            '"end" > start OR ("end" = start AND ended_why IS NOT NULL)',
            name=op.f("ck_mandate_dates_in_order"),
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_mandate_one_holder")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_mandate_network_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mandate_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mandate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mandate_end",
            ["end"],
            unique=False,
            sqlite_where=sa.text("end_recorded_at IS NULL"),
            postgresql_where=sa.text("end_recorded_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_mandate_network_id"), ["network_id"], unique=False)

    op.create_table(
        "operator_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_operator_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_grant")),
    )
    with op.batch_alter_table("operator_grant", schema=None) as batch_op:
        batch_op.create_index(
            "uq_operator_grant_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "person_email",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_person_email_address_lower")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_email_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_email")),
    )
    with op.batch_alter_table("person_email", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_email_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_email_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_person_email_verified",
            ["address"],
            unique=True,
            sqlite_where=sa.text("verified_at IS NOT NULL"),
            postgresql_where=sa.text("verified_at IS NOT NULL"),
        )

    op.create_table(
        "representation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("named_in_public", sa.Boolean(), nullable=False),
        sa.CheckConstraint('"end" IS NULL OR "end" >= start', name=op.f("ck_representation_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_representation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_representation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation")),
    )
    with op.batch_alter_table("representation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_representation_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_representation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_representation_open",
            ["organisation_id", "person_id"],
            unique=True,
            sqlite_where=sa.text('"end" IS NULL'),
            postgresql_where=sa.text('"end" IS NULL'),
        )
        batch_op.create_index(
            "uq_representation_primary",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text('is_primary AND "end" IS NULL'),
            postgresql_where=sa.text('is_primary AND "end" IS NULL'),
        )

    op.create_table(
        "representation_claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("invited_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_representation_claim_settled_when")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_representation_claim_email_lower")),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR invited_by_id IS NOT NULL",
            name=op.f("ck_representation_claim_claimed_or_invited"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name=op.f("fk_representation_claim_invited_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_representation_claim_network_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_representation_claim_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_representation_claim_person_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_representation_claim_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation_claim")),
    )
    with op.batch_alter_table("representation_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_representation_claim_network_id"), ["network_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_representation_claim_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_representation_claim_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_representation_claim_waiting",
            ["network_id", "organisation_id", "email"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_sign_in_link_tries_counted")),
        sa.CheckConstraint(
            "used_at IS NULL OR person_id IS NOT NULL", name=op.f("ck_sign_in_link_used_by_somebody")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_link_token_digest")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index("ix_sign_in_link_browser", ["browser_digest", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "signed_in_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signed_in_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_signed_in_session_digest")),
    )
    with op.batch_alter_table("signed_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_in_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column(
            "volume",
            sa.Enum(
                "everything",
                "concerns_me",
                "digest",
                "votes",
                name="volume",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (address IS NULL)", name=op.f("ck_subscription_person_or_address")
        ),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_subscription_address_lower")),
        sa.CheckConstraint(
            "person_id IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_subscription_person_is_confirmed")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_subscription_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subscription_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("network_id", "address", name="uq_subscription_address"),
        sa.UniqueConstraint("network_id", "person_id", name="uq_subscription_person"),
        sa.UniqueConstraint("token", name=op.f("uq_subscription_token")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_person_id"), ["person_id"], unique=False)

    op.create_table(
        "topic",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "members",
                "committee",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ltrim(slug, '0123456789') <> ''", name=op.f("ck_topic_slug_not_a_number")),
        sa.CheckConstraint(
            "slug NOT IN ('moderation', 'new', 'preview', 'posts', 'reports', 'appeals')",
            name=op.f("ck_topic_slug_not_reserved"),
        ),
        sa.CheckConstraint(
            "slug = lower(slug) AND length(slug) BETWEEN 2 AND 80", name=op.f("ck_topic_slug_shape")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_topic_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("network_id", "slug", name="uq_topic_slug"),
    )
    op.create_table(
        "weekly_digest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_weekly_digest_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_digest")),
        sa.UniqueConstraint("network_id", "number", name="uq_weekly_digest_number"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "list",
                "notice",
                "personal",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "news",
            sa.Enum(
                "always",
                "vote",
                "announcement",
                "discussion",
                name="news",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=254), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(length=200), nullable=False),
        sa.Column("paused_why", sa.Text(), nullable=False),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_mail_entry_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_mail_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "mandate_named",
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_named_mandate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mandate_named_person_id")),
        sa.PrimaryKeyConstraint("mandate_id", "person_id", name=op.f("pk_mandate_named")),
    )
    with op.batch_alter_table("mandate_named", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_named_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mandate_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_mandate_report_author_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_report_mandate_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_mandate_report_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_report")),
        sa.UniqueConstraint("mandate_id", "due_on", name="uq_mandate_report_due"),
    )
    with op.batch_alter_table("mandate_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_report_network_id"), ["network_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "individual",
                "organisation",
                "observer",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "found",
                "active",
                "lapsed",
                "suspended",
                "resigned",
                "removed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("charter_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewed_on", sa.Date(), nullable=True),
        sa.Column("renewal_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewal_reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("named_in_public", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'organisation') = (organisation_id IS NOT NULL)",
            name=op.f("ck_membership_kind_fits_party"),
        ),
        sa.CheckConstraint(
            "state <> 'active' OR confirmed_at IS NOT NULL", name=op.f("ck_membership_active_is_confirmed")
        ),
        sa.CheckConstraint('"end" IS NULL OR "end" >= start', name=op.f("ck_membership_dates_in_order")),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_membership_one_party")
        ),
        sa.CheckConstraint(
            "state NOT IN ('resigned', 'removed') OR \"end\" IS NOT NULL",
            name=op.f("ck_membership_ended_has_end"),
        ),
        sa.ForeignKeyConstraint(
            ["charter_version_id"], ["charter_version.id"], name=op.f("fk_membership_charter_version_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_membership_network_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_membership_open_organisation",
            ["network_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text('organisation_id IS NOT NULL AND "end" IS NULL'),
            postgresql_where=sa.text('organisation_id IS NOT NULL AND "end" IS NULL'),
        )
        batch_op.create_index(
            "uq_membership_open_person",
            ["network_id", "person_id"],
            unique=True,
            sqlite_where=sa.text('person_id IS NOT NULL AND "end" IS NULL'),
            postgresql_where=sa.text('person_id IS NOT NULL AND "end" IS NULL'),
        )

    op.create_table(
        "seat",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "constituency",
            sa.Enum(
                "any",
                "individual",
                "organisation",
                "sister network",
                name="constituency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("vacancy_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_seat_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("body_id", "position", name="uq_seat_position"),
        sa.UniqueConstraint("id", "body_id", name="uq_seat_id_body"),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(
            "uq_seat_chair",
            ["body_id"],
            unique=True,
            sqlite_where=sa.text("is_chair"),
            postgresql_where=sa.text("is_chair"),
        )

    op.create_table(
        "telling",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_telling_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_telling")),
    )
    with op.batch_alter_table("telling", schema=None) as batch_op:
        batch_op.create_index("ix_telling_due", ["done_at", "next_at"], unique=False)

    op.create_table(
        "thread",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "members",
                "committee",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("can_change", sa.Text(), nullable=False),
        sa.Column("decides", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_html", sa.Text(), nullable=False),
        sa.Column("summary_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("summary_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_post_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_thread_closed_has_a_time")
        ),
        sa.CheckConstraint(
            "(summary = '') = (summary_at IS NULL)", name=op.f("ck_thread_summary_has_a_time")
        ),
        sa.CheckConstraint("posts >= 0", name=op.f("ck_thread_posts_counted")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_thread_author_id")),
        sa.ForeignKeyConstraint(["last_post_by_id"], ["person.id"], name=op.f("fk_thread_last_post_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_thread_network_id")),
        sa.ForeignKeyConstraint(["summary_by_id"], ["person.id"], name=op.f("fk_thread_summary_by_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_thread_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_thread_lately", ["network_id", "last_post_at"], unique=False)
        batch_op.create_index("ix_thread_newest", ["topic_id", "last_post_at"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "individual",
                "organisation",
                "observer",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_name", sa.String(length=200), nullable=False),
        sa.Column("organisation_url", sa.String(length=300), nullable=False),
        sa.Column("may_speak", sa.Boolean(), nullable=False),
        sa.Column("named_in_public", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "applied",
                "asked",
                "announced",
                "admitted",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("charter_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state IN ('admitted', 'declined', 'withdrawn')) = (decided_at IS NOT NULL)",
            name=op.f("ck_application_decided_when"),
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR reason <> ''", name=op.f("ck_application_declined_with_reason")
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR (confirmed_at IS NOT NULL AND person_id IS NOT NULL)",
            name=op.f("ck_application_confirmed_by_somebody"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_application_email_lower")),
        sa.ForeignKeyConstraint(
            ["charter_version_id"], ["charter_version.id"], name=op.f("fk_application_charter_version_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_application_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_application_membership_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_application_network_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_application_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_application_open",
            ["network_id", "email"],
            unique=True,
            sqlite_where=sa.text("state IN ('applied', 'asked', 'announced')"),
            postgresql_where=sa.text("state IN ('applied', 'asked', 'announced')"),
        )

    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("addressed_to", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "gathered",
                "sent",
                "answered",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_how", sa.String(length=200), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reply_html", sa.Text(), nullable=False),
        sa.Column("reply_url", sa.String(length=500), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (replied_on IS NOT NULL)", name=op.f("ck_letter_answered_has_a_day")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_letter_closed_has_a_time")
        ),
        sa.CheckConstraint(
            "(state IN ('sent', 'answered')) = (sent_on IS NOT NULL)", name=op.f("ck_letter_sent_has_a_day")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at >= deadline OR erased OR trim(why) <> ''",
            name=op.f("ck_letter_early_with_reason"),
        ),
        sa.CheckConstraint(
            "replied_on IS NULL OR reply <> '' OR reply_url <> ''",
            name=op.f("ck_letter_reply_says_something"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR erased OR trim(why) <> ''", name=op.f("ck_letter_withdrawn_with_reason")
        ),
        sa.CheckConstraint("deadline > opened_at", name=op.f("ck_letter_closes_after_it_opens")),
        sa.CheckConstraint(
            "replied_on IS NULL OR replied_on >= sent_on", name=op.f("ck_letter_replied_after_sent")
        ),
        sa.CheckConstraint("reply_due IS NULL OR reply_due > sent_on", name=op.f("ck_letter_due_after_sent")),
        sa.CheckConstraint("version > 0", name=op.f("ck_letter_version_positive")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_letter_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_letter_network_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_letter_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "ix_letter_due",
            ["deadline"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_letter_network", ["network_id", "state", "deadline"], unique=False)
        batch_op.create_index(
            "ix_letter_reply_due",
            ["reply_due"],
            unique=False,
            sqlite_where=sa.text("state = 'sent'"),
            postgresql_where=sa.text("state = 'sent'"),
        )
        batch_op.create_index(batch_op.f("ix_letter_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "mail_rendering",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_mail_rendering_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_rendering")),
        sa.UniqueConstraint("mail_id", "language", "reader", name="uq_mail_rendering_reader"),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "web",
                "mail",
                "meeting",
                "list",
                "phone",
                "letter",
                "cli",
                "api",
                "worker",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "visible",
                "hidden",
                "removed",
                "taken_back",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("thanks", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('visible', 'hidden') OR (source = '' AND html = '')",
            name=op.f("ck_post_removed_is_empty"),
        ),
        sa.CheckConstraint(
            "(revision > 1) = (edited_at IS NOT NULL)", name=op.f("ck_post_edited_has_a_time")
        ),
        sa.CheckConstraint(
            "number > 0 AND revision > 0 AND thanks >= 0", name=op.f("ck_post_numbers_positive")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_post_network_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_post_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("thread_id", "number", name="uq_post_number"),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index("ix_post_author", ["author_id", "at"], unique=False)
        batch_op.create_index("ix_post_lately", ["network_id", "at"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("body", sa.String(length=20), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "web",
                "mail",
                "meeting",
                "list",
                "phone",
                "letter",
                "cli",
                "api",
                "worker",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("taken_by", sa.String(length=20), nullable=False),
        sa.Column("taken_where", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=500), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("late_because", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(days_late = 0) = (late_because = '')", name=op.f("ck_proposal_late_has_a_reason")
        ),
        sa.CheckConstraint(
            "(door IN ('meeting', 'list')) = (taken_on IS NOT NULL)",
            name=op.f("ck_proposal_taken_elsewhere_has_a_day"),
        ),
        sa.CheckConstraint("body IN ('all', 'committee')", name=op.f("ck_proposal_body_known")),
        sa.CheckConstraint(
            "taken_on IS NULL OR evidence <> ''", name=op.f("ck_proposal_taken_elsewhere_has_evidence")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_proposal_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_proposal_network_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_proposal_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_network", ["network_id", "opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "read_mark",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_mark_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_read_mark_thread_id")),
        sa.PrimaryKeyConstraint("person_id", "thread_id", name=op.f("pk_read_mark")),
    )
    with op.batch_alter_table("read_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_read_mark_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "term",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column(
            "came_by",
            sa.Enum(
                "election",
                "appointment",
                "co-option",
                "as found",
                name="came_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("given_until", sa.Date(), nullable=True),
        sa.Column("unfit_since", sa.Date(), nullable=True),
        sa.Column(
            "unfit_why",
            sa.Enum(
                "no member",
                "not in person",
                "no organisation",
                "one too many",
                name="unfit_why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "ended_why",
            sa.Enum(
                "expired",
                "resigned",
                "removed by decision",
                "ineligible",
                name="ended_why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("end_authority", sa.String(length=80), nullable=False),
        sa.Column("end_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("authority <> '' OR evidence <> ''", name=op.f("ck_term_by_decision_or_evidence")),
        sa.CheckConstraint(
            "ended_why <> 'removed by decision' OR end_authority <> ''",
            name=op.f("ck_term_removed_by_decision"),
        ),
        sa.CheckConstraint(
            '"end" > start OR ("end" = start AND ended_why IS NOT NULL)', name=op.f("ck_term_dates_in_order")
        ),
        sa.CheckConstraint(
            "(unfit_since IS NULL) = (unfit_why IS NULL)", name=op.f("ck_term_unfit_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_term_person_id")),
        sa.ForeignKeyConstraint(
            ["seat_id", "body_id"], ["seat.id", "seat.body_id"], name="fk_term_seat_body"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
    )
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.create_index(
            "ix_term_end",
            ["end"],
            unique=False,
            sqlite_where=sa.text("end_recorded_at IS NULL"),
            postgresql_where=sa.text("end_recorded_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_term_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_term_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "admission_appeal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("stands", "let in", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_admission_appeal_decided_has_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_admission_appeal_application_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_admission_appeal_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_appeal")),
        sa.UniqueConstraint("application_id", name=op.f("uq_admission_appeal_application_id")),
    )
    with op.batch_alter_table("admission_appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admission_appeal_network_id"), ["network_id"], unique=False)

    op.create_table(
        "admission_objection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_admission_objection_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_admission_objection_network_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admission_objection_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_objection")),
        sa.UniqueConstraint("application_id", "person_id", name="uq_admission_objection_once"),
    )
    with op.batch_alter_table("admission_objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admission_objection_person_id"), ["person_id"], unique=False)

    op.create_table(
        "application_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_applicant", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_note_application_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_note_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_note")),
    )
    with op.batch_alter_table("application_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_note_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "code_promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mandate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charter_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("statements", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(at IS NULL) = (charter_version_id IS NULL)", name=op.f("ck_code_promise_given_under_a_charter")
        ),
        sa.CheckConstraint(
            "(term_id IS NULL) <> (mandate_id IS NULL)", name=op.f("ck_code_promise_one_office")
        ),
        sa.ForeignKeyConstraint(
            ["charter_version_id"], ["charter_version.id"], name=op.f("fk_code_promise_charter_version_id")
        ),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_code_promise_mandate_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_code_promise_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_code_promise_person_id")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_code_promise_term_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_promise")),
        sa.UniqueConstraint("mandate_id", "person_id", name="uq_code_promise_mandate"),
        sa.UniqueConstraint("term_id", name="uq_code_promise_term"),
    )
    with op.batch_alter_table("code_promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_promise_network_id"), ["network_id"], unique=False)
        batch_op.create_index(
            "ix_code_promise_open",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("at IS NULL"),
            postgresql_where=sa.text("at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_code_promise_person_id"), ["person_id"], unique=False)

    op.create_table(
        "coming_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_at > at", name=op.f("ck_coming_in_moment_later")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_coming_in_application_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_coming_in_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_coming_in_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coming_in")),
    )
    with op.batch_alter_table("coming_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coming_in_application_id"), ["application_id"], unique=False)
        batch_op.create_index(
            "ix_coming_in_from",
            ["from_at"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.create_index(
            "uq_coming_in_open",
            ["application_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rendering_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "in_hand",
                "deferred",
                "accepted",
                "failed",
                "suppressed",
                "cancelled",
                "expired",
                "held",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lost_leases", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "none",
                "address_gone",
                "mailbox_full",
                "refused_us",
                "refused_content",
                "sign_in",
                "busy",
                "no_answer",
                "unknown",
                name="why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'in_hand') = (lease_owner IS NOT NULL)", name=op.f("ck_delivery_in_hand_is_leased")
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_delivery_lease_has_end")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts_counted")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_delivery_mail_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id")),
        sa.ForeignKeyConstraint(
            ["rendering_id"], ["mail_rendering.id"], name=op.f("fk_delivery_rendering_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_delivery_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("mail_id", "address", name="uq_delivery_recipient"),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
        sa.UniqueConstraint("token", name=op.f("uq_delivery_token")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_address"), ["address"], unique=False)
        batch_op.create_index(
            "ix_delivery_due",
            ["priority", "next_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'deferred')"),
            postgresql_where=sa.text("state IN ('queued', 'deferred')"),
        )
        batch_op.create_index(
            "ix_delivery_leased",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 'in_hand'"),
            postgresql_where=sa.text("state = 'in_hand'"),
        )
        batch_op.create_index(batch_op.f("ix_delivery_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_delivery_state", ["mail_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_subscription_id"), ["subscription_id"], unique=False)

    op.create_table(
        "evidence_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_why = '')", name=op.f("ck_evidence_mail_removed_for_a_reason")
        ),
        sa.CheckConstraint(
            "removed_at IS NULL OR (raw IS NULL AND text = '' AND subject = '')",
            name=op.f("ck_evidence_mail_removed_is_gone"),
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_evidence_mail_added_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_evidence_mail_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_mail")),
        sa.UniqueConstraint("proposal_id", "digest", name="uq_evidence_mail_once"),
    )
    op.create_table(
        "hiding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("hidden", "removed", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_why = '')", name=op.f("ck_hiding_lifted_with_reason")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_hiding_has_a_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_hiding_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_hiding_lifted_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_hiding_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_hiding_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hiding")),
    )
    with op.batch_alter_table("hiding", schema=None) as batch_op:
        batch_op.create_index("ix_hiding_log", ["network_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hiding_post_id"), ["post_id"], unique=False)
        batch_op.create_index(
            "uq_hiding_open",
            ["post_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "letter_signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(trim(name) <> '') <> erased", name=op.f("ck_letter_signature_named_or_erased")),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_letter_signature_one_party")
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR person_id = signed_by_id",
            name=op.f("ck_letter_signature_signs_for_oneself"),
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_signature_letter_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_letter_signature_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_letter_signature_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_signature_person_id")),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name=op.f("fk_letter_signature_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_signature")),
    )
    with op.batch_alter_table("letter_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_signature_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_letter_signature_membership_id"), ["membership_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_letter_signature_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_letter_signature_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_signature_signed_by_id"), ["signed_by_id"], unique=False)
        batch_op.create_index(
            "uq_letter_signature_organisation",
            ["letter_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("organisation_id IS NOT NULL"),
            postgresql_where=sa.text("organisation_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_letter_signature_person",
            ["letter_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )

    op.create_table(
        "post_version",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_version_post_id")),
        sa.PrimaryKeyConstraint("post_id", "revision", name=op.f("pk_post_version")),
    )
    op.create_table(
        "proposal_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "asked", "dropped", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (proposal_id IS NOT NULL)",
            name=op.f("ck_proposal_draft_asked_has_a_proposal"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_proposal_draft_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_proposal_draft_network_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_draft_proposal_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_proposal_draft_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_draft")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_proposal_draft_proposal_id")),
    )
    with op.batch_alter_table("proposal_draft", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_draft_author", ["author_id", "state"], unique=False)
        batch_op.create_index("ix_proposal_draft_network", ["network_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_draft_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "proposal_interest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint("erased OR trim(text) <> ''", name=op.f("ck_proposal_interest_says_what")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_interest_person_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_interest_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_interest")),
    )
    with op.batch_alter_table("proposal_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_interest_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_proposal_interest_one",
            ["proposal_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "proposal_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("considered", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("trial_until", sa.Date(), nullable=True),
        sa.Column("trial_signs", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "visible",
            sa.Enum(
                "at_once",
                "after_own",
                "at_close",
                name="visible",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("roll_size", sa.Integer(), nullable=False),
        sa.Column("charter_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "consensus",
                "consensus-with-stand-asides",
                "voted",
                "chosen",
                "tied",
                "none-of-these",
                "agreed-elsewhere",
                "recommended",
                "advice",
                "blocked",
                "not-agreed",
                "no-quorum",
                "objected",
                "withdrawn",
                "reworded",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_proposal_version_closed_has_a_time")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (outcome IS NOT NULL)",
            name=op.f("ck_proposal_version_closed_has_an_outcome"),
        ),
        sa.CheckConstraint(
            "(trial_until IS NULL) = (trial_signs = '')", name=op.f("ck_proposal_version_trial_has_signs")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at >= deadline OR outcome IN ('withdrawn', 'reworded', 'objected')",
            name=op.f("ck_proposal_version_never_decided_early"),
        ),
        sa.CheckConstraint("deadline > opened_at", name=op.f("ck_proposal_version_closes_after_it_opens")),
        sa.CheckConstraint(
            "number > 0 AND roll_size >= 0", name=op.f("ck_proposal_version_numbers_positive")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_proposal_version_author_id")),
        sa.ForeignKeyConstraint(
            ["charter_version_id"],
            ["charter_version.id"],
            name=op.f("fk_proposal_version_charter_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_version_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_version")),
        sa.UniqueConstraint("proposal_id", "number", name="uq_proposal_version_number"),
    )
    with op.batch_alter_table("proposal_version", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_version_due", ["state", "deadline"], unique=False)
        batch_op.create_index(
            "uq_proposal_version_open",
            ["proposal_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "acted",
                "dismissed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealt_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (dealt_at IS NULL)", name=op.f("ck_report_dealt_has_a_time")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_report_has_a_reason")),
        sa.ForeignKeyConstraint(["dealt_by_id"], ["person.id"], name=op.f("fk_report_dealt_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_report_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_report_post_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index("ix_report_waiting", ["network_id", "state", "at"], unique=False)
        batch_op.create_index(
            "uq_report_open",
            ["post_id", "reporter_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "thanks",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thanks_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_thanks_post_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_thanks")),
    )
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thanks_person_id"), ["person_id"], unique=False)

    op.create_table(
        "vouch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_vouch_application_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_vouch_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vouch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouch")),
        sa.UniqueConstraint("application_id", "person_id", name="uq_vouch_once"),
    )
    with op.batch_alter_table("vouch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vouch_person_id"), ["person_id"], unique=False)

    op.create_table(
        "admission_voice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("stands", "let in", name="answer", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["admission_appeal.id"], name=op.f("fk_admission_voice_appeal_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admission_voice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_voice")),
        sa.UniqueConstraint("appeal_id", "person_id", name="uq_admission_voice_once"),
    )
    with op.batch_alter_table("admission_voice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admission_voice_person_id"), ["person_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hiding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("upheld", "lifted", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_appeal_decided_has_a_time")
        ),
        sa.ForeignKeyConstraint(["hiding_id"], ["hiding.id"], name=op.f("fk_appeal_hiding_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_appeal_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("hiding_id", name=op.f("uq_appeal_hiding_id")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index("ix_appeal_waiting", ["network_id", "decided_at"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("body", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "consensus",
                "consensus-with-stand-asides",
                "voted",
                "chosen",
                "tied",
                "none-of-these",
                "agreed-elsewhere",
                "recommended",
                "advice",
                "blocked",
                "not-agreed",
                "no-quorum",
                "objected",
                "withdrawn",
                "reworded",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("roll_size", sa.Integer(), nullable=False),
        sa.Column("after_waiting", sa.Boolean(), nullable=False),
        sa.Column("charter_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "web",
                "mail",
                "meeting",
                "list",
                "phone",
                "letter",
                "cli",
                "api",
                "worker",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("trial_until", sa.Date(), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "outcome NOT IN ('withdrawn', 'reworded', 'objected')",
            name=op.f("ck_decision_outcome_is_numbered"),
        ),
        sa.CheckConstraint("serial > 0", name=op.f("ck_decision_serial_positive")),
        sa.ForeignKeyConstraint(
            ["charter_version_id"], ["charter_version.id"], name=op.f("fk_decision_charter_version_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_decision_network_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["decision.id"], name=op.f("fk_decision_supersedes_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_decision_topic_id")),
        sa.ForeignKeyConstraint(["version_id"], ["proposal_version.id"], name=op.f("fk_decision_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("network_id", "year", "serial", name="uq_decision_number"),
        sa.UniqueConstraint("version_id", name="uq_decision_one_a_version"),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_by_door", ["network_id", "door", "year", "serial"], unique=False)
        batch_op.create_index(
            "ix_decision_by_matter", ["network_id", "matter", "year", "serial"], unique=False
        )
        batch_op.create_index(
            "ix_decision_by_method", ["network_id", "method", "year", "serial"], unique=False
        )
        batch_op.create_index(
            "ix_decision_by_outcome", ["network_id", "outcome", "year", "serial"], unique=False
        )
        batch_op.create_index(
            "ix_decision_by_topic_id", ["network_id", "topic_id", "year", "serial"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_decision_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_index("ix_decision_register", ["network_id", "decided_at"], unique=False)
        batch_op.create_index(
            "ix_decision_review",
            ["network_id", "review_on"],
            unique=False,
            sqlite_where=sa.text("review_on IS NOT NULL"),
            postgresql_where=sa.text("review_on IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_decision_supersedes_id"), ["supersedes_id"], unique=False)
        batch_op.create_index(
            "ix_decision_trial",
            ["network_id", "trial_until"],
            unique=False,
            sqlite_where=sa.text("trial_until IS NOT NULL"),
            postgresql_where=sa.text("trial_until IS NOT NULL"),
        )

    op.create_table(
        "proposal_draft_suggestion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "rejected",
                "taken-back",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('accepted', 'rejected')) = (answered_at IS NOT NULL)",
            name=op.f("ck_proposal_draft_suggestion_answered_has_a_time"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR answer <> ''",
            name=op.f("ck_proposal_draft_suggestion_rejected_has_a_word"),
        ),
        sa.CheckConstraint("trim(passage) <> ''", name=op.f("ck_proposal_draft_suggestion_passage_given")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["proposal_draft.id"], name=op.f("fk_proposal_draft_suggestion_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proposal_draft_suggestion_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_draft_suggestion")),
    )
    with op.batch_alter_table("proposal_draft_suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_draft_suggestion_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_proposal_draft_suggestion_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "proposal_option",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_proposal_option_number_positive")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["proposal_version.id"], name=op.f("fk_proposal_option_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_option")),
        sa.UniqueConstraint("version_id", "number", name="uq_proposal_option_number"),
        sa.UniqueConstraint("version_id", "title", name="uq_proposal_option_title"),
    )
    op.create_table(
        "proposal_roll",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_proposal_roll_one_party")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_proposal_roll_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_proposal_roll_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_roll_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["proposal_version.id"], name=op.f("fk_proposal_roll_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_roll")),
        sa.UniqueConstraint("id", "version_id", name="uq_proposal_roll_id_version"),
    )
    with op.batch_alter_table("proposal_roll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_roll_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_roll_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_proposal_roll_organisation",
            ["version_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("organisation_id IS NOT NULL"),
            postgresql_where=sa.text("organisation_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_proposal_roll_person",
            ["version_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )

    op.create_table(
        "proposal_sponsor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["proposal_draft.id"], name=op.f("fk_proposal_sponsor_draft_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_sponsor_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_sponsor")),
        sa.UniqueConstraint("draft_id", "person_id", name="uq_proposal_sponsor_once"),
    )
    with op.batch_alter_table("proposal_sponsor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_sponsor_person_id"), ["person_id"], unique=False)

    op.create_table(
        "proposal_suggestion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "rejected",
                "taken-back",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('accepted', 'rejected')) = (answered_at IS NOT NULL)",
            name=op.f("ck_proposal_suggestion_answered_has_a_time"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR answer <> ''", name=op.f("ck_proposal_suggestion_rejected_has_a_word")
        ),
        sa.CheckConstraint("trim(passage) <> ''", name=op.f("ck_proposal_suggestion_passage_given")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_suggestion_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["proposal_version.id"], name=op.f("fk_proposal_suggestion_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_suggestion")),
    )
    with op.batch_alter_table("proposal_suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_suggestion_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_suggestion_version_id"), ["version_id"], unique=False)

    op.create_table(
        "appeal_voice",
        sa.Column("appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("upheld", "lifted", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_voice_appeal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appeal_voice_person_id")),
        sa.PrimaryKeyConstraint("appeal_id", "person_id", name=op.f("pk_appeal_voice")),
    )
    op.create_table(
        "decision_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "heard",
                "minority",
                "erratum",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_decision_note_author_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_note_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_note")),
    )
    with op.batch_alter_table("decision_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_note_decision_id"), ["decision_id"], unique=False)

    op.create_table(
        "past_position",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cast_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "agree",
                "reservations",
                "stand-aside",
                "block",
                "no-view",
                "choice",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("principle", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "door",
            sa.Enum(
                "web",
                "mail",
                "meeting",
                "list",
                "phone",
                "letter",
                "cli",
                "api",
                "worker",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cast_by_id"], ["person.id"], name=op.f("fk_past_position_cast_by_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_past_position_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["proposal_roll.id"], name=op.f("fk_past_position_entry_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["proposal_version.id"], name=op.f("fk_past_position_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_position")),
    )
    with op.batch_alter_table("past_position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_past_position_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_past_position_version_id"), ["version_id"], unique=False)

    op.create_table(
        "pending_effect",
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_pending_effect_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_pending_effect")),
    )
    with op.batch_alter_table("pending_effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_effect_on"), ["on"], unique=False)

    op.create_table(
        "position",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("cast_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "agree",
                "reservations",
                "stand-aside",
                "block",
                "no-view",
                "choice",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("principle", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("recused", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "web",
                "mail",
                "meeting",
                "list",
                "phone",
                "letter",
                "cli",
                "api",
                "worker",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(kind = 'choice') = (choices <> '')", name=op.f("ck_position_choice_has_choices")
        ),
        sa.CheckConstraint(
            "kind <> 'block' OR erased OR trim(reason) <> ''", name=op.f("ck_position_block_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["cast_by_id"], ["person.id"], name=op.f("fk_position_cast_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_position_entered_by_id")),
        sa.ForeignKeyConstraint(
            ["entry_id", "version_id"],
            ["proposal_roll.id", "proposal_roll.version_id"],
            name="fk_position_on_the_roll",
        ),
        sa.ForeignKeyConstraint(["version_id"], ["proposal_version.id"], name=op.f("fk_position_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("entry_id", name="uq_position_one_a_party"),
    )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_cast_by_id"), ["cast_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_position_version_id"), ["version_id"], unique=False)
        batch_op.create_index(
            "uq_position_one_a_human",
            ["version_id", "cast_by_id"],
            unique=True,
            sqlite_where=sa.text("counted"),
            postgresql_where=sa.text("counted"),
        )

    op.create_table(
        "proposal_reason_reply",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answers_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_proposal_reason_reply_says_something")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_proposal_reason_reply_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id", "version_id"],
            ["proposal_roll.id", "proposal_roll.version_id"],
            name="fk_proposal_reason_reply_on_the_roll",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["proposal_version.id"], name=op.f("fk_proposal_reason_reply_version_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_proposal_reason_reply")),
    )
    with op.batch_alter_table("proposal_reason_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_reason_reply_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_reason_reply_version_id"), ["version_id"], unique=False)

    op.create_table(
        "proposal_replaces",
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_proposal_replaces_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_replaces_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_replaces")),
    )
    with op.batch_alter_table("proposal_replaces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_replaces_decision_id"), ["decision_id"], unique=False)

    op.create_table(
        "proposal_reviews",
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_proposal_reviews_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_reviews_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_reviews")),
    )
    with op.batch_alter_table("proposal_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_reviews_decision_id"), ["decision_id"], unique=False)

    op.create_table(
        "review_reminder",
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_review_reminder_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", "day", name=op.f("pk_review_reminder")),
    )
    op.create_table(
        "review_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_review_request_decision_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_request")),
        sa.UniqueConstraint("decision_id", "person_id", name="uq_review_request_once"),
    )
    with op.batch_alter_table("review_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_request_person_id"), ["person_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":  # SQLite has triggers for this
        for name, columns in (("ex_term_seat", ("seat_id",)), ("ex_term_person", ("body_id", "person_id"))):
            equal = ", ".join(f"int8range({column}, {column}, '[]') WITH &&" for column in columns)
            days = 'daterange(start, "end") WITH &&'
            op.execute(f"ALTER TABLE term ADD CONSTRAINT {name} EXCLUDE USING gist ({equal}, {days})")


def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup that `govnet upgrade` made")
