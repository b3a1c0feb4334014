"""The open choices and the drafts of the demo's people."""

from __future__ import annotations

from datetime import timedelta

from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.rules.outcome import AnswerKind
from govnet.demo.facts import ChoiceFact, Chosen, DraftFact
from govnet.demo.stage import Stage, evenly
from govnet.kernel.actor import Door


def plan(stage: Stage) -> None:
    """Have every choice open and be answered, and every draft written and wanted."""
    for choice in stage.facts.choices:
        _choice(stage, choice)
    for draft in stage.facts.drafts:
        stage.at(stage.calendar.now - timedelta(hours=3), lambda one=draft: _draft(stage, one))  # type: ignore[misc]


def _choice(stage: Stage, choice: ChoiceFact) -> None:
    opened = stage.calendar.at(-choice.opened_days_ago, 19)
    stage.at(opened, lambda: _ask(stage, choice))
    last = stage.calendar.now - timedelta(minutes=50)
    for given, moment in zip(choice.answers, evenly(opened, last, len(choice.answers)), strict=True):
        stage.at(moment, lambda given=given: _answer(stage, choice, given))  # type: ignore[misc]


def _ask(stage: Stage, choice: ChoiceFact) -> None:
    words = Wording(choice.question, choice.text.strip(), options=tuple(choice.options))
    ask = Ask(choice.matter, thread_id=stage.threads[choice.thread], method=choice.method)
    made = actions.propose(stage.network(), words, ask, by=stage.actor(choice.by), via=Door.WEB)
    stage.versions[choice.key] = queries.newest_version(made.id).id


def _answer(stage: Stage, choice: ChoiceFact, given: Chosen) -> None:
    by, version = stage.actor(given.who), stage.versions[choice.key]
    numbers = (*range(1, len(choice.options) + 1), 0)
    choices = {number: value for number, value in zip(numbers, given.values, strict=True) if value}
    (mine,) = [each.id for each in queries.entries_for(version, by) if each.person_id]
    words = answers_actions.AnswerInput(AnswerKind.CHOICE, given.reason, choices=choices)
    answers_actions.answer(version, words, by=by, via=Door.WEB, entry_id=mine)


def _draft(stage: Stage, one: DraftFact) -> None:
    words = Wording(one.question, one.text.strip())
    ask = Ask(one.matter, thread_id=stage.threads[one.thread], method=one.method)
    made = drafts_actions.save(stage.network(), words, ask, by=stage.actor(one.by), via=Door.WEB)
    for who in one.wanted:
        drafts_actions.sponsor(made.id, drafts_queries.seen(made), by=stage.actor(who), via=Door.WEB)
