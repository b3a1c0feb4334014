"""The rules of joining and belonging: names compared, addresses of sites, states of applications, times for answers."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import timedelta

OPEN = frozenset({"applied", "asked"})
"""States in which an application waits for somebody."""
PENDING = OPEN | {"announced"}
"""Those and the days in which members can object to somebody who was let in: the applicant can take it back."""
FEWEST_TO_JUDGE = 3
"""With fewer answered applications there is no usual time."""
ASKS_AN_HOUR = 3
"""How often a form may have one address written to in an hour: a stranger's mailbox is not flooded."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def may_be_asked_again(asked_within_an_hour: int) -> bool:
    """Whether one more mail may go to an address that a stranger typed."""
    return asked_within_an_hour < ASKS_AN_HOUR


def usual_days(waits: Sequence[timedelta]) -> int | None:
    """In how many days applications are usually answered: the median, rounded up to whole days; None with too few."""
    if len(waits) < FEWEST_TO_JUDGE:
        return None
    median = statistics.median(wait.total_seconds() for wait in waits)
    return max(1, -(-int(median) // 86_400))


def by_itself(admission: str, sponsors: int, vouched: int) -> bool:
    """Whether the charter lets somebody in without anybody deciding: at once, or on the word of enough members."""
    return admission == "immediate" or (admission == "sponsors" and vouched >= sponsors)


def sheet_cell(text: str) -> str:
    """The text as a spreadsheet shows it: a quotation mark before what it would take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def sheet_text(cell: str) -> str:
    """Undo sheet_cell(): the quotation mark before a formula's sign is taken off again."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
