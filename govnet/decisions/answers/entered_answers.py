"""Enters somebody's answer for them: phoned in, written, or given at a meeting. They are notified and can correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.thresholds import most_entered
from govnet.decisions import queries
from govnet.decisions.answers.actions import AnswerInput, Hand, check, drop, put_in, takes_answers
from govnet.decisions.models import Answer, PastAnswer, ProposalVersion, RollEntry, VersionState
from govnet.decisions.proposals import roll
from govnet.decisions.proposals.events import AnswerEntered, AnswerUndone
from govnet.decisions.proposals.interests import recused
from govnet.decisions.rules import who_counts
from govnet.decisions.rules.deadlines import TIME_TO_UNDO
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotFound, RuleBroken
from govnet.mail.page_addresses import site_url
from govnet.membership.signed_links import ids_of, token_for
from govnet.people.models import Organisation, Person
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record
from govnet.roles import concerned

PURPOSE = "entered"
OFFERED = 100
"""The number of names in a list to choose from; if more can answer, others are found by name."""
WAYS = (Door.PHONE, Door.LETTER, Door.MEETING, Door.LIST, Door.MAIL)
"""How an answer can have come that somebody else enters."""


def enter(version_id: int, entry_id: int, given: AnswerInput, *, how: Door, by: Actor, via: Door) -> Answer:
    """Enter the answer of a party that could not give it here. It never replaces one that they gave themselves."""
    queries.lock_version(version_id)  # two who enter at once are counted one after the other
    version = takes_answers(version_id)
    check_right(by, Can.ENTER_ANSWER, version.proposal)
    entry = _entry(version, entry_id)
    if how not in WAYS:
        raise RuleBroken(_("Choose how the answer came."), field="how")
    human = _human(version, entry, by)
    act = require(by, Can.ENTER_ANSWER, entry, via).within(version.proposal)
    _check_let_stand(entry)
    before = queries.answer_of(entry.id)
    if before is not None and before.entered_by_id is None:
        raise RuleBroken(_("They have answered themselves. Only they can change that."), field="party")
    aside = recused(version, human)
    counted = entry.counted and not aside
    check(version, given, entry)
    _check_once(version, entry, human, counted=counted)
    _check_few(version, entry, counted=counted)
    hand = Hand(human, how, recused=aside, counted=counted, entered_by_id=by.person_id)
    about: dict[str, Any] = {"proposal": version.proposal, "version": version, "question": version.question}
    unnamed = replace(given, named=False)
    return put_in(
        version,
        entry,
        unnamed,
        hand,
        lambda **sealed: AnswerEntered(**about, act=act, entry=entry, **sealed),
    )


def held(token: str, network: Network) -> tuple[RollEntry, Actor]:
    """The party of a link from a mail, and the holder of the link as an actor. NotFound for any other link."""
    entry_id, person_id = ids_of(PURPOSE, token, 2)
    both = (joinedload(RollEntry.person), joinedload(RollEntry.organisation))
    entry, person = db.session.get(RollEntry, entry_id, options=both), db.session.get(Person, person_id)
    version = queries.version_whole(entry.version_id) if entry is not None else None
    if entry is None or person is None or version is None or version.proposal.network_id != network.id:
        raise NotFound(_("This link no longer works."))
    return entry, Actor(person.id, person.name, network.id)


def undo_url(network: Network, entry_id: int, person_id: int) -> str:
    """The page on which somebody undoes an answer entered for them."""
    token = token_for(PURPOSE, entry_id, person_id)
    return site_url("decisions.entered", network=network, token=token)


def undo(entry_id: int, *, by: Actor, via: Door) -> None:
    """Make an answer entered for oneself count no more, for good; doing it twice does it once.

    NotAllowed for anybody else. RuleBroken if one has answered oneself since, TooLate after the close.
    """
    entry = db.session.get_one(RollEntry, entry_id)
    answer = queries.answer_of(entry_id)
    if answer is None and was_undone(entry_id):
        return
    version = takes_answers(entry.version_id)
    answer = queries.answer_of(entry_id)
    if answer is None or answer.entered_by_id is None:
        raise RuleBroken(_("There is no longer an answer here that was entered for you."))
    act = require(by, Can.UNDO_ENTERED, answer, via).within(version.proposal)
    about: dict[str, Any] = {"proposal": version.proposal, "version": version, "question": version.question}
    event = AnswerUndone(**about, act=act, entry=entry)
    drop(answer)
    record(event)


def was_undone(entry_id: int) -> bool:
    """Whether the party undid an answer entered for them."""
    query = select(PastAnswer.id).where(PastAnswer.entry_id == entry_id, PastAnswer.undone)
    return db.session.scalar(query.limit(1)) is not None


def _check_let_stand(entry: RollEntry) -> None:
    if was_undone(entry.id):
        raise RuleBroken(
            _("They undid what was entered for them. From now on only they can answer."), field="party"
        )


def _check_few(version: ProposalVersion, entry: RollEntry, *, counted: bool) -> None:
    """RuleBroken where it would be more than the charter lets be entered, or too late to be undone.

    These answers do not decide on behalf of a meeting.
    """
    if version.state is VersionState.UNOPPOSED:
        return
    percent = queries.charter_of(version)[p.ENTERED_MOST]
    if not percent:
        raise RuleBroken(_("By our rules nobody enters an answer for somebody else."))
    if clock.now() + TIME_TO_UNDO > version.deadline:
        raise RuleBroken(
            _(
                "In the last day before answers close you cannot enter an answer for somebody else, "
                "because they could not undo it in time."
            )
        )
    others = queries.counted_beside(version.id, entry.id)
    if counted and others.entered + 1 > most_entered(others.answered + 1, percent):
        raise RuleBroken(
            ngettext(
                "By our rules at most %(percent)s per cent of the answers that count can be entered for "
                "others, "
                "and %(num)s is already. More can be entered once more members have answered themselves.",
                "By our rules at most %(percent)s per cent of the answers that count can be entered for "
                "others, "
                "and %(num)s are already. More can be entered once more members have answered themselves.",
                others.entered,
                percent=percent,
            )
        )


def still_silent(
    version_id: int, by: Actor, *, named: str = "", entry_id: int | None = None
) -> list[RollEntry]:
    """Parties whose answer can be entered: those who have given none themselves, and never the reader.

    Organisations for which nobody speaks are left out, and people whose one answer that counts is for somebody else. Only
    those with `named` in their name, or the one of `entry_id`; OFFERED at most.
    """
    own = exists().where(Answer.entry_id == RollEntry.id, Answer.entered_by_id.is_(None))
    query = (
        select(RollEntry)
        .where(
            RollEntry.version_id == version_id,
            ~own,
            RollEntry.id.not_in(
                select(PastAnswer.entry_id).where(PastAnswer.version_id == version_id, PastAnswer.undone)
            ),
        )
        .options(joinedload(RollEntry.person), joinedload(RollEntry.organisation))
    )
    if named:
        query = query.outerjoin(Person, Person.id == RollEntry.person_id)
        query = query.outerjoin(Organisation, Organisation.id == RollEntry.organisation_id)
        query = query.where(_named(named))
    if entry_id is not None:
        query = query.where(RollEntry.id == entry_id)
    query = query.order_by(RollEntry.counted.desc(), RollEntry.id.desc()).limit(
        OFFERED
    )  # as the index has it
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


def _named(words: str) -> ColumnElement[bool]:
    """Parties with this text in their name, in capitals or not."""
    return or_(
        *(
            func.lower(name).contains(words.lower(), autoescape=True)
            for name in (Person.name, Organisation.name)
        )
    )


def _counted_elsewhere(version_id: int, humans: Mapping[int, int]) -> set[int]:
    """Parties whose answer would be a second one, because the person who would give it has given one that counts."""
    given = select(Answer.cast_by_id, Answer.entry_id).where(
        Answer.version_id == version_id, Answer.counted, Answer.cast_by_id.in_(set(humans.values()))
    )
    counted = {caster: entry for caster, entry in db.session.execute(given) if caster}
    return {entry for entry, human in humans.items() if counted.get(human, entry) != entry}


def _humans(version: ProposalVersion, entries: Sequence[RollEntry]) -> dict[int, int]:
    """The person behind each answer: the member, or the first of those who speak for the organisation."""
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
    """The person behind the answer. RuleBroken if nobody could give it, or the actor could."""
    human = _humans(version, [entry]).get(entry.id)
    if human is None:
        raise RuleBroken(_("Nobody speaks for this organisation at the moment."), field="party")
    if human == by.person_id:
        raise RuleBroken(_("Give your own answer on the proposal’s page."), field="party")
    return human


def _check_once(version: ProposalVersion, entry: RollEntry, human: int, *, counted: bool) -> None:
    """RuleBroken if it would be the person's second answer that counts."""
    if counted and who_counts.other_party(queries.answers_by(version.id, human), entry.id, human) is not None:
        raise RuleBroken(
            _("They have already given an answer that counts for somebody else: nobody can answer twice."),
            field="party",
        )
