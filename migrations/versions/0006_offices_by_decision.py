"""Offices that a proposal names: what it gives and ends, who replies, and which term or mandate came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('office_reply',
    sa.Column('proposal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("trim(text) <> ''", name=op.f('ck_office_reply_says_something')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_office_reply_person_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_office_reply_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'person_id', name=op.f('pk_office_reply'))
    )
    with op.batch_alter_table('office_reply') as batch:
        batch.create_index(batch.f('ix_office_reply_person_id'), ['person_id'], unique=False)

    op.create_table('office_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('network_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('what', sa.Enum('place', 'end of term', 'new place', 'mandate', 'end of mandate', 'first person', name='what', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('seat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('held_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('start', sa.Date(), nullable=True),
    sa.Column('end', sa.Date(), nullable=True),
    sa.Column('came_by', sa.String(length=40), nullable=False),
    sa.Column('constituency', sa.String(length=40), nullable=False),
    sa.CheckConstraint("(what IN ('end of term', 'end of mandate')) = (held_id IS NOT NULL)", name=op.f('ck_office_change_names_what_ends')),
    sa.CheckConstraint("what <> 'first person' OR person_id IS NOT NULL", name=op.f('ck_office_change_names_a_person')),
    sa.CheckConstraint("what NOT IN ('mandate', 'end of mandate') OR (person_id IS NULL) <> (organisation_id IS NULL)", name=op.f('ck_office_change_names_one_holder')),
    sa.CheckConstraint("what NOT IN ('place', 'end of term') OR (seat_id IS NOT NULL AND person_id IS NOT NULL)", name=op.f('ck_office_change_names_person_and_place')),
    sa.CheckConstraint('start IS NULL OR start < "end"', name=op.f('ck_office_change_dates_in_order')),
    sa.CheckConstraint('what NOT IN (\'place\', \'mandate\', \'first person\') OR "end" IS NOT NULL', name=op.f('ck_office_change_has_an_end')),
    sa.ForeignKeyConstraint(['network_id'], ['network.id'], name=op.f('fk_office_change_network_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_office_change_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_office_change_person_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seat.id'], name=op.f('fk_office_change_seat_id')),
    sa.ForeignKeyConstraint(['version_id'], ['proposal_version.id'], name=op.f('fk_office_change_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office_change')),
    sa.UniqueConstraint('id', 'network_id', name='uq_office_change_id_network'),
    sa.UniqueConstraint('id', 'person_id', name='uq_office_change_id_person'),
    sa.UniqueConstraint('version_id', 'number', name='uq_office_change_number')
    )
    op.create_table('office_person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('network_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['office_change.id'], name=op.f('fk_office_person_change_id')),
    sa.ForeignKeyConstraint(['network_id'], ['network.id'], name=op.f('fk_office_person_network_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_office_person_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office_person')),
    sa.UniqueConstraint('change_id', 'person_id', name='uq_office_person_once')
    )
    with op.batch_alter_table('office_person') as batch:
        batch.create_index(batch.f('ix_office_person_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('mandate') as batch:
        batch.add_column(sa.Column('change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch.add_column(sa.Column('end_change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch.create_unique_constraint('uq_mandate_change', ['change_id'])
        batch.create_unique_constraint('uq_mandate_end_change', ['end_change_id'])
        batch.create_foreign_key(batch.f('fk_mandate_end_change_id'), 'office_change', ['end_change_id'], ['id'])
        batch.create_foreign_key('fk_mandate_change_network', 'office_change', ['change_id', 'network_id'], ['id', 'network_id'])

    with op.batch_alter_table('term') as batch:
        batch.add_column(sa.Column('change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch.add_column(sa.Column('end_change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch.create_unique_constraint('uq_term_change', ['change_id'])
        batch.create_unique_constraint('uq_term_end_change', ['end_change_id'])
        batch.create_foreign_key('fk_term_change_person', 'office_change', ['change_id', 'person_id'], ['id', 'person_id'])
        batch.create_foreign_key(batch.f('fk_term_end_change_id'), 'office_change', ['end_change_id'], ['id'])



def downgrade() -> None:
    raise RuntimeError("there is no way back: restore the backup that `govnet upgrade` made")
