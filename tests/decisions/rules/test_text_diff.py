"""The difference between two texts: nothing is lost, nothing costs too much, and people can read it."""

from __future__ import annotations

import random
import re
import time as stopwatch
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from govnet.decisions.rules import text_diff
from govnet.decisions.rules.text_diff import DEL, FOLD, INS, SAME, Segment

LETTERS = st.text(alphabet="ab \n.é<", max_size=200)


@given(LETTERS, LETTERS)
def test_applying_a_difference_gives_both_texts_back(old: str, new: str) -> None:
    found = text_diff.segments(old, new)
    assert text_diff.before(found) == old
    assert text_diff.after(found) == new


@given(LETTERS, LETTERS, st.integers(0, 300))
def test_both_texts_come_back_however_little_may_be_spent(old: str, new: str, budget: int) -> None:
    found = text_diff.segments(old, new, budget=budget)
    assert (text_diff.before(found), text_diff.after(found)) == (old, new)


@given(LETTERS, LETTERS)
@example("ab\nab\nab", "ab\nab")
@example("a\n" * 40, "a\n" * 20 + "b\n" + "a\n" * 20)
@example("a", "b")
@example("one\n\n\ntwo", "one\n\nnew\n\ntwo")
def test_a_passage_put_in_its_place_makes_the_new_text(old: str, new: str) -> None:
    assume(old.strip() and old != new)
    gone, come = text_diff.passage(old, new)
    assert old.count(gone) == 1
    assert gone.strip()
    assert old.replace(gone, come) == new
    assert text_diff.put_into(old, old, new) == new


def test_a_suggestion_moves_to_a_newer_version_if_its_lines_are_still_there() -> None:
    old = "Nine seats.\n\nOne each year.\n\nNobody twice."
    mine = old.replace("One each", "Three each")
    assert text_diff.put_into(old.replace("Nine", "Ten"), old, mine) == mine.replace("Nine", "Ten")
    assert text_diff.put_into(old.replace("One each", "Two each"), old, mine) is None
    assert text_diff.put_into(old + "\n\nOne each year.\n\nOne each year.\n\n", old, mine) is None
    assert text_diff.put_into(old, "", mine) is None
    assert text_diff.put_into(old, mine, mine) is None


def test_finding_a_passage_is_quick_in_a_long_text_of_the_same_lines() -> None:
    old = "a\n" * 10_000
    began = stopwatch.perf_counter()
    gone, come = text_diff.passage(old, "a\n" * 5_000 + "b\n" + "a\n" * 5_000)
    assert old.replace(gone, come).count("b") == 1
    assert stopwatch.perf_counter() - began < 2


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_page_shows_both_texts_to_the_letter(old: str, new: str) -> None:
    shown = text_diff.shown(old, new)
    assert "".join(text for kind, text in shown if kind != INS) == old
    assert "".join(text for kind, text in shown if kind != DEL) == new
    assert all(text for _kind, text in shown)


@given(LETTERS)
def test_nothing_changed_is_one_segment(text: str) -> None:
    assert text_diff.segments(text, text) == ((Segment(SAME, text),) if text else ())


@given(LETTERS, LETTERS)
def test_neighbours_are_never_of_one_kind(old: str, new: str) -> None:
    kinds = [each.kind for each in text_diff.segments(old, new)]
    assert all(one != other for one, other in pairwise(kinds))


def test_one_word_is_put_for_another() -> None:
    found = text_diff.segments("The committee has 9 seats.", "The committee has 11 seats.")
    assert found == (
        Segment(SAME, "The committee has "),
        Segment(DEL, "9 "),
        Segment(INS, "11 "),
        Segment(SAME, "seats."),
    )


def test_a_paragraph_put_in_is_put_in_as_a_whole() -> None:
    found = text_diff.segments("One.\n\nThree.\n", "One.\n\nTwo is new.\n\nThree.\n")
    assert found == (Segment(SAME, "One.\n\n"), Segment(INS, "Two is new.\n\n"), Segment(SAME, "Three.\n"))


def test_a_blank_between_two_changes_does_not_tear_them_apart() -> None:
    found = text_diff.segments("by a, then", "by b, now")
    assert [each.kind for each in found] == [SAME, DEL, INS]


def test_long_passages_that_stayed_are_folded_and_the_words_beside_a_change_are_not() -> None:
    long = "We meet every month and write down what we said. " * 40
    shown = text_diff.shown(f"{long}\n\nNine seats.\n\n{long}", f"{long}\n\nTen seats.\n\n{long}")
    assert [kind for kind, _text in shown] == [FOLD, SAME, DEL, INS, SAME, FOLD]
    beside = shown[1][1]
    assert text_diff.AROUND <= len(beside) <= text_diff.AROUND + 20
    assert beside.endswith("\n\n")


def test_short_texts_are_shown_whole() -> None:
    assert FOLD not in [
        kind for kind, _ in text_diff.shown("Nine seats, and a chair.", "Ten seats, and a chair.")
    ]


def test_a_page_with_nothing_to_spend_shows_a_passage_as_replaced() -> None:
    assert text_diff.shown("one same two", "uno same due", budget=0) == [
        (DEL, "one same two"),
        (INS, "uno same due"),
    ]


WORDS = "wordwordw "


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (WORDS * 64, [(SAME, 640)]),
        ("x" + WORDS * 64, [(FOLD, 400), (SAME, 241)]),
        ("x" * 900, [(SAME, 900)]),
    ],
)
def test_before_a_change_whole_words_stay_and_a_long_beginning_is_folded(
    text: str, parts: list[tuple[str, int]]
) -> None:
    shown = text_diff.shown(f"{text} Nine.", f"{text} Ten.")
    lengths = [(kind, len(part)) for kind, part in shown if kind in (SAME, FOLD)]
    assert lengths[:-1] == [*parts[:-1], (SAME, parts[-1][1] + 1)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (WORDS * 64 + "w" * 9, [(SAME, 649)]),
        (WORDS * 65, [(SAME, 250), (FOLD, 400)]),
        ("x" * 900, [(SAME, 900)]),
    ],
)
def test_after_a_change_whole_words_stay_and_a_long_end_is_folded(
    text: str, parts: list[tuple[str, int]]
) -> None:
    shown = text_diff.shown(f"Nine {text}", f"Ten {text}")
    assert [(kind, len(part)) for kind, part in shown if kind in (SAME, FOLD)] == parts


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("one ab two", "uno ab due", [(DEL, "one ab two"), (INS, "uno ab due")]),
        (
            "one abc two",
            "uno abc due",
            [(DEL, "one "), (INS, "uno "), (SAME, "abc "), (DEL, "two"), (INS, "due")],
        ),
        ("by a.", "by b.", [(SAME, "by "), (DEL, "a"), (INS, "b"), (SAME, ".")]),
        ("a b", "a c", [(SAME, "a "), (DEL, "b"), (INS, "c")]),
        ("one", "one more", [(DEL, "one"), (INS, "one more")]),
        ("one ", "one more", [(SAME, "one "), (INS, "more")]),
        ("one\n\ntwo\n", "two\n", [(DEL, "one\n\n"), (SAME, "two\n")]),
    ],
)
def test_a_difference_reads_well(old: str, new: str, found: list[tuple[str, str]]) -> None:
    assert [(each.kind, each.text) for each in text_diff.segments(old, new)] == found


def text_of(words: list[str], letters: int, seed: int, newline: float = 0.0) -> str:
    dice = random.Random(seed)
    found: list[str] = []
    size = 0
    while size < letters:
        word = dice.choice(words) + ("\n" if dice.random() < newline else " ")
        found.append(word)
        size += len(word)
    return "".join(found)[:letters]


ENGLISH = re.findall(
    r"\w+",
    """the of and to in a is that for it as was with be by on not he this are or his from at which but have an had they
    you were their one all we can her has there been if more when will would who so no committee network members seat
    term decision proposal agree answer rules charter meeting coordinator organisation review trial open closed public""",
)
WORST = {
    "English, rewritten": (text_of(ENGLISH, 20_000, 1), text_of(ENGLISH, 20_000, 2)),
    "English in paragraphs": (text_of(ENGLISH, 20_000, 1, 0.02), text_of(ENGLISH, 20_000, 2, 0.02)),
    "one letter": ("a " * 10_000, "a " * 9_999 + "b "),
    "one letter, changed at both ends": ("x " + "a " * 9_990 + "y ", "z " + "a " * 9_995 + "w "),
    "two letters": (text_of(["a", "b"], 20_000, 1), text_of(["a", "b"], 20_000, 2)),
    "many empty lines": (text_of(["a", ""], 20_000, 1, 0.9), text_of(["a", ""], 20_000, 2, 0.9)),
    "lines of two kinds": ("a\nb\n" * 5_000, "b\na\nb\n" * 3_333),
    "no blanks at all": ("ab" * 10_000, "ba" * 10_000),
    "signs": ("!?" * 10_000, "?!." * 6_666),
    "nothing in common": (text_of(["xy", "z"], 20_000, 1), text_of(["uv", "w"], 20_000, 2)),
}


@pytest.mark.parametrize("name", WORST)
def test_twenty_thousand_characters_cost_less_than_a_tenth_of_a_second(name: str) -> None:
    old, new = WORST[name]
    took = []
    for _ in range(5):
        began = stopwatch.process_time()
        found = text_diff.segments(old, new)
        took.append(stopwatch.process_time() - began)
    assert (text_diff.before(found), text_diff.after(found)) == (old, new)
    assert min(took) < 0.1


def test_a_few_changed_words_in_a_long_text_are_found_one_by_one() -> None:
    old = text_of(ENGLISH, 20_000, 1, 0.02)
    words = old.split(" ")
    for place in (50, 900, 1_800, 2_700):
        words[place] = "CHANGED"
    changed = [each for each in text_diff.segments(old, " ".join(words)) if each.kind == INS]
    assert len(changed) == 4
    assert all(len(each.text) < 60 for each in changed)
