"""The refusals of the decisions room, each case with its message: nobody is left with a bare no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govnet.charter import actions as charters
from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.closing import notes, petitions
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import Proposal
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.pages.proposal import may_close_early
from govnet.decisions.proposals import actions, interests
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.register.models import NoteKind
from govnet.decisions.rules.outcome import AnswerKind, Outcome
from govnet.decisions.suggestions import actions as suggestions
from govnet.extensions import db
from govnet.kernel.actor import PROGRAM, VISITOR, Actor, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import GovnetError, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.models import Organisation, Person
from tests.at_once import at_once
from tests.builders import a_member, a_steering_member, acting, an_organisation
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    taken,
    version_of,
)

pytestmark = pytest.mark.usefixtures("context")

WEB = Door.WEB
AGREE = AnswerInput(AnswerKind.AGREE)
Before = Callable[["Scene"], None]
DRAFTED = Wording("Should we?", "We should.")
STOP = AnswerInput(
    AnswerKind.BLOCK, "It leaves people out.", "More seats.", "To open up how decisions are made."
)


@dataclass
class Scene:
    """Ann asks; Bob answers, for himself or for Acme; Sam sits on the committee; Vic is nobody."""

    network: Network
    ann: Person
    bob: Person
    sam: Person
    acme: Organisation
    proposal: Proposal
    time: MovedClock

    def by(self, person: Person) -> Actor:
        return acting(person, self.network)

    @property
    def version_id(self) -> int:
        return version_of(self.proposal).id

    def entry(self, person: Person, *, organisation: bool = False) -> int:
        mine = queries.entries_for(self.version_id, self.by(person))
        return next(each.id for each in mine if (each.organisation_id is not None) == organisation)

    def answer(
        self,
        person: Person,
        given: AnswerInput = AGREE,
        *,
        organisation: bool = False,
    ) -> Any:
        entry = self.entry(person, organisation=organisation)
        return answers_actions.answer(self.version_id, given, by=self.by(person), via=WEB, entry_id=entry)

    def propose(
        self, text: str = "So.", *, matter: str = "statement", more: More | None = None, **ask: Any
    ) -> Any:
        changes = ask.pop("changes", {})
        words = Wording("Should we?", text, changes, more or More(), ask.pop("options", ()))
        return actions.propose(self.network, words, Ask(matter, **ask), by=self.by(self.ann), via=WEB)

    def reword(self, text: str = "Nine.") -> Any:
        words = Wording("Should the committee have 9 seats?", text)
        return actions.reword(self.proposal, words, because="x", by=self.by(self.ann), via=WEB)

    def to_the_end(self, *, hours: float = 0) -> None:
        self.time.move(to=version_of(self.proposal).deadline - timedelta(hours=hours))

    def decided(self, kind: AnswerKind) -> None:
        answered(self.proposal, self.network, kind, self.ann)
        self.to_the_end()
        closing_actions.close_due()

    def elsewhere(self) -> Proposal:
        return taken(self.network, self.sam)


@pytest.fixture
def scene(time: MovedClock) -> Scene:
    network = a_network_with_rules()
    ann, bob, sam = a_member(network, "Ann"), a_member(network, "Bob"), a_steering_member(network)
    acme = an_organisation(network, "Acme", spoken_for_by=bob)
    return Scene(network, ann, bob, sam, acme, a_proposal(network, ann), time)


def _handed_over(s: Scene) -> Any:
    actor = s.by(s.bob)
    entry = s.entry(s.bob, organisation=True)
    return answers_actions.answer(
        s.version_id, AnswerInput(AnswerKind.AGREE), by=replace(actor, represents=()), via=WEB, entry_id=entry
    )


def _second(s: Scene) -> Any:
    s.answer(s.bob)
    return s.answer(s.bob, organisation=True)


def _on_old_words(s: Scene) -> Any:
    old, entry = s.version_id, s.entry(s.bob)
    s.reword()
    return answers_actions.answer(old, AnswerInput(AnswerKind.AGREE), by=s.by(s.bob), via=WEB, entry_id=entry)


def _latecomer(s: Scene) -> Any:
    new = a_member(s.network, "New")
    return answers_actions.answer(
        s.version_id, AnswerInput(AnswerKind.AGREE), by=acting(new, s.network), via=WEB
    )


def _extend(s: Scene, day: date, by: Person | None = None) -> Any:
    return actions.extend(s.proposal, day, reason="x", by=s.by(by or s.ann), via=WEB)


def _suggest(s: Scene, passage: str, instead: str = "x") -> Any:
    return suggestions.suggest(s.proposal, passage, instead, "why", by=s.by(s.bob), via=WEB)


def _enter(s: Scene, entry: int, given: AnswerInput = AGREE, how: Door = Door.PHONE) -> Any:
    return answers_entry.enter(s.version_id, entry, given, how=how, by=s.by(s.sam), via=WEB)


def _record(s: Scene, on: date, by: Person | None = None) -> Any:
    how = Taken(on, "all", "the meeting in Leeds", "Notes.")
    return offsite.write_down(
        s.network,
        Wording("A letter", "We write."),
        Ask("statement"),
        how,
        by=s.by(by or s.sam),
        via=Door.MEETING,
    )


def _declared_twice(s: Scene) -> Any:
    interests.declare(s.proposal, "I own it.", by=s.by(s.bob), via=WEB)
    return interests.declare(s.proposal, "Still.", by=s.by(s.bob), via=WEB)


def _decided(s: Scene) -> None:
    s.decided(AnswerKind.AGREE)


def _refused(s: Scene) -> None:
    s.decided(AnswerKind.STAND_ASIDE)


def _with_sponsors(s: Scene) -> None:
    """Two members must want it before it is asked."""
    with transaction():
        charters.adopt(
            s.network, {"decisions.sponsors": 2}, adopted_by="decision:0", by=PROGRAM, via=Door.CLI
        )


def _stopped(s: Scene) -> None:
    """Where a vote follows a Stop, Ann's Stop has begun the waiting time."""
    rules = {"decisions.fallback": "majority", "decisions.close_early": "all_answered"}
    with transaction():
        charters.adopt(s.network, rules, adopted_by="decision:0", by=PROGRAM, via=Door.CLI)
    s.proposal = a_proposal(s.network, s.ann)
    s.decided(AnswerKind.BLOCK)


def _draft(s: Scene) -> Any:
    found = db.session.scalar(select(Draft))
    return found or drafts_actions.save(s.network, DRAFTED, Ask("statement"), by=s.by(s.ann), via=WEB)


def _want(s: Scene, who: Person) -> None:
    draft = _draft(s)
    db.session.flush()
    drafts_actions.sponsor(draft.id, drafts_queries.seen(draft), by=s.by(who), via=WEB)


def _end(hours: float = 0) -> Before:
    return lambda s: s.to_the_end(hours=hours)


CASES: dict[str, tuple[Callable[[Scene], Any], str] | tuple[Callable[[Scene], Any], str, Before]] = {
    # asking
    "a day too soon": (lambda s: s.propose(closes=date(2015, 4, 15)), "at least 7 days to answer"),
    "a day too late": (lambda s: s.propose(closes=date(2015, 12, 15)), "can’t stay open that long"),
    "a Sunday": (lambda s: s.propose(closes=date(2015, 4, 26)), "not a working day"),
    "nothing known it is about": (lambda s: s.propose(matter="weather"), "Choose what this is about"),
    "rules without a rule": (lambda s: s.propose(matter="charter"), "at least one of our rules"),
    "a rule beside something else": (
        lambda s: s.propose(changes={"decisions.frozen_hours": 1}),
        "needs a proposal about our rules",
    ),
    "a rule as it is": (
        lambda s: s.propose(matter="charter", changes={"decisions.frozen_hours": 24}),
        "nothing would change",
    ),
    "a rule that nobody knows": (
        lambda s: s.propose(matter="charter", changes={"decisions.moon": 1}),
        "no rule called",
    ),
    "a rule out of range": (
        lambda s: s.propose(matter="charter", changes={"decisions.frozen_hours": 999}),
        "whole number from 0 to 168",
    ),
    "rules given to the committee": (
        lambda s: s.propose(matter="charter", changes={"matters.charter_body": "committee"}),
        "belong to all members",
    ),
    "rules that contradict each other": (
        lambda s: s.propose(matter="charter", changes={"decisions.minimum_days_open": 90}),
        "not be longer",
    ),
    "a day of force without rules": (
        lambda s: s.propose(more=More(in_force_on=date(2015, 6, 1))),
        "Only a change of our rules",
    ),
    "a trial that ends before it begins": (
        lambda s: s.propose(more=More(trial_until=date(2015, 4, 14), trial_signs="x")),
        "ends after it has begun",
    ),
    "a review before answers close": (
        lambda s: s.propose(review_on=date(2015, 4, 20)),
        "after Mon 20 Apr 2015, or none",
    ),
    "a day of force before answers close": (
        lambda s: s.propose(
            matter="charter", changes={"committee.seats": 7}, more=More(in_force_on=date(2015, 4, 20))
        ),
        "after Mon 20 Apr 2015, or none",
    ),
    "a trial without signs": (
        lambda s: s.propose(more=More(trial_until=date(2015, 9, 1))),
        "how we shall know",
    ),
    "a way that the rules do not have": (lambda s: s.propose(method="majority"), "by our rules|By our rules"),
    "a choice without options": (lambda s: s.propose(method="ranked"), "from 2 to 20 options"),
    "a proposal by a visitor": (
        lambda s: actions.propose(s.network, Wording("So?", "So."), Ask("money"), by=VISITOR, via=WEB),
        "Only members",
    ),
    # answering
    "who came after it opened": (_latecomer, "You were not among those"),
    "a representative who handed over": (_handed_over, "You were not among those"),
    "a second answer that counts": (_second, "not both"),
    "for whom is not said": (
        lambda s: answers_actions.answer(
            s.version_id, AnswerInput(AnswerKind.AGREE), by=s.by(s.bob), via=WEB
        ),
        "Choose for whom",
    ),
    "a Stop without a reason": (
        lambda s: s.answer(s.bob, replace(STOP, reason=" ")),
        "Say why you want to stop",
    ),
    "a Stop without a way out": (
        lambda s: s.answer(s.bob, replace(STOP, remedy="")),
        "what would let you live",
    ),
    "a Stop without a principle": (
        lambda s: s.answer(s.bob, replace(STOP, principle="")),
        "Choose what your Stop",
    ),
    "a Stop on a principle of one's own": (
        lambda s: s.answer(s.bob, replace(STOP, principle="I hate it.")),
        "Choose what your Stop",
    ),
    "an answer at the deadline": (lambda s: s.answer(s.bob), "It was not counted", _end()),
    "an answer to old words": (_on_old_words, "changed while you were writing"),
    "taking back what is not there": (
        lambda s: answers_actions.take_back(s.version_id, s.entry(s.bob), by=s.by(s.bob), via=WEB),
        "no answer to take back",
    ),
    "a choice where nothing is to choose": (
        lambda s: s.answer(s.bob, AnswerInput(AnswerKind.CHOICE)),
        "nothing to choose between",
    ),
    # while it is open
    "new words in the last hours": (lambda s: s.reword(), "last 24 hours", _end(23)),
    "new words after the end": (lambda s: s.reword(), "This has closed", _end()),
    "new words by another": (
        lambda s: actions.reword(s.proposal, Wording("So?", "So."), because="x", by=s.by(s.bob), via=WEB),
        "Only the member who made this proposal can change its text",
    ),
    "new words for what was decided elsewhere": (
        lambda s: actions.reword(s.elsewhere(), Wording("a", "b"), because="x", by=s.by(s.sam), via=WEB),
        "cannot be changed",
    ),
    "more time, but less": (lambda s: _extend(s, date(2015, 4, 14)), "a later day"),
    "more time than there is": (lambda s: _extend(s, date(2015, 9, 14)), "no day after"),
    "more time by another": (
        lambda s: _extend(s, date(2015, 4, 22), s.bob),
        "Only the member who made this proposal can give more time for it",
    ),
    "closing early": (
        lambda s: actions.close_early(s.proposal, reason="x", by=s.by(s.ann), via=WEB),
        "nothing closes before",
    ),
    "a fallback vote too early": (
        lambda s: actions.close_early(s.proposal, reason="x", by=s.by(s.ann), via=WEB),
        "waiting time in our rules is over",
        _stopped,
    ),
    "taking back after the end": (
        lambda s: actions.withdraw(s.proposal, "x", by=s.by(s.ann), via=WEB),
        "closed",
        _end(),
    ),
    "taking back without a reason": (
        lambda s: actions.withdraw(s.proposal, " ", by=s.by(s.ann), via=WEB),
        "Say why",
    ),
    "more time without a reason": (
        lambda s: actions.extend(s.proposal, date(2015, 4, 22), reason="", by=s.by(s.ann), via=WEB),
        "Say why",
    ),
    "new words without a reason": (
        lambda s: actions.reword(s.proposal, Wording("So?", "So."), because="\n", by=s.by(s.ann), via=WEB),
        "Say why",
    ),
    "other words without a reason": (
        lambda s: suggestions.suggest(s.proposal, "Nine", "Ten", " ", by=s.by(s.bob), via=WEB),
        "Say why",
    ),
    "objecting without a reason": (
        lambda s: offsite.object_to(s.elsewhere(), "", by=s.by(s.bob), via=WEB),
        "Say why",
    ),
    "objecting to what can be answered": (
        lambda s: offsite.object_to(s.proposal, "x", by=s.by(s.bob), via=WEB),
        "This can be answered",
    ),
    "a passage that is not there": (lambda s: _suggest(s, "Twelve"), "not in the text"),
    "a passage that is there twice": (lambda s: _suggest(s, "e"), "more than once"),
    "the same text again": (lambda s: _suggest(s, "Nine seats", "Nine seats"), "the same text"),
    "an interest in nothing": (
        lambda s: interests.declare(s.proposal, " ", by=s.by(s.bob), via=WEB),
        "what your interest is",
    ),
    "an interest twice": (_declared_twice, "already"),
    "an interest that was never declared": (
        lambda s: interests.end(s.proposal, by=s.by(s.bob), via=WEB),
        "not declared",
    ),
    # for somebody else, and elsewhere
    "entering one's own answer": (lambda s: _enter(s, s.entry(s.sam)), "own answer"),
    "entering over somebody's own answer": (
        lambda s: [s.answer(s.ann), _enter(s, s.entry(s.ann))],
        "answered themselves",
    ),
    "entering for who was not asked": (lambda s: _enter(s, 99_999), "were not among"),
    "entering, and not saying how it came": (
        lambda s: _enter(s, s.entry(s.ann), how=Door.API),
        "how the answer came",
    ),
    "a Stop by telephone without a principle": (
        lambda s: _enter(s, s.entry(s.ann), replace(STOP, principle="")),
        "Choose what your Stop",
    ),
    "a meeting tomorrow": (lambda s: _record(s, date(2015, 4, 14)), "is in the future"),
    "a meeting written down by a member": (
        lambda s: _record(s, date(2015, 4, 9), s.bob),
        "Only the committee or the coordinator",
    ),
    "answering what was decided elsewhere": (
        lambda s: answers_actions.answer(
            version_of(s.elsewhere()).id, AnswerInput(AnswerKind.AGREE), by=s.by(s.ann), via=WEB
        ),
        "You can object",
    ),
    # afterwards
    "a minority's note by who agreed": (
        lambda s: notes.add_note(decisions()[0], NoteKind.MINORITY, "x", by=s.by(s.ann), via=WEB),
        "Only a member who disagreed",
        _decided,
    ),
    "an erratum by anybody": (
        lambda s: notes.add_note(decisions()[0], NoteKind.ERRATUM, "x", by=s.by(s.bob), via=WEB),
        "Only the member who made this proposal",
        _decided,
    ),
    "asking for a review twice": (
        lambda s: [petitions.ask(decisions()[0].id, "", by=s.by(s.bob), via=WEB) for _ in range(2)],
        "already",
        _decided,
    ),
    "asking for a review of what was not agreed": (
        lambda s: petitions.ask(decisions()[0].id, "", by=s.by(s.bob), via=WEB),
        "was not agreed",
        _refused,
    ),
    # drafts
    "proposing where a draft comes first": (lambda s: s.propose(), "has to be a draft first", _with_sponsors),
    "wanting one's own draft": (lambda s: _want(s, s.ann), "your own draft", _with_sponsors),
    "wanting a draft twice": (lambda s: [_want(s, s.bob), _want(s, s.bob)], "already said", _with_sponsors),
    "asking a draft that nobody wants": (
        lambda s: drafts_actions.ask_it(_draft(s).id, None, by=s.by(s.ann), via=WEB),
        "2 more members",
        _with_sponsors,
    ),
    "changing somebody else's draft": (
        lambda s: drafts_actions.change(_draft(s).id, DRAFTED, Ask("statement"), by=s.by(s.bob), via=WEB),
        "Only the member who wrote this draft",
    ),
    "replacing what is not in force": (lambda s: s.propose(replaces_id=99_999), "no such decision"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_says_why(scene: Scene, case: str) -> None:
    act, words, *before = CASES[case]
    for prepare in before:
        prepare(scene)
    db.session.rollback()
    with pytest.raises(GovnetError, match=words) as refused, transaction():
        act(scene)
    assert len(refused.value.message) > 15
    assert refused.value.status < 500


def test_there_are_more_than_forty_of_them() -> None:
    assert len(CASES) > 40


def test_a_fallback_vote_too_early_is_not_held_for_anybody(app: Flask, time: MovedClock) -> None:
    network = a_network_with_rules(decisions__fallback="majority", decisions__close_early="all_answered")
    people = members(network, 4)
    proposal = a_proposal(network, people[0])
    answered(proposal, network, AnswerKind.AGREE, *people[:3])
    answered(proposal, network, AnswerKind.BLOCK, people[3])
    time.move(to=version_of(proposal).deadline)
    assert closing_actions.close_due() == 1
    version = version_of(proposal)
    assert version.waiting_since == time.at
    over, version_id, proposer = version.deadline, version.id, acting(people[0], network)
    assert not may_close_early(queries.version_whole(version.id), proposer)
    for moment in (time.at, over - timedelta(microseconds=1)):
        time.move(to=moment)
        db.session.rollback()
        with pytest.raises(RuleBroken, match="waiting time"), transaction():
            actions.close_early(db.session.merge(proposal), reason="x", by=proposer, via=WEB)
        assert at_once(
            app, *[closing_actions.close_due] * 2, *[lambda: closing_actions.close(version_id)] * 2
        ) == [
            0,
            0,
            False,
            False,
        ]
        assert decisions() == []
        assert (version_of(proposal).is_open, version_of(proposal).deadline) == (True, over)
    time.move(to=over)
    db.session.rollback()
    assert sum(at_once(app, closing_actions.close_due, closing_actions.close_due)) == 1  # type: ignore[arg-type]
    assert [(each.outcome, each.after_waiting) for each in decisions()] == [(Outcome.VOTED, True)]
