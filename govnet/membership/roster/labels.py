"""What becomes of a row of a list, in two or three words, and the kind of chip in which they stand."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from govnet.membership.roster.imports import row_of
from govnet.membership.roster.models import Outcome, RosterImportRow

LABELS = {
    Outcome.MEND: _l("To mend"),
    Outcome.SHARES: _l("Shares an address"),
    Outcome.ERASED: _l("Removed their name here"),
    Outcome.LEFT: _l("Left before"),
    Outcome.SILENT: _l("Wants no mail"),
    Outcome.WISH: _l("No mail there"),
    Outcome.TWICE: _l("Twice in the list"),
    Outcome.MEMBER: _l("Member already"),
    Outcome.ORGANISATION: _l("Member already"),
    Outcome.READS: _l("Reader already"),
    Outcome.INVITED: _l("Asked to confirm"),
    Outcome.READER: _l("Gets the mail"),
}
ASKED_FOR_ADDRESS = _l("Asked for an address")
KINDS = {Outcome.MEND: "bad", Outcome.SHARES: "warn", Outcome.INVITED: "good", Outcome.READER: "good"}


def chip_of(row: RosterImportRow) -> tuple[object, str]:
    """The words and the kind of a row's chip."""
    if row.outcome is Outcome.INVITED and row_of(row).shares:
        return ASKED_FOR_ADDRESS, "warn"
    return LABELS[row.outcome], KINDS.get(row.outcome, "plain")
