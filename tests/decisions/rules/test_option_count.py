"""Counting a choice between options: exact, in any order, and the same again from what is kept."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.decisions.rules.option_count import NONE, Ballot, ballots_in, borda, count, problem, stored
from tests.decisions.by_hand import could_win
from tests.sentences import read

OPTIONS = 4


def ballots_of(text: str) -> list[Ballot]:
    """`3: 1>2=4 | 1: 2` is three times first 1 and then 2 and 4 as equals, and once only 2."""
    found: list[Ballot] = []
    for part in text.split("|"):
        many, order = part.split(":")
        levels = [level.split("=") for level in order.strip().split(">")]
        ballot = {int(each): rank for rank, level in enumerate(levels, 1) for each in level}
        found += [ballot] * int(many)
    return found


@pytest.mark.parametrize(
    ("text", "first", "rounds"),
    [
        ("3: 1 | 2: 2", 1, 1),
        ("4: 1>2 | 3: 2>1 | 2: 3>2", 2, 2),
        ("5: 0>1 | 3: 1>0", NONE, 1),
        ("4: 1 | 3: 2 | 2: 3>4>2 | 1: 4>2", 2, 3),
        ("2: 1=2 | 1: 2", 2, 1),
        ("2: 1 | 2: 2>1 | 1: 3>2", 2, 2),
        ("4: 1 | 3: 2>1 | 2: 3", 1, 2),
    ],
)
def test_the_last_goes_out_until_one_has_more_than_half(text: str, first: int, rounds: int) -> None:
    found = count("ranked", ballots_of(text), OPTIONS)
    assert found.first == first
    assert found.tied == ()
    assert len([one for one in found.rounds if any(one.totals.values())]) <= rounds + 1


def test_an_answer_with_two_firsts_gives_each_exactly_half() -> None:
    found = count("ranked", ballots_of("1: 1=2 | 1: 1=2=3"), OPTIONS)
    assert found.totals[1] == Fraction(5, 6)
    assert found.totals[3] == Fraction(1, 3)


def test_the_option_that_was_last_before_goes_out_when_two_are_last_now() -> None:
    """3 goes out first and levels 1 and 2; 2 had fewer in the round before, so 1 is first."""
    found = count("ranked", ballots_of("4: 1 | 3: 2 | 2: 4 | 1: 3>2"), 4)
    levelled = found.rounds[2].totals
    assert levelled[1] == levelled[2] == 4
    assert found.first == 1


def test_a_tie_that_no_earlier_round_breaks_settles_nothing() -> None:
    found = count("ranked", ballots_of("2: 1 | 2: 2"), OPTIONS)
    assert found.first is None
    assert set(found.tied) == {1, 2}


def test_options_that_nobody_names_go_out_together() -> None:
    found = count("ranked", ballots_of("3: 1 | 3: 2 | 1: 3>2"), 20)
    assert found.first == 2
    assert len(found.rounds[0].out) == 18


def test_an_answer_that_names_nothing_in_play_is_spent() -> None:
    found = count("ranked", ballots_of("4: 1 | 4: 2>1 | 1: 3"), OPTIONS)
    assert found.rounds[-1].spent == 1


def test_points_are_given_for_what_stands_below() -> None:
    found = borda(ballots_of("1: 1>2=3"), (1, 2, 3, NONE))
    assert found.totals == {1: 3, 2: Fraction(3, 2), 3: Fraction(3, 2), NONE: 0}


def test_points_and_rounds_can_have_different_winners() -> None:
    """A broad second choice wins by points and goes out first in rounds."""
    ballots = ballots_of("5: 1>3>2 | 4: 2>3>1 | 2: 3>1>2")
    assert count("ranked", ballots, 3).first == 1
    assert count("ranked", ballots, 3, ranking="borda").first == 3


@pytest.mark.parametrize(
    ("ballots", "first", "tied"),
    [
        ([{1: 5, 2: 3}, {2: 3}], 2, ()),
        ([{1: 5}, {2: 5}], None, (1, 2)),
        ([{NONE: 5, 1: 4}], NONE, ()),
        ([], None, ()),
    ],
)
def test_the_highest_total_comes_first(
    ballots: list[Ballot], first: int | None, tied: tuple[int, ...]
) -> None:
    found = count("score", ballots, OPTIONS)
    assert (found.first, found.tied) == (first, tied)


@pytest.mark.parametrize("method", ["ranked", "score", "dots"])
def test_nothing_comes_first_where_nobody_chose(method: str) -> None:
    found = count(method, [], OPTIONS)
    assert found.first is None
    assert found.tied == ()
    assert found.totals == dict.fromkeys(range(OPTIONS + 1), 0)


@pytest.mark.parametrize(
    ("method", "ballot", "words"),
    [
        ("ranked", {}, "at least one"),
        ("ranked", {9: 1}, "no such option"),
        ("ranked", {1: 0}, "from 1 to 5"),
        ("ranked", {1: 6}, "from 1 to 5"),
        ("score", {1: 6}, "from 0 to 5"),
        ("score", {1: -1}, "from 0 to 5"),
        ("score", {}, "at least one"),
        ("dots", {1: 3, 2: 3}, "these are 6"),
        ("dots", {1: 0}, "at least one"),
        ("dots", {1: 6}, "from 0 to 5"),
        ("dots", {-1: 1}, "no such option"),
    ],
)
def test_a_wrong_answer_is_refused_in_words(method: str, ballot: Ballot, words: str) -> None:
    assert words in read(problem(method, ballot, OPTIONS, 5))


@pytest.mark.parametrize(
    ("method", "ballot"),
    [
        ("ranked", {1: 1, 2: 1}),
        ("ranked", {4: 5}),
        ("score", {0: 0}),
        ("score", {4: 5}),
        ("dots", {1: 2, 0: 3}),
        ("dots", {1: 0, 2: 1}),
    ],
)
def test_equal_ranks_zero_scores_and_all_dots_are_answers(method: str, ballot: Ballot) -> None:
    assert problem(method, ballot, OPTIONS, 5) is None


ranking = st.dictionaries(st.integers(0, OPTIONS), st.integers(1, OPTIONS + 1), max_size=OPTIONS + 1)
METHODS = st.sampled_from(["ranked", "score", "dots"])
RULES = st.sampled_from(["irv", "borda"])


@given(st.lists(ranking, max_size=12), METHODS, RULES, st.randoms())
def test_the_order_of_answers_never_matters(
    ballots: list[Ballot], method: str, rule: str, random: object
) -> None:
    mixed = list(ballots)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert count(method, ballots, OPTIONS, ranking=rule) == count(method, mixed, OPTIONS, ranking=rule)


@given(st.lists(ranking, max_size=12), METHODS, RULES)
def test_a_recount_from_the_kept_answers_gives_the_same(
    ballots: list[Ballot], method: str, rule: str
) -> None:
    found = count(method, ballots, OPTIONS, ranking=rule)
    kept = json.loads(json.dumps(stored(found, ballots)))
    again = count(method, ballots_in(kept), OPTIONS, ranking=rule)
    assert again == found
    assert kept == json.loads(json.dumps(stored(again, ballots_in(kept))))


def test_a_count_is_kept_with_exact_numbers_and_each_different_ballot_once() -> None:
    ballots = ballots_of("2: 1=2 | 1: 3>1 | 1: 2")
    assert stored(count("ranked", ballots, 3), ballots) == {
        "first": 2,
        "tied": [],
        "totals": {"1": "1", "2": "2", "3": "1", "0": "0"},
        "rounds": [
            {"totals": {"1": "1", "2": "2", "3": "1", "0": "0"}, "spent": "0", "out": [0]},
            {"totals": {"1": "1", "2": "2", "3": "1"}, "spent": "0", "out": [1], "level": [1, 3]},
            {"totals": {"2": "3", "3": "1"}, "spent": "0", "out": []},
        ],
        "ballots": [[{"1": 1, "2": 1}, 2], [{"1": 2, "3": 1}, 1], [{"2": 1}, 1]],
    }


@given(st.lists(ranking, min_size=1, max_size=12))
def test_no_vote_is_lost_or_made_in_any_round(ballots: list[Ballot]) -> None:
    for one in count("ranked", ballots, OPTIONS).rounds:
        assert sum(one.totals.values()) + one.spent == len(ballots)


@given(st.lists(ranking, min_size=1, max_size=12), st.integers(0, OPTIONS))
def test_the_first_choice_of_more_than_half_comes_first(ballots: list[Ballot], favourite: int) -> None:
    many = [{favourite: 1}] * (len(ballots) + 1)
    assert count("ranked", [*ballots, *many], OPTIONS).first == favourite


@given(st.lists(ranking, max_size=12), st.integers(0, OPTIONS))
def test_more_dots_for_what_leads_never_make_it_lose(ballots: list[Ballot], extra: int) -> None:
    found = count("dots", ballots, OPTIONS)
    if found.first is not None:
        assert count("dots", [*ballots, {found.first: extra}], OPTIONS).first == found.first


def test_a_tie_among_the_last_that_changes_nothing_is_no_tie() -> None:
    found = count("ranked", ballots_of("9: 1 | 6: 2>1 | 3: 3>1 | 3: 4>1"), 4)
    assert found.first == 1
    assert (found.rounds[1].out, set(found.rounds[1].level)) == ((3,), {3, 4})


def test_a_tie_among_the_last_that_decides_is_a_tie() -> None:
    found = count("ranked", ballots_of("4: 1 | 3: 2>1 | 3: 3>2"), 3)
    assert found.first is None
    assert set(found.tied) == {2, 3}


@given(st.lists(ranking, min_size=1, max_size=9))
def test_the_first_option_is_the_same_however_ties_among_the_last_fall(ballots: list[Ballot]) -> None:
    found = count("ranked", ballots, OPTIONS)
    possible = could_win([(each, 1) for each in ballots], frozenset(range(OPTIONS + 1)))
    assert possible == {found.first} if found.first is not None else len(possible) > 1
