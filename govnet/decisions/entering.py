"""Entering somebody's answer for them: phoned in, written, or given at a meeting. They are told, and can correct it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.decisions import chosen, queries, roll, voices
from govnet.decisions.answering import Given, check_stop, keep, let_count, sealed, takes_answers
from govnet.decisions.events import AnswerEntered
from govnet.decisions.interests import recused
from govnet.decisions.models import Position, ProposalVersion, RollEntry
from govnet.decisions.rules import Kind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.words import say
from govnet.permissions import Can, concerned, require
from govnet.record.actions import record

WAYS = (Door.PHONE, Door.LETTER, Door.MEETING, Door.LIST, Door.MAIL)
"""How an answer can have come that somebody else enters."""


def enter(version_id: int, entry_id: int, given: Given, *, how: Door, by: Actor, via: Door) -> Position:
    """Enter the answer of a party that could not give it here. It never replaces one that they gave themselves."""
    version = takes_answers(version_id)
    require(by, Can.ENTER_ANSWER, version.proposal)
    entry = _entry(version, entry_id)
    under = require(by, Can.ENTER_ANSWER, entry)
    if how not in WAYS:
        raise RuleBroken(_("Choose how the answer came."), field="how")
    human = _human(version, entry, by)
    before = queries.position_of(entry.id)
    if before is not None and before.entered_by_id is None:
        raise RuleBroken(_("They have answered themselves. Only they can change that."), field="party")
    aside = recused(version, human)
    counted = entry.counted and not aside
    _check(version, given, entry, human, counted)
    was_by = before.cast_by_id if before is not None and before.counted else None
    if before is not None:
        keep(before)
    position = before or Position(version_id=version.id, entry_id=entry.id)
    _fill(position, given, human)
    position.recused, position.counted = aside, counted
    position.entered_by_id, position.door = by.person_id, how
    db.session.add(position)
    about: dict[str, Any] = {"proposal": version.proposal, "version": version, "question": version.question}
    event = AnswerEntered(
        **about,
        network=version.proposal.network,
        by=by,
        under=under,
        via=via,
        digest=sealed(position),
        changed=before is not None,
        entry=entry,
    )
    record(event)
    let_count(version.id, was_by)
    return position


def still_silent(version_id: int, by: Actor) -> list[RollEntry]:
    """Whose answer can be entered: parties without an answer of their own hand; never the reader's own.

    Nor those for whom nobody speaks, or whose one answer that counts was given for somebody else.
    """
    query = (
        select(RollEntry)
        .outerjoin(Position, Position.entry_id == RollEntry.id)
        .where(
            RollEntry.version_id == version_id, Position.id.is_(None) | Position.entered_by_id.is_not(None)
        )
        .options(joinedload(RollEntry.person), joinedload(RollEntry.organisation))
    )
    found = [each for each in db.session.scalars(query) if each.name]
    version = queries.version_whole(version_id)
    humans = _humans(version, found)
    able = {
        each.id
        for each in found
        if humans.get(each.id) not in (None, by.person_id) and not concerned(by, each)
    }
    taken = _counted_elsewhere(version_id, humans)
    return sorted(
        (each for each in found if each.id in able and not (each.counted and each.id in taken)),
        key=lambda each: each.name.casefold(),
    )


def _counted_elsewhere(version_id: int, humans: Mapping[int, int]) -> set[int]:
    """Parties whose answer would be a second one: whoever would give it has given one that counts."""
    given = select(Position.cast_by_id, Position.entry_id).where(
        Position.version_id == version_id, Position.counted
    )
    counted = {caster: entry for caster, entry in db.session.execute(given) if caster}
    return {entry for entry, human in humans.items() if counted.get(human, entry) != entry}


def _humans(version: ProposalVersion, entries: Sequence[RollEntry]) -> dict[int, int]:
    """Whose answer each would be: the member's, or of who speaks for the organisation first."""
    asked = [each.organisation_id for each in entries if each.organisation_id is not None]
    day = clock.today(version.proposal.network.zone)
    first = {key: found[0] for key, found in roll.speakers(asked, day).items()} if asked else {}
    humans = {each.id: each.person_id or first.get(each.organisation_id or 0) for each in entries}
    return {entry: human for entry, human in humans.items() if human is not None}


def _entry(version: ProposalVersion, entry_id: int) -> RollEntry:
    entry = db.session.get(RollEntry, entry_id)
    if entry is None or entry.version_id != version.id:
        raise RuleBroken(_("They were not among those who could answer when this opened."), field="party")
    return entry


def _human(version: ProposalVersion, entry: RollEntry, by: Actor) -> int:
    """Whose answer it is. RuleBroken where nobody could give it, or the actor could."""
    human = _humans(version, [entry]).get(entry.id)
    if human is None:
        raise RuleBroken(_("Nobody speaks for this organisation at the moment."), field="party")
    if human == by.person_id:
        raise RuleBroken(_("Your own answer you give on the proposal’s page."), field="party")
    return human


def _check(version: ProposalVersion, given: Given, entry: RollEntry, human: int, counted: bool) -> None:
    wrong = chosen.problem(version, given.kind, given.choices)
    if wrong is not None:
        raise RuleBroken(say(wrong))
    if given.kind is Kind.BLOCK:
        check_stop(version, given, entry)
    if counted and voices.other_party(queries.answers_by(version.id, human), entry.id, human) is not None:
        raise RuleBroken(
            _("They have given an answer that counts for somebody else already: nobody answers twice."),
            field="party",
        )


def _fill(position: Position, given: Given, human: int) -> None:
    position.kind, position.reason, position.remedy = given.kind, given.reason, given.remedy
    position.choices = chosen.stored(given.choices) if given.kind is Kind.CHOICE else ""
    position.principle = given.principle if given.kind is Kind.BLOCK else ""
    position.named = False
    position.cast_by_id, position.at = human, clock.now()
    position.salt, position.erased = secrets.token_hex(16), False
