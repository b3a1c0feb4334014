"""When places on the committee come up, where the charter has turns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.rules import Charter
from govnet.charter.sentences import sentence
from govnet.charter.turns import regular, turn_after


def charter(staggering="halves", months=24, month="june"):
    changes = {"staggering": staggering, "term_months": months, "turn_month": month}
    return Charter({f"committee.{key}": value for key, value in changes.items()})


@pytest.mark.parametrize(
    ("rules", "position", "turn"),
    [
        (charter(), 1, date(2016, 7, 1)),
        (charter(), 2, date(2015, 7, 1)),
        (charter(), 3, date(2016, 7, 1)),
        (charter("together"), 1, date(2016, 7, 1)),
        (charter("together"), 2, date(2016, 7, 1)),
        (charter("thirds", 36), 1, date(2016, 7, 1)),
        (charter("thirds", 36), 2, date(2017, 7, 1)),
        (charter("thirds", 36), 3, date(2015, 7, 1)),
        (charter("halves", 12, "december"), 1, date(2016, 1, 1)),
        (charter("halves", 12, "december"), 2, date(2015, 7, 1)),
        (charter("none"), 1, None),
    ],
)
def test_each_place_has_its_turn(rules, position, turn):
    assert turn_after(position, date(2015, 4, 13), rules) == turn


@given(
    st.sampled_from([("together", 24), ("halves", 24), ("halves", 12), ("thirds", 36), ("thirds", 9)]),
    st.sampled_from(list(p.TURN_MONTH.options)),
    st.integers(1, 12),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
)
def test_the_turns_of_one_place_are_a_whole_term_apart(kind, month, position, day):
    rules = charter(*kind, month)
    turn = turn_after(position, day, rules)
    after = turn_after(position, turn, rules)
    assert day < turn < after
    assert (after.year - turn.year) * 12 + after.month - turn.month == rules[p.TERM_MONTHS]
    assert turn_after(position, turn - timedelta(days=1), rules) == turn


@pytest.mark.parametrize(
    ("staggering", "months", "yearly"),
    [
        ("none", 12, False),
        ("together", 11, False),
        ("together", 12, True),
        ("together", 13, False),
        ("together", 18, False),
        ("together", 36, True),
        ("halves", 12, True),
        ("halves", 15, False),
        ("halves", 48, True),
        ("thirds", 9, True),
        ("thirds", 15, False),
    ],
)
def test_turns_come_on_the_same_days_of_a_year(staggering, months, yearly):
    assert regular(charter(staggering, months)) is yearly


def test_the_charter_says_it_in_one_sentence():
    assert str(sentence(p.STAGGERING, charter())[1]) == (
        "Places come up in two turns, every second one on the list at a time, at the end of June; "
        "a term ends with the turn of its place."
    )
    assert str(sentence(p.STAGGERING, Charter())[1]) == "Each place comes up when its own term ends."
