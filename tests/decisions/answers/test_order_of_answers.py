"""In which order people answer, and what they answered before they changed their minds, never matters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.rules import load
from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.rules.outcome import FIVE, AnswerKind, Tally, outcome, parts, rule_for
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import acting
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    version_of,
)
from tests.decisions.closing.test_check import DRAWN

pytestmark = pytest.mark.usefixtures("context")

KINDS = st.sampled_from(FIVE)


@pytest.mark.parametrize("method", p.METHODS)
@given(st.fixed_dictionaries(DRAWN), st.lists(KINDS, max_size=12), st.integers(0, 12), st.data())
def test_the_order_of_answers_to_one_question_never_matters(
    method: str, drawn: dict[str, Any], kinds: list[AnswerKind], silent: int, data: st.DataObject
) -> None:
    mixed, roll = data.draw(st.permutations(kinds)), len(kinds) + silent
    rule = rule_for(load({**drawn, "matters.statement_method": method}), "statement")
    one, other = Tally.of(kinds), Tally.of(mixed)
    for each in (rule, rule.after_waiting()):
        assert outcome(one, roll, each) is outcome(other, roll, each)
        assert parts(one, roll, each) == parts(other, roll, each)


PEOPLE = 5
ANSWERS = st.lists(st.none() | KINDS, min_size=PEOPLE, max_size=PEOPLE)
"""The answer of each in the end, or before; None is no answer, or one taken back."""


@pytest.mark.parametrize("method", p.METHODS)
def test_the_same_answers_in_another_order_and_after_others_end_the_same(
    app: Flask, time: MovedClock, method: str
) -> None:
    network = a_network_with_rules(
        matters__statement_method=method, decisions__asides_ceiling={"more_than": "1/3"}
    )
    people = members(network, PEOPLE)

    @settings(max_examples=6, derandomize=True, phases=[Phase.generate])
    @given(ANSWERS, ANSWERS, st.permutations(range(PEOPLE)))
    def ends_the_same(
        last: list[AnswerKind | None], before: list[AnswerKind | None], order: list[int]
    ) -> None:
        db.session.rollback()
        straight, changed = (a_proposal(network, people[0]) for _ in range(2))
        for number in range(PEOPLE):
            _says(network, straight, people[number], last[number], None)
        for number in order:
            _says(network, changed, people[number], before[number], None)
        for number in reversed(order):
            _says(network, changed, people[number], last[number], before[number])
        time.move(to=version_of(straight).deadline)
        assert closing_actions.close_due() == 2
        one, other = decisions()[-2:]
        assert (
            json.loads(one.tally)
            == json.loads(other.tally)
            == Tally.of(each for each in last if each).as_json()
        )
        assert one.outcome is other.outcome

    ends_the_same()


def _says(
    network: Network, proposal: Any, person: Person, kind: AnswerKind | None, before: AnswerKind | None
) -> None:
    if kind is not None:
        answered(proposal, network, kind, person)
    elif before is not None:
        version_id, actor = version_of(proposal).id, acting(person, network)
        (entry,) = (each.party for each in queries.answers_by(version_id, person.id))
        with transaction():
            actions.take_back(version_id, entry, by=actor, via=Door.WEB)
