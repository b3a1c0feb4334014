"""Notes of a meeting or of the list that ask nobody anything. They are no decisions and have no number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.charter.models import Network
from govnet.decisions.proposals.events import MeetingNoteTakenBack, MeetingNoteWritten
from govnet.decisions.proposals.opening import check_reason, digest
from govnet.decisions.register.models import MeetingNote
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.kernel.text import render
from govnet.permissions import Can, require
from govnet.record.actions import record

PAGE = 30
"""Notes on a page of the list."""


def write(
    network: Network,
    title: str,
    text: str,
    *,
    door: Door,
    on: date,
    where: str,
    by: Actor,
    via: Door,
    present: str = "",
    url: str = "",
) -> MeetingNote:
    """Record something said or reported at a meeting or on the list (`door`). Everybody can read it; nobody is asked."""
    act = require(by, Can.RECORD_DECISION, network, via)
    if on > clock.today(network.zone):
        raise RuleBroken(_("That day is in the future. Enter the day on which it was."), field="taken_on")
    note = MeetingNote(
        network_id=network.id, author_id=by.person_id, title=title, text=text, html=render(text), door=door,
        taken_on=on, taken_where=where, present=present, evidence_url=url, at=clock.now(),
    )  # fmt: skip
    db.session.add(note)
    about: dict[str, Any] = {
        "note": note,
        "title": title,
        "where": where,
        "taken_on": on,
        "digest": digest(text),
    }
    record(MeetingNoteWritten(act=act, **about))
    return note


def take_back(network: Network, note: MeetingNote, reason: str, *, by: Actor, via: Door) -> None:
    """Have it stand no more: that it was there, and why it does not stand, can be read; its text cannot."""
    act = require(by, Can.RECORD_DECISION, network, via)
    check_reason(reason)
    if note.taken_back_at is not None:
        raise RuleBroken(_("This note has already been taken back."))
    note.taken_back_at, note.taken_back_why = clock.now(), reason.strip()
    record(MeetingNoteTakenBack(act=act, note=note, title=note.title, reason=reason.strip()))


def one(network_id: int, key: int | None, *, locked: bool = False) -> MeetingNote:
    """A note of this network. NotFound."""
    query = select(MeetingNote).where(MeetingNote.id == key, MeetingNote.network_id == network_id)
    query = query.with_for_update() if locked else query.options(joinedload(MeetingNote.author))
    note = db.session.scalar(query)
    if note is None:
        raise NotFound(_("There is no such note."))
    return note


def newest(network_id: int, page: int) -> tuple[Sequence[MeetingNote], bool]:
    """A page of those that stand, the latest meeting first, and whether there are older ones."""
    query = (
        select(MeetingNote)
        .where(MeetingNote.network_id == network_id, MeetingNote.taken_back_at.is_(None))
        .order_by(MeetingNote.taken_on.desc(), MeetingNote.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = db.session.scalars(query).all()
    return rows[:PAGE], len(rows) > PAGE
