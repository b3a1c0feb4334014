"""An example beside each change of a rule whose numbers mean something for somebody."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from govnet.charter import parameters as p
from govnet.charter.kinds import Choices, Share, WholeNumber
from govnet.charter.rules import Change, Charter, diff
from govnet.charter.thresholds import at_least, more_than


def examples(before: dict[str, Any], after: dict[str, Any], roll: int = 74) -> list[str]:
    old = Charter().with_changes(before)
    return [str(each.example(roll)) for each in diff(old, old.with_changes(after)) if each.example(roll)]


BOTH = {
    "decisions.quorum": "both",
    "decisions.quorum_count": 10,
    "decisions.quorum_share": {"at_least": "1/10"},
}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (BOTH, {"decisions.quorum_share": {"at_least": "1/4"}}, "Of 74, that is 19 instead of 8."),
        (
            BOTH,
            {"decisions.quorum": "fraction", "decisions.quorum_share": {"at_least": "1/4"}},
            "Of 74, that is 19 instead of 8.",
        ),
        ({}, {"decisions.minimum_agreement": {"at_least": "0"}}, "Of 74, that is none instead of 1."),
        ({}, {"charter.majority": {"at_least": "3/4"}}, "Of 74, that is 56 instead of 50."),
        ({}, {"committee.quorum": {"at_least": "2/3"}}, "Of 9, that is 6 instead of 5."),
        (
            {},
            {"decisions.asides_ceiling": {"at_least": "1/4"}},
            "Of 74, that is 19; until now no number was enough.",
        ),
        (
            {"decisions.asides_ceiling": {"at_least": "1/4"}},
            {"decisions.asides_ceiling": {"more_than": "1"}},
            "Of 74, no number is enough any more; until now it was 19.",
        ),
        ({}, {"decisions.entered_most": 20}, "Of 74, that is 14 instead of 7."),
        (
            {},
            {"decisions.minimum_days_open": 9},
            "Counted from 1 September, that is 10 September instead of 8 September.",
        ),
        (
            {"membership.renewal_months": 12},
            {"membership.grace_days": 180},
            "Counted from 1 September, that is 28 February of the next year instead of 31 October.",
        ),
        (
            {"membership.renewal_months": 12},
            {"membership.renewal_months": 120},
            "Within 10 years, that is 1 time instead of 10 times.",
        ),
        ({}, {"coordinator.term_months": 12}, "Within 10 years, that is 10 times instead of 5 times."),
        ({}, {"coordinator.term_months": 6}, "Within 10 years, that is 20 times instead of 5 times."),
    ],
)
def test_a_change_comes_with_one_example_in_words(
    before: dict[str, Any], after: dict[str, Any], said: str
) -> None:
    assert examples(before, after) == [said]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"decisions.quorum_count": 20}),
        ({}, {"membership.criteria": ["I agree."], "decisions.closing_hour": 12}),
        ({}, {"decisions.fallback_days": 20}),
        ({}, {"committee.publish_days": 14}),
        ({"membership.renewal_months": 100}, {"membership.renewal_months": 110}),
        ({"decisions.quorum": "none"}, BOTH),
    ],
)
def test_there_is_none_where_the_sentence_says_it_all_or_it_means_nothing_on_one_side(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert examples(before, after) == []


def test_where_the_roll_is_not_known_a_hundred_stand_for_it() -> None:
    assert examples({}, {"charter.majority": {"at_least": "3/4"}}, roll=0) == [
        "Of 100, that is 75 instead of 67."
    ]


def where_it_applies(key: str) -> dict[str, Any]:
    """Values of others with which a rule means something."""
    when = p.CATALOGUE[key].when
    if when is None:
        return {}
    other, values = p.CATALOGUE[when[0]], when[1]
    value = frozenset(values) if isinstance(other, Choices) else sorted(values)[0]
    return where_it_applies(other.key) | {other.key: value}


IN_NUMBERS = [
    each
    for each in p.CATALOGUE.values()
    if isinstance(each, Share) or (isinstance(each, WholeNumber) and each.unit in ("days", "percent"))
]


@pytest.mark.parametrize("parameter", IN_NUMBERS, ids=lambda each: str(each.key))
def test_every_share_and_every_number_of_days_has_one(parameter: Share | WholeNumber) -> None:
    some: tuple[Any, ...] = (at_least(1, 3), more_than(1, 2), at_least(4, 5))
    if isinstance(parameter, WholeNumber):
        some = (max(parameter.least, 2), parameter.most // 2, parameter.most)
    others = where_it_applies(parameter.key)
    for old, new in permutations(some, 2):
        rules = (Charter({**others, parameter.key: old}), Charter({**others, parameter.key: new}))
        said = str(Change(parameter, rules).example(74))
        assert "%(" not in said
        assert " instead of " in said
