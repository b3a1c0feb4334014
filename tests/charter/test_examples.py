"""An example beside each change of a rule whose numbers matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.examples import EXAMPLES, answers_needed
from govnet.charter.rules import Charter, diff


def examples(before, after, roll=74):
    old = Charter().with_changes(before)
    return [str(each.example(roll)) for each in diff(old, old.with_changes(after)) if each.example(roll)]


TENTH = {"decisions.quorum_count": 10, "decisions.quorum_share": {"at_least": "1/10"}}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (TENTH, {"decisions.quorum": "both"}, "With 74 on the roll, at least 10 must answer instead of none."),
        (
            {**TENTH, "decisions.quorum": "both"}, {"decisions.quorum_count": 4},
            "With 74 on the roll, at least 8 must answer instead of 10.",
        ),
        (
            {**TENTH, "decisions.quorum": "fraction"}, {"decisions.quorum_share": {"at_least": "1/4"}},
            "With 74 on the roll, at least 19 must answer instead of 8.",
        ),
        (
            {}, {"decisions.minimum_agreement": {"at_least": "1/2"}},
            "If all 74 on the roll answer, at least 37 must say Agree instead of 1.",
        ),
        (
            {}, {"charter.majority": {"at_least": "3/4"}},
            "If all 74 on the roll take a side, at least 56 must agree instead of 50.",
        ),
        (
            {}, {"decisions.asides_ceiling": {"at_least": "1/4"}},
            "If all 74 on the roll take a side, it fails when 19 disagree; until now it never did.",
        ),
        (
            {"decisions.asides_ceiling": {"at_least": "1/4"}}, {"decisions.asides_ceiling": {"more_than": "1"}},
            "If all 74 on the roll take a side, it no longer fails when 19 disagree.",
        ),
        ({}, {"committee.seats": 12}, "With every place filled, 6 of 12 must answer instead of 5 of 9."),
        (
            {}, {"committee.quorum": {"at_least": "2/3"}},
            "With every place filled, 6 of 9 must answer instead of 5 of 9.",
        ),
        (
            {}, {"committee.consecutive_terms": 2},
            "Somebody can sit on the committee for at most 48 months in a row instead of any time.",
        ),
        (
            {"committee.consecutive_terms": 2}, {"committee.term_months": 12},
            "Somebody can sit on the committee for at most 24 months in a row instead of at most 48 months.",
        ),
        ({}, {"committee.sister_seats": 2}, "Of 9 places, 7 are surely this network’s own instead of 9."),
        (
            {"committee.publish_days": 14}, {"committee.publish_days": 7},
            "What a meeting decides on the 1st is late from day 9 of the month on, instead of 16.",
        ),
        ({}, {"committee.individual_seats": 4}, "Of 9 places, 5 can be for any member instead of 9."),
        (
            {}, {"committee.one_organisation": 2},
            "Whoever would be number 3 from one organisation is not given a place.",
        ),
        ({}, {"committee.staggering": "halves"}, "Of 9 places, at most 5 come up at a time, by turns."),
    ],
)  # fmt: skip
def test_a_change_comes_with_one_example_in_words(before, after, said):
    assert examples(before, after) == [said]


def test_what_changes_nothing_in_numbers_has_no_example():
    assert examples({}, {"decisions.quorum_count": 20}) == []
    assert examples({}, {"membership.criteria": ["I agree."], "decisions.closing_hour": 12}) == []


def test_a_quorum_set_with_its_size_has_one_example_not_three():
    after = {
        "decisions.quorum": "both",
        "decisions.quorum_count": 5,
        "decisions.quorum_share": {"at_least": "1/2"},
    }
    assert examples({}, after) == ["With 74 on the roll, at least 37 must answer instead of none."]


def test_where_the_roll_is_not_known_a_hundred_stand_for_it():
    assert examples(TENTH, {"decisions.quorum": "both"}, roll=0)[0].startswith("With 100 on the roll")


@given(st.sampled_from(["none", "count", "fraction", "both"]), st.integers(1, 300), st.integers(1, 1000))
def test_an_example_never_asks_for_less_than_either_rule(quorum, count, roll):
    charter = Charter().with_changes({"decisions.quorum": quorum, "decisions.quorum_count": count})
    needed = answers_needed(charter, roll)
    assert needed >= (count if quorum in ("count", "both") else 0)
    assert needed >= (charter[p.QUORUM_SHARE].needed(roll) if quorum in ("fraction", "both") else 0)


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_example_belongs_to_a_rule(key):
    assert key in p.CATALOGUE
