"""Notices of a letter: to those who follow its discussion or want everything; later, to its signers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for

from govnet.forum import queries as forum
from govnet.letters import events, labels, queries
from govnet.letters.models import Letter
from govnet.letters.rules import LetterState
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.membership.name_marks import signed
from govnet.record import registry


def opened(told: ToldEntry) -> Notice | None:
    """Names are wanted: those who follow the discussion it came from, and those who want everything."""
    letter = queries.whole(told.key)
    if not letter.is_open:
        return None
    thread = letter.thread
    return _notice(
        "letters/opened",
        told,
        letter,
        forum.members_of(told.network.id) | (forum.followers(thread) if thread else set()),
        not_after=letter.deadline,
        topic=thread.topic_id if thread else None,
    )


def closed(told: ToldEntry) -> Notice:
    """It takes no more names: its author, who sends it now, and those who signed."""
    return _to_signers("letters/closed", told, early=told.details["verb"] == "letters.closed_early")


def withdrawn(told: ToldEntry) -> Notice:
    """It is not sent: those who signed, with the reason."""
    return _to_signers("letters/withdrawn", told)


def sent(told: ToldEntry) -> Notice:
    """It was sent: those whose names are under it."""
    return _to_signers("letters/sent", told)


def answered(told: ToldEntry) -> Notice:
    """A reply came: those whose names are under it."""
    return _to_signers("letters/answered", told)


def overdue(told: ToldEntry) -> Notice | None:
    """No reply came by its day: the author, who can ask again."""
    letter = queries.whole(told.key)
    if letter.state is not LetterState.SENT:
        return None
    mine = {letter.author_id}
    return _notice("letters/overdue", told, letter, mine, concerned=mine)


def _to_signers(template: str, told: ToldEntry, **context: Any) -> Notice:
    letter = queries.whole(told.key)
    people = queries.signers(letter)
    return _notice(template, told, letter, people, concerned=people, extra=context)


def _notice(
    template: str,
    told: ToldEntry,
    letter: Letter,
    people: Collection[int],
    *,
    extra: dict[str, Any] | None = None,
    **more: Any,
) -> Notice:
    context = {
        "letter": letter,
        "zone": told.network.zone,
        "signed": labels.signed_by(queries.count_of(letter.id)),
        "author": signed(letter.author.name, letter.author_id, told.network),
        "reason": told.details.get("reason", ""),
        **(extra or {}),
    }
    return Notice(
        template=template,
        news=News.DISCUSSION,
        context=context,
        people=people,
        thread=letter.thread_id,
        conversation=f"letter-{letter.id}",
        **more,
    )


def bind() -> None:
    """Bind the notices to their events, and entries to their pages."""
    registry.tell(opened, events.LetterOpened)
    registry.tell(closed, events.LetterClosed, events.LetterClosedEarly)
    registry.tell(withdrawn, events.LetterWithdrawn)
    registry.tell(sent, events.LetterSent)
    registry.tell(answered, events.ReplyCame)
    registry.tell(overdue, events.ReplyOverdue)
    registry.link_to("letter", lambda d: url_for("letters.letter", letter_id=int(d["key"])))
