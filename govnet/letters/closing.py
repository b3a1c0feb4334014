"""Closing a letter: at its deadline, before it, or taken back; and what the worker says when a reply is overdue."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door, by_rule
from govnet.kernel.duties import each_row
from govnet.kernel.errors import RuleBroken
from govnet.letters import queries, rules
from govnet.letters.actions import digest, refuse
from govnet.letters.events import (
    LetterClosed,
    LetterClosedEarly,
    LetterWithdrawn,
    ReplyOverdue,
)
from govnet.letters.models import Letter
from govnet.letters.rules import LetterState
from govnet.permissions import Can, require
from govnet.record.actions import record


def close_due() -> int:
    """Close the versions that are due, each in a transaction of its own; returns how many. Harmless to run twice or at once."""
    return each_row("close letters", Letter, queries.due, _close)


def _close(letter_id: int) -> bool:
    letter = queries.locked(letter_id)
    letter.state, letter.closed_at = LetterState.GATHERED, clock.now()
    record(
        LetterClosed(**_about(letter, by_rule(letter)), **queries.counted(letter), digest=digest(letter.text))
    )
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
    record(ReplyOverdue(**_about(letter, by_rule(letter)), reply_due=letter.reply_due))
    return True


def close_early(letter: Letter, why: str, *, by: Actor, via: Door) -> None:
    """Take no more names, before the deadline and with a reason."""
    act = require(by, Can.KEEP_LETTER, letter, via)
    letter = queries.locked(letter.id)
    refuse(rules.why_not_closed(letter.state))
    refuse(rules.why_no_names(letter.state, clock.now(), letter.deadline))
    _needs_reason(why)
    letter.state, letter.closed_at, letter.why = LetterState.GATHERED, clock.now(), why
    about = _about(letter, act)
    record(LetterClosedEarly(**about, **queries.counted(letter), digest=digest(letter.text), reason=why))


def withdraw(letter: Letter, why: str, *, by: Actor, via: Door) -> None:
    """Take the letter back before it is sent, with a reason; the names are not shown any more."""
    act = require(by, Can.KEEP_LETTER, letter, via)
    letter = queries.locked(letter.id)
    refuse(rules.why_not_withdrawn(letter.state))
    _needs_reason(why)
    letter.state, letter.closed_at = LetterState.WITHDRAWN, letter.closed_at or clock.now()
    letter.why = why
    record(LetterWithdrawn(**_about(letter, act), reason=why))


def _needs_reason(why: str) -> None:
    if not why.strip():
        raise RuleBroken(_("Say why: the people who signed will ask."), field="reason")


def _about(letter: Letter, act: Act) -> dict[str, Any]:
    return {"act": act, "letter": letter, "title": letter.title}
