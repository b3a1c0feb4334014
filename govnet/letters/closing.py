"""The worker's duties: close at the deadline, once, and report an overdue reply, once."""

from __future__ import annotations

from typing import Any

from govnet.kernel import clock
from govnet.kernel.actor import by_rule
from govnet.kernel.duties import each_row
from govnet.letters import queries, rules
from govnet.letters.actions import digest
from govnet.letters.events import LetterClosed, ReplyOverdue
from govnet.letters.follows import counted
from govnet.letters.models import Letter
from govnet.letters.rules import LetterState
from govnet.record.actions import record


def close_due() -> int:
    """Close the versions that are due, each in a transaction of its own; returns how many. Harmless to run twice or at once."""
    return each_row("close letters", Letter, queries.due, _close)


def _close(letter_id: int) -> bool:
    letter = queries.locked(letter_id)
    letter.state, letter.closed_at = LetterState.GATHERED, clock.now()
    record(LetterClosed(**_about(letter), **counted(letter), digest=digest(letter.text)))
    return True


def remind_due() -> int:
    """Tell those whose reply is overdue by their network's own calendar, once; returns how many."""
    return each_row("say that replies are overdue", Letter, queries.unanswered, _remind)


def _remind(letter_id: int) -> bool:
    letter = queries.locked(letter_id)
    today = clock.today(letter.network.zone)
    if letter.reply_due is None or not rules.overdue(letter.state, letter.reply_due, today):
        return False  # not where its network is
    letter.reminded_at = clock.now()
    record(ReplyOverdue(**_about(letter), reply_due=letter.reply_due))
    return True


def _about(letter: Letter) -> dict[str, Any]:
    return {"act": by_rule(letter), "letter": letter, "title": letter.title}
