"""Notes that people write beside a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from govnet.decisions import queries
from govnet.decisions.models import Decision
from govnet.decisions.proposals.events import NoteAdded
from govnet.decisions.proposals.opening import digest
from govnet.decisions.register import queries as register_queries
from govnet.decisions.register.models import DecisionNote, NoteKind
from govnet.decisions.rules import petitions
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.text import render
from govnet.kernel.translation import say
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record


@dataclass(frozen=True)
class NewNote:
    """A note before it is written: the table says who may write one."""

    network_id: int
    author_id: int | None
    """The proposer; of a minority's note, the one who disagreed."""


def add_note(decision: Decision, kind: NoteKind, text: str, *, by: Actor, via: Door) -> DecisionNote:
    """Write beside a decision, which itself is never edited. A minority's note is for those who disagreed."""
    act = require(by, Can.NOTE_DECISION, decision, via)
    if kind is NoteKind.MINORITY:
        dissenter = by.person_id if queries.disagreed(decision.version_id, by) else None
        check_right(by, Can.NOTE_MINORITY, NewNote(decision.network_id, dissenter))
    else:
        check_right(by, Can.NOTE_OUTCOME, NewNote(decision.network_id, queries.author_of(decision)))
    written = register_queries.written_beside(decision.id, kind, by.person_id)
    said = petitions.note_too_long(kind.value, text, written)
    if said is not None:
        raise RuleBroken(say(said), field="text")
    note = DecisionNote(
        decision_id=decision.id,
        author_id=by.person_id,
        kind=kind,
        text=text,
        html=render(text),
        at=clock.now(),
    )
    db.session.add(note)
    about: dict[str, Any] = {
        "decision": decision,
        "number": decision.number,
        "note": note,
        "kind": kind.value,
    }
    record(NoteAdded(act=act, **about, digest=digest(text)))
    return note
