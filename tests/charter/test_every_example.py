"""Every rule of the catalogue has an example for its changes, or a sentence that is one."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.examples import EXAMPLES
from govnet.charter.kinds import Choice, Choices, Share, WholeNumber
from govnet.charter.rules import Change, Charter
from govnet.charter.thresholds import at_least

SENTENCE_IS_ENOUGH = [
    *(p.KINDS, p.CRITERIA, p.ADMISSION, p.ADMISSION_SPONSORS, p.START_THREADS, p.POST, p.MEMBERS_TOPICS),
    *(p.PROPOSE, p.VOICE, p.CLOSING_HOUR, p.VISIBLE, p.CONSENT_INSTEAD, p.OPTIONS_SETTLE),
    *(p.EXTEND, p.CLOSE_EARLY, p.TAKE_BACK, p.STOP_NEEDS, p.PRINCIPLES, p.WHO_MAY_STOP),
    *(p.VACANCY, p.CHAIR, p.MAY_ANNOUNCE, p.CODE_OF_CONDUCT, p.WHO_MAY_HIDE, p.OWN_CLAUSES),
    *(p.OWN_NAME, p.OWN_PURPOSE),
]
"""Rules whose sentences, the old beside the new, say already what it means for somebody."""


def where_it_applies(key: str) -> dict[str, Any]:
    """Values of others with which a rule means something."""
    when = p.CATALOGUE[key].when
    if when is None:
        return {}
    other, values = p.CATALOGUE[when[0]], when[1]
    value = other.default if other.default in values else sorted(values)[0]
    return where_it_applies(other.key) | {
        other.key: frozenset(values) if isinstance(other, Choices) else value
    }


def some_values(key: str) -> set[Any]:
    """A few values that the rule can have."""
    parameter = p.CATALOGUE[key]
    if isinstance(parameter, WholeNumber):
        near = {parameter.default + step for step in (-1, 1, 2)}
        return {parameter.default, parameter.least, parameter.most, *near} & set(
            range(parameter.least, parameter.most + 1)
        )
    if isinstance(parameter, Choice):
        return set(parameter.options)
    if isinstance(parameter, Choices):
        return {parameter.default, *(parameter.default - {each} for each in parameter.options)}
    assert isinstance(parameter, Share)
    return {parameter.default, at_least(1, 3), at_least(4, 5)}


def made(key: str) -> list[tuple[tuple[Any, Any], str]]:
    """The example for each of some changes of a rule, empty where there is none."""
    others, found = where_it_applies(key), []
    for pair in permutations(sorted(some_values(key), key=repr), 2):
        old, new = (Charter({**others, key: value}) for value in pair)
        said = Change(p.CATALOGUE[key], (old, new)).example(74)
        found.append((pair, str(said or "")))
    return found


@pytest.mark.parametrize("key", sorted(set(p.CATALOGUE) - {each.key for each in SENTENCE_IS_ENOUGH}))
def test_every_change_of_a_rule_comes_with_an_example(key):
    given = [said for _pair, said in made(key) if said]
    assert given, f"{key} has no example, and is not among those whose sentence is enough"
    for said in given:
        assert "%(" not in said
        assert said.endswith(".")


def test_a_rule_whose_sentence_is_enough_has_no_example_beside_it():
    assert {each.key for each in SENTENCE_IS_ENOUGH} & set(EXAMPLES) == set()


DAYS = [key for key in EXAMPLES if getattr(p.CATALOGUE[key], "unit", "") in ("days", "hours")]


@pytest.mark.parametrize("key", [*DAYS, "decisions.answers", "committee.unfit", "committee.one_organisation"])
def test_whatever_days_or_answers_change_there_is_an_example(key):
    assert [pair for pair, said in made(key) if not said] == []


@pytest.mark.parametrize("place", [each for each in p.HOLIDAYS.options if each != "none"])
def test_each_place_has_a_holiday_to_show_what_it_means(place):
    pair = Charter(), Charter({"decisions.holidays": place})
    assert str(Change(p.HOLIDAYS, pair).example()).startswith("Anything that would be due on ")


@given(st.integers(3, 2000))
def test_the_ranking_of_the_example_ends_as_it_says(roll):
    pair = [Charter({"decisions.ranking_rule": rule}) for rule in ("irv", "borda")]
    said = Change(p.RANKING_RULE, (pair[0], pair[1])).example(roll)
    if said is None:
        return
    most, rest = said.values["most"], said.values["rest"]
    ballots = ["ABC"] * most + ["BCA"] * rest
    points = {each: sum(2 - ballot.index(each) for ballot in ballots) for each in "ABC"}
    assert most + rest == roll
    assert most > rest
    assert max(points, key=lambda each: points[each]) == "B" == said.values["new"]
