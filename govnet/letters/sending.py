"""A letter on its way: sent, and answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.messages import Said
from govnet.kernel.text import render
from govnet.kernel.web_addresses import web_address
from govnet.letters import queries, rules
from govnet.letters.actions import digest, refuse
from govnet.letters.events import LetterSent, ReplyCame
from govnet.letters.models import Letter
from govnet.letters.rules import LetterState
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True)
class Sending:
    """When and how a letter was sent, and by when a reply is expected."""

    on: date
    how: str = ""
    reply_due: date | None = None


@dataclass(frozen=True)
class Reply:
    """The reply and its day: its text, a link to it, or both."""

    on: date
    text: str = ""
    url: str = ""


def sent(letter: Letter, sending: Sending, *, by: Actor, via: Door) -> None:
    """Write down that it was sent. RuleBroken before it is closed, and for days that can't be."""
    act = require(by, Can.FOLLOW_LETTER, letter, via)
    letter = queries.locked(letter.id)
    refuse(rules.why_not_sent(letter.state, queries.count_of(letter.id)))
    zone = letter.network.zone
    assert letter.closed_at is not None
    closed_on = letter.closed_at.astimezone(ZoneInfo(zone)).date()
    days = {"closed_on": closed_on, "today": clock.today(zone)}
    _refuse_fields(rules.sent_problems(sending.on, sending.reply_due, **days))
    letter.state, letter.sent_on = LetterState.SENT, sending.on
    letter.sent_how, letter.reply_due = sending.how, sending.reply_due
    event = _about(letter, act) | queries.counted(letter)
    record(LetterSent(**event, sent_on=sending.on, how=sending.how, reply_due=sending.reply_due))


def answered(letter: Letter, reply: Reply, *, by: Actor, via: Door) -> None:
    """Write down the reply. RuleBroken before the letter was sent, and for a reply that says nothing."""
    act = require(by, Can.FOLLOW_LETTER, letter, via)
    letter = queries.locked(letter.id)
    refuse(rules.why_not_answered(letter.state))
    assert letter.sent_on is not None
    days = {"sent_on": letter.sent_on, "today": clock.today(letter.network.zone)}
    _refuse_fields(rules.reply_problems(reply.on, reply.text, reply.url, **days))
    letter.state, letter.replied_on, letter.reply = LetterState.ANSWERED, reply.on, reply.text
    letter.reply_html, letter.reply_url = (
        render(reply.text),
        (web_address(reply.url) or "") if reply.url else "",
    )
    db.session.flush()  # what the row can't hold must not be in the record
    event = _about(letter, act)
    record(ReplyCame(**event, replied_on=reply.on, digest=digest(reply.text), url=letter.reply_url))


def _refuse_fields(problems: Iterable[tuple[str, Said]]) -> None:
    for field, said in problems:
        refuse(said, field)


def _about(letter: Letter, act: Act) -> dict[str, Any]:
    return {"act": act, "letter": letter, "title": letter.title}
