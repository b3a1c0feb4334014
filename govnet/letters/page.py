"""A letter for its page and its data: on whose behalf it speaks, and the acts of this reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.letters import labels, queries, rules
from govnet.letters.actions import Party, parties
from govnet.letters.models import Letter, Signature
from govnet.letters.queries import LetterRow
from govnet.letters.rules import LetterState, SignatureCount
from govnet.permissions import Can, can

SPEAKS_FOR = "those who signed it, not the network"


@dataclass(frozen=True)
class LetterPage:
    """A letter and its names, for one reader."""

    letter: Letter
    names: Sequence[Signature]
    count: SignatureCount
    taking: bool
    """Whether names are taken now."""
    signed: tuple[Party, ...]
    unsigned: tuple[Party, ...]
    """In whose names the reader has signed, and could sign."""
    editable: bool
    thread: Thread | None
    """The discussion that it came from, where the reader may read that."""
    page: int = 1
    """Which of the pages of names."""

    @property
    def more(self) -> bool:
        """Whether there are names after those of this page."""
        return is_more(self.count, self.page)


def shown(letter_id: int, actor: Actor, page: int = 1) -> LetterPage:
    """Everything on a letter's page, with one page of the names under it. NotFound without it."""
    can_sign = parties(actor) if actor.signed_in else []
    found = queries.signed(letter_id, actor.person_id, [each.key for each in can_sign])
    letter = found.letter
    taking = rules.takes_names(letter.state, clock.now(), letter.deadline)
    return LetterPage(
        letter=letter,
        names=queries.signatures(letter_id, page) if letter.state is not LetterState.WITHDRAWN else (),
        count=found.count,
        taking=taking,
        signed=tuple(each for each in can_sign if each.key in found.parties),
        unsigned=tuple(each for each in can_sign if each.key not in found.parties),
        editable=taking and rules.why_not_edited(letter.state, signed_by_others=found.by_others) is None,
        thread=_thread(letter, actor),
        page=page,
    )


def is_more(count: SignatureCount, page: int) -> bool:
    """Whether there are names after those of a page."""
    return count.members + count.organisations > page * queries.NAMES


def _thread(letter: Letter, actor: Actor) -> Thread | None:
    thread = letter.thread
    return thread if thread is not None and can(actor, Can.READ_THREAD, thread) else None


def line(row: LetterRow) -> dict[str, Any]:
    """A letter in a list, as data."""
    letter = row.letter
    return {
        "title": letter.title,
        "to": letter.addressed_to,
        "state": letter.state.value,
        "speaks_for": SPEAKS_FOR,
        "signed": {"members": row.count.members, "organisations": row.count.organisations},
        "opened_at": letter.opened_at.isoformat(),
        "names_until": letter.deadline.isoformat(),
        "url": url_for("letters.letter", letter_id=letter.id, _external=True),
    }


def as_data(letter: Letter, signed: SignatureCount, names: Sequence[Signature]) -> dict[str, Any]:
    """A letter with some of its names, as data; one that was taken back is in nobody's name."""
    under = names if letter.state is not LetterState.WITHDRAWN else ()
    days = {name: getattr(letter, name) for name in ("closed_at", "sent_on", "reply_due", "replied_on")}
    return {
        **line(LetterRow(letter, signed)),
        "text": letter.text,
        "started_by": letter.author.name or None,
        "names": [_name(each) for each in under],
        "why": letter.why or None,
        **{name: value.isoformat() if value else None for name, value in days.items()},
        "sent_how": letter.sent_how or None,
        "reply": letter.reply or None,
        "reply_url": letter.reply_url or None,
    }


def _name(signature: Signature) -> dict[str, Any]:
    kind = "organisation" if signature.organisation_id else "member"
    return {"name": labels.name(signature), "kind": kind, "at": signature.at.isoformat()}
