"""Each kind of rule: the values it takes, its words for them, and the sentence it makes."""

from __future__ import annotations

from typing import Any

import pytest

from govnet.charter.kinds import (
    LONGEST_STATEMENT,
    MOST_STATEMENTS,
    BadValue,
    Choice,
    Choices,
    OneLine,
    Parameter,
    Share,
    Statements,
    WholeNumber,
    YesNo,
    unticked,
)
from govnet.charter.thresholds import at_least, more_than
from tests.sentences import read

WORDS: dict[str, Any] = {"key": "part.rule", "title": "The rule", "explains": "It is a rule."}
DAYS = WholeNumber(
    **WORDS,
    default=3,
    clause="It takes %(value)s.",
    clause_zero="It takes no time.",
    unit="days",
    least=0,
    most=9,
)
HOUR = WholeNumber(**WORDS, default=9, clause="It is at %(value)s.", unit="hour", least=0, most=23)
ONE = Choice(**WORDS, default="a", clause="It is %(value)s.", options={"a": "one way", "b": "another way"})
SOME = Choices(
    **WORDS,
    default=frozenset("ab"),
    clause="These are so: %(value)s.",
    options={"b": "B", "a": "A", "c": "C"},
)
YES = YesNo(**WORDS, default=True, clause="It is so.", clause_no="It is not so.")
LINES = Statements(**WORDS, default=(), clause="All agree to:", clause_none="Nobody agrees to anything.")
LINE = OneLine(**WORDS, default="", clause="It is called %(value)s.", clause_none="It has no name.", limit=10)
NAME = OneLine(
    **WORDS, default="", clause="It is %(value)s.", clause_none="It has none.", limit=40, is_name=True
)
PART = Share(**WORDS, default=at_least(1, 2), clause="It needs %(value)s.", clause_never="Nothing is enough.")


@pytest.mark.parametrize(
    ("rule", "given", "value"),
    [
        (DAYS, 0, 0),
        (DAYS, "9", 9),
        (ONE, "b", "b"),
        (SOME, ["a"], frozenset("a")),
        (SOME, ("a", "c"), frozenset("ac")),
        (SOME, {"a", "b", "c"}, frozenset("abc")),
        (YES, "yes", True),
        (YES, "no", False),
        (YES, False, False),
        (LINES, " One   thing. \n\nAnother.", ("One thing.", "Another.")),
        (LINES, ["One.", " "], ("One.",)),
        (LINES, ["x" * LONGEST_STATEMENT], ("x" * LONGEST_STATEMENT,)),
        (LINES, [str(n) for n in range(MOST_STATEMENTS)], tuple(str(n) for n in range(MOST_STATEMENTS))),
        (LINE, "  Open \n Shed ", "Open Shed"),
        (LINE, "Cafe\u0301", "Café"),
        (LINE, "x" * 10, "x" * 10),
        (LINE, "", ""),
        (NAME, "", ""),
        (NAME, "Open Shed", "Open Shed"),
        (PART, {"more_than": "1/2"}, more_than(1, 2)),
        (PART, {"at_least": "0"}, at_least(0, 1)),
        (PART, {"at_least": "1"}, at_least(1, 1)),
        (PART, {"at_least": "1/1000"}, at_least(1, 1000)),
        (PART, more_than(1, 3), more_than(1, 3)),
    ],
)
def test_a_value_is_taken_as_it_is_typed_or_stored(
    rule: Parameter[Any], given: object, value: object
) -> None:
    assert rule.check(given) == value
    assert rule.decode(rule.encode(rule.check(given))) == value


BAD_NUMBER = "“The rule” must be a whole number from 0 to 9."
BAD_LINES = "“The rule” can have at most 40 sentences of 500 characters each."
BAD_LINE = "Write “The rule” on one line, as plain text."
BAD_PART = "“The rule” must be a fraction from 0 to 1, such as 2/3 or 10%."


@pytest.mark.parametrize(
    ("rule", "given", "sentence"),
    [
        (DAYS, -1, BAD_NUMBER),
        (DAYS, 10, BAD_NUMBER),
        (DAYS, True, BAD_NUMBER),
        (DAYS, "many", BAD_NUMBER),
        (ONE, "c", "Choose one of the answers for “The rule”."),
        (ONE, None, "Choose one of the answers for “The rule”."),
        (SOME, [], "Tick at least one answer for “The rule”."),
        (SOME, ["a", "z"], "Tick at least one answer for “The rule”."),
        (SOME, "a", "Tick at least one answer for “The rule”."),
        (SOME, ["a", 1], "Tick at least one answer for “The rule”."),
        (YES, "perhaps", "Answer “The rule” with yes or no."),
        (YES, 1, "Answer “The rule” with yes or no."),
        (LINES, [1], "Write one sentence on each line for “The rule”."),
        (LINES, 7, "Write one sentence on each line for “The rule”."),
        (LINES, ["Same.", " Same. "], "“The rule” says the same thing twice."),
        (LINES, ["x" * (LONGEST_STATEMENT + 1)], BAD_LINES),
        (LINES, [str(n) for n in range(MOST_STATEMENTS + 1)], BAD_LINES),
        (LINE, 7, BAD_LINE),
        (LINE, "a\x00b", BAD_LINE),
        (LINE, "a\ud800b", BAD_LINE),
        (LINE, "x" * 11, "“The rule” can have at most 10 characters."),
        (PART, {"at_least": "1001/1000"}, BAD_PART),
        (PART, {"at_least": "1/1001"}, BAD_PART),
        (PART, {"nearly": "1/2"}, BAD_PART),
        (PART, {"at_least": "1/2", "more_than": "1/2"}, BAD_PART),
        (PART, {}, BAD_PART),
        (PART, "1/2", BAD_PART),
    ],
)
def test_another_value_is_refused_in_a_sentence(rule: Parameter[Any], given: object, sentence: str) -> None:
    with pytest.raises(BadValue) as bad:
        rule.check(given)
    assert read(bad.value.said) == str(bad.value) == sentence


def test_a_name_that_nobody_can_read_is_refused() -> None:
    with pytest.raises(BadValue):
        NAME.check("\u200b")


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    [
        (DAYS, 0, "It takes no time."),
        (DAYS, 1, "It takes 1 day."),
        (DAYS, 2, "It takes 2 days."),
        (HOUR, 0, "It is at 00:00."),
        (HOUR, 9, "It is at 09:00."),
        (ONE, "b", "It is another way."),
        (SOME, frozenset("abc"), "These are so: B, A, C."),
        (SOME, frozenset("c"), "These are so: C."),
        (YES, True, "It is so."),
        (YES, False, "It is not so."),
        (LINES, ("One.",), "All agree to:"),
        (LINES, (), "Nobody agrees to anything."),
        (LINE, "Shed", "It is called “Shed”."),
        (LINE, "", "It has no name."),
        (PART, at_least(2, 3), "It needs at least two thirds."),
        (PART, more_than(1, 2), "It needs more than half."),
        (PART, more_than(0, 1), "It needs at least one."),
        (PART, at_least(0, 1), "It needs at least none."),
        (PART, more_than(1, 1), "Nothing is enough."),
        (PART, at_least(1, 1), "It needs at least all."),
    ],
)
def test_a_rule_is_a_sentence_of_the_document(rule: Parameter[Any], value: object, sentence: str) -> None:
    assert str(rule.states(value)) == sentence


@pytest.mark.parametrize(
    ("rule", "value", "words"),
    [
        (YES, True, "yes"),
        (YES, False, "no"),
        (LINES, ("One.",), "1 sentence"),
        (LINES, ("One.", "Two."), "2 sentences"),
        (LINE, "", "as it was at the start"),
    ],
)
def test_a_value_alone_has_words_too(rule: Parameter[Any], value: object, words: str) -> None:
    assert str(rule.phrase(value)) == words


@pytest.mark.parametrize(
    ("rule", "value", "stored"),
    [
        (SOME, frozenset("ba"), ["a", "b"]),
        (LINES, ("One.",), ["One."]),
        (PART, more_than(2, 4), {"more_than": "1/2"}),
        (DAYS, 3, 3),
    ],
)
def test_a_value_is_stored_as_json_has_it(rule: Parameter[Any], value: object, stored: object) -> None:
    assert rule.encode(value) == stored
    assert rule.section == "part"


def test_sentences_that_were_not_ticked_keep_their_order() -> None:
    assert unticked(["a", "b", "c"], {"b", "z"}) == ["a", "c"]
