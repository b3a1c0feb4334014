"""The outcome of a row of a list, in two or three words, and the kind of chip for it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from govnet.membership.roster.imports import row_of
from govnet.membership.roster.models import RosterImportRow, RowOutcome

LABELS = {
    RowOutcome.MEND: _l("To correct"),
    RowOutcome.SHARES: _l("Shares an address"),
    RowOutcome.ERASED: _l("Removed their name here"),
    RowOutcome.LEFT: _l("Left before"),
    RowOutcome.SILENT: _l("Wants no mail"),
    RowOutcome.WISH: _l("No mail there"),
    RowOutcome.TWICE: _l("Twice in the list"),
    RowOutcome.MEMBER: _l("Member already"),
    RowOutcome.ORGANISATION: _l("Member already"),
    RowOutcome.READS: _l("Reader already"),
    RowOutcome.INVITED: _l("Asked to confirm"),
    RowOutcome.READER: _l("Gets the mail"),
}
ASKED_FOR_ADDRESS = _l("Asked for an address")
KINDS = {
    RowOutcome.MEND: "bad",
    RowOutcome.SHARES: "warn",
    RowOutcome.INVITED: "good",
    RowOutcome.READER: "good",
}


def chip_of(row: RosterImportRow) -> tuple[object, str]:
    """The label and the kind of a row's chip."""
    if row.outcome is RowOutcome.INVITED and row_of(row).shares:
        return ASKED_FOR_ADDRESS, "warn"
    return LABELS[row.outcome], KINDS.get(row.outcome, "plain")
