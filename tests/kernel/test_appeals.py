"""Which people may hear an appeal, and what two of them make of it."""

from __future__ import annotations

import pytest

from govnet.kernel.appeals import agreed_by_two, may_hear


@pytest.mark.parametrize(
    ("person", "may"),
    [(7, False), (8, False), (9, False), (None, False), (10, True)],
    ids=["decided it", "appeals", "has spoken", "a visitor", "another"],
)
def test_only_others_hear_it_and_each_once(person, may):
    assert may_hear(person, concerned={7, 8}, heard={9}) is may
    assert may_hear(person, concerned={7, 8, None}, heard={9}) is may


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [("", None), ("a", None), ("ab", None), ("aba", "a"), ("abba", "b"), ("abcc", "c"), ("aabb", "a")],
)
def test_the_first_answer_that_two_have_given_is_agreed(answers, agreed):
    assert agreed_by_two(answers) == agreed
