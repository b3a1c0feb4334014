"""Addresses with a domain in other letters than ASCII get the spelling under which they are written to (IDNA)."""

import sqlalchemy as sa
from alembic import op
from email_validator import EmailNotValidError, validate_email

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (
    ("person_email", "address", True),
    ("subscription", "address", True),
    ("application", "email", False),
    ("representation_claim", "email", False),
    ("report", "email", False),
    ("network", "contact_email", False),
    ("network", "list_address", False),
)
"""Where addresses are kept, and whether one that stands there in ASCII already must not be met by another."""


def upgrade() -> None:
    connection = op.get_bind()
    for name, column, alone in COLUMNS:
        table = sa.table(name, sa.column("id"), sa.column(column))
        rows = connection.execute(sa.select(table).where(table.c[column].is_not(None))).all()
        taken = {address for _key, address in rows} if alone else set()
        for key, address in rows:
            spelt = one_spelling(address)
            if spelt and spelt not in taken:
                connection.execute(table.update().where(table.c.id == key).values({column: spelt}))


def one_spelling(address: str) -> str:
    """The address with its domain in ASCII; "" where it has that already, or has none."""
    if address.isascii():
        return ""
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return (found.ascii_email or "").lower()
