"""Done to a copy before it takes the place of the database, so that no process that starts on it sends or shows anything."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import let_go
from govnet.mail.models import MailLine

BEING_PUT_BACK = "A backup is being put back."
"""Why mail is held, from the moment at which the copy is in place until all is done that a restore does."""
_LINE = (
    "INSERT INTO mail_line (id, held_why, troubles, refusals, words) "
    "SELECT 1, '', 0, 0, '' WHERE NOT EXISTS (SELECT 1 FROM mail_line)"
)


class HalfRestored(RuleBroken):
    """A restore was cut off after the copy was in place."""

    def __init__(self) -> None:
        super().__init__(
            "A restore of this database was cut off before all was done. Run govnet restore once more with the same backup."
        )


def statements(at: datetime, *, postgresql: bool) -> dict[str, tuple[str, ...]]:
    """Statements for tables of any release, by the table that they are about: mail is held, everybody is signed out, and
    no worker of before is known.
    """
    now = f"'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}{'+00' * postgresql}'"
    return {
        "mail_line": (_LINE, f"UPDATE mail_line SET held_at = {now}, held_why = '{BEING_PUT_BACK}'"),  # noqa: S608
        "signed_in_session": (f"UPDATE signed_in_session SET ended_at = {now} WHERE ended_at IS NULL",),  # noqa: S608
        "worker_beat": ("DELETE FROM worker_beat",),
    }


def is_unfinished() -> bool:
    """Whether a restore was cut off here; asked by column, of tables of any release."""
    why = db.session.scalar(select(MailLine.held_why).where(MailLine.held_at.is_not(None)))
    let_go()
    return why == BEING_PUT_BACK


def check() -> None:
    """Refuse to run on a database that a restore did not finish. Raises HalfRestored."""
    if is_unfinished():
        raise HalfRestored
