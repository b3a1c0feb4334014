"""An example beside each change of a rule whose numbers matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.example_numbers import answers_needed
from govnet.charter.examples import EXAMPLES
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
            "What a meeting decides on 1 September is late from 9 September on instead of from 16 September on.",
        ),
        (
            {}, {"committee.publish_days": 14},
            "What a meeting decides on 1 September is late from 16 September on; until now it never was.",
        ),
        (
            {"committee.publish_days": 14}, {"committee.publish_days": 0},
            "What a meeting decides on 1 September is never late; until now it was from 16 September on.",
        ),
        ({}, {"committee.individual_seats": 4}, "Of 9 places, 5 can be for any member instead of 9."),
        (
            {}, {"committee.one_organisation": 2},
            "The person who would be number 3 from one organisation is not given a place.",
        ),
        ({}, {"committee.staggering": "halves"}, "Of 9 places, at most 5 come up at a time, by turns."),
        ({}, {"committee.staggering": "together"}, "All 9 places come up at the same time."),
        (
            {"committee.staggering": "halves"}, {"committee.staggering": "none"},
            "More than 5 of 9 places can come up at the same time.",
        ),
        (
            {"committee.staggering": "halves"}, {"committee.turn_month": "december"},
            "With terms of 24 months, places come up at the end of December instead of June.",
        ),
        (
            {"committee.staggering": "halves", "committee.term_months": 12}, {"committee.turn_month": "march"},
            "With terms of 12 months, places come up at the end of March, September instead of June, December.",
        ),
        (
            {"committee.one_organisation": 2}, {"committee.one_organisation": 0},
            "The person who would be number 3 from one organisation can be given a place again.",
        ),
        (
            {}, {"committee.unfit": "stays"},
            ("Anyone who is told on 1 September that they no longer fit leaves the place at the end of the term "
            "instead of on 1 October."),
        ),
        (
            {}, {"committee.unfit_days": 60},
            "Anyone who is told on 1 September that they no longer fit leaves on 31 October instead of 1 October.",
        ),
        (
            {"committee.vacancy_days": 180}, {"committee.vacancy_days": 90},
            (
                "A place that is empty from 1 September on is late from 30 November on "
                "instead of from 28 February of the next year on."
            ),
        ),
        (
            {}, {"membership.appeal_days": 30},
            "Anyone who is declined on 1 September can appeal until 1 October instead of until 15 September.",
        ),
        (
            {}, {"decisions.minimum_days_open": 9},
            ("A question asked on Monday 14 September at 18:00 closes on Wednesday 23 September at the earliest "
            "instead of Monday 21 September."),
        ),
        (
            {}, {"decisions.minimum_days_open": 6},
            ("A question asked on Tuesday 15 September at 18:00 closes on Monday 21 September at the earliest "
            "instead of Tuesday 22 September."),
        ),
        (
            {}, {"decisions.frozen_hours": 48},
            ("Where answers close on Friday 18 September at 18:00, the words can be changed until "
            "Wednesday 16 September at 18:00 instead of Thursday 17 September at 18:00."),
        ),
        (
            {}, {"decisions.answers": ["stand-aside", "block"]},
            "Anyone who would have chosen “Agree, with a worry” can choose “Agree”.",
        ),
        (
            {"decisions.consent_instead": False},
            {"decisions.answers": ["reservations", "stand-aside", "no-view"]},
            "Anyone who would have chosen “Stop” can choose “Disagree, but go ahead”.",
        ),
        (
            {"decisions.consent_instead": False, "decisions.answers": ["stand-aside"]},
            {"decisions.answers": ["stand-aside", "block"]},
            "Anyone who had only “Disagree, but go ahead” to choose can choose “Stop”.",
        ),
        (
            {}, {"decisions.always_told": ["opening", "last_day", "charter"]},
            ("Anyone who takes one mail a week hears how it ended or why it did not go on "
            "(where it is not about these rules) up to 7 days later than until now."),
        ),
        (
            {"decisions.always_told": ["opening", "last_day"]},
            {"decisions.always_told": ["opening", "last_day", "result"]},
            ("Anyone who takes one mail a week hears how it ended or why it did not go on up to 7 days sooner "
            "than until now."),
        ),
        (
            {"decisions.always_told": ["opening", "last_day"]},
            {"decisions.always_told": ["opening", "last_day", "charter"]},
            ("Anyone who takes one mail a week hears how it ended or why it did not go on "
            "(where it is about these rules) up to 7 days sooner than until now."),
        ),
        (
            {}, {"decisions.holidays": "GB-ENG"},
            "Anything that would be due on Good Friday is due on the Tuesday after it.",
        ),
        ({}, {"decisions.holidays": "IE"}, "Anything that would be due on Easter Monday is due on the Tuesday after it."),
        ({"decisions.holidays": "GB-ENG"}, {"decisions.holidays": "none"}, "Something can be due on Good Friday again."),
        (
            {}, {"decisions.ranking_rule": "borda"},
            ("If 38 put A before B and B before C, and 36 put B before C and C before A, "
            "B comes first instead of A."),
        ),
        (
            {}, {"decisions.fallback": "majority"},
            "With 1 Stop, it is agreed after 14 days if 56 of 74 agree; until now it was not agreed.",
        ),
        (
            {}, {"matters.money_method": "supermajority"},
            ("If all 74 take a side, at least 50 must agree. "
            "Until now, at least 1 must agree, and 1 Stop can keep it from going ahead."),
        ),
        (
            {"decisions.fallback": "majority"}, {"matters.money_method": "majority"},
            (
                "If all 74 take a side, at least 38 must agree. "
                "Until now, at least 1 must agree, and 1 Stop can hold it up for 14 days."
            ),
        ),
        (
            {"membership.renewal_months": 12}, {"membership.renewal_months": 0},
            "How often a member is asked to renew within 10 years: never instead of 10 times.",
        ),
        (
            {}, {"coordinator.report_months": 24},
            "In 24 months the coordinator reports 1 time instead of 2 times, the end included.",
        ),
        (
            {**TENTH, "decisions.quorum": "count"}, {"decisions.quorum": "none"},
            "With 74 on the roll, it counts however few answer; until now 10 had to.",
        ),
        (
            {}, {"matters.money_body": "committee"},
            "At most 9 on the committee decide instead of 74 on the roll.",
        ),
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


def test_what_means_nothing_before_or_after_has_no_example():
    assert examples({}, {"decisions.fallback_days": 20}) == []
    assert examples({}, {"committee.turn_month": "december"}) == []
    assert examples({"committee.vacancy": "open"}, {"committee.vacancy_days": 90}) == []


def test_places_kept_for_both_are_counted_once():
    both = {"committee.individual_seats": 4, "committee.organisation_seats": 2}
    assert examples({}, both) == ["Of 9 places, 3 can be for any member instead of 9."]
