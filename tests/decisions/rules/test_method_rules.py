"""The ways of deciding that the charter allows, lists of options, and the needs of a draft."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from govnet.charter.rules import Charter, load
from govnet.decisions.rules import methods
from govnet.decisions.rules.option_count import OptionCount
from govnet.decisions.rules.outcome import Outcome, Quorum, Rule, Tally, outcome, rule_for
from tests.sentences import read


def charter(**parameters: object) -> Charter:
    return load({key.replace("__", "."): value for key, value in parameters.items()})


@pytest.mark.parametrize(
    ("rules", "matter", "offered"),
    [
        ({}, "statement", ("consensus", "consent", "options", "advice")),
        ({}, "charter", ("consensus", "advice")),
        ({"decisions__consent_instead": False}, "statement", ("consensus", "options", "advice")),
        ({"matters__money_method": "majority"}, "money", ("majority", "options", "advice")),
        ({"matters__money_method": "supermajority"}, "money", ("supermajority", "options", "advice")),
        ({"matters__money_method": "consent"}, "money", ("consent", "options", "advice")),
        ({"matters__money_method": "advice"}, "money", ("advice", "options")),
        ({"matters__charter_method": "consent"}, "charter", ("consent", "advice")),
        ({"decisions__answers": ["stand-aside"]}, "statement", ("consensus", "options", "advice")),
    ],
)
def test_the_form_offers_what_the_charter_allows(
    rules: dict[str, object], matter: str, offered: tuple[str, ...]
) -> None:
    assert methods.ways(charter(**rules), matter) == offered


@pytest.mark.parametrize(
    ("rules", "matter", "method", "words"),
    [
        ({}, "charter", "consent", "never change by silence"),
        ({}, "charter", "ranked", "never change by a choice"),
        ({}, "statement", "majority", "not decided in that way"),
        ({}, "statement", "supermajority", "not decided in that way"),
        ({"decisions__consent_instead": False}, "statement", "consent", "only for objections"),
        ({"matters__money_method": "majority"}, "money", "consensus", "not decided in that way"),
        ({"matters__money_method": "majority"}, "money", "consent", "only for objections"),
        ({}, "statement", "by magic", "not decided in that way"),
    ],
)
def test_other_ways_are_refused_in_words(
    rules: dict[str, object], matter: str, method: str, words: str
) -> None:
    assert words in read(methods.refused(charter(**rules), matter, method))


def test_a_rule_change_beside_a_choice_is_refused_in_every_matter() -> None:
    said = methods.refused(charter(), "statement", "dots", {"decisions.dots": 3})
    assert read(said) == "Our rules never change by a choice between options. Choose another way."
    assert methods.refused(charter(), "statement", "dots", {}) is None
    assert methods.refused(charter(), "statement", "consensus", {"decisions.dots": 3}) is None


def test_the_version_s_own_method_gives_the_rule() -> None:
    """A Stop stops what is asked for objections, without quorum and without a waiting time."""
    rules = charter(decisions__fallback="majority", decisions__quorum="count")
    assert rule_for(rules, "statement").fallback is not None
    consent = rule_for(rules, "statement", "consent")
    assert consent.fallback is None
    assert outcome(Tally(), 50, consent) is Outcome.CONSENSUS
    assert rule_for(rules, "statement", "elsewhere").method == "consensus"


TWENTY = tuple(map(str, range(20)))


@pytest.mark.parametrize(
    ("method", "options", "words"),
    [
        ("ranked", (), "from 2 to 20 options"),
        ("score", ("One",), "from 2 to 20 options"),
        ("score", ("One", "Two"), ""),
        ("dots", TWENTY, ""),
        ("dots", (*TWENTY, "more"), "from 2 to 20 options"),
        ("ranked", ("Leeds", "leeds"), "Two of the options are the same"),
        ("ranked", ("x" * 201, "y"), "too long: at most 200 characters"),
        ("ranked", ("x" * 200, "y"), ""),
        ("consensus", ("A", "B"), "only for a choice between options"),
        ("consensus", (), ""),
    ],
)
def test_there_are_some_options_that_differ_and_can_be_read(
    method: str, options: tuple[str, ...], words: str
) -> None:
    problem = methods.options_problem(method, options)
    assert (problem is None) == (words == "")
    assert words in read(problem)


@pytest.mark.parametrize(
    ("count", "settles", "result"),
    [
        (OptionCount({}, first=2), True, Outcome.CHOSEN),
        (OptionCount({}, first=0), True, Outcome.REFUSED),
        (OptionCount({}, tied=(1, 2)), True, Outcome.TIED),
        (OptionCount({}), True, Outcome.NOT_AGREED),
        (OptionCount({}, first=2), False, Outcome.ADVICE),
        (OptionCount({}, tied=(1, 2)), False, Outcome.ADVICE),
    ],
)
def test_the_first_option_is_chosen_where_a_choice_settles_something(
    count: OptionCount, settles: bool, result: Outcome
) -> None:
    rule = Rule("score", Quorum(2), settles=settles)
    assert methods.chosen(count, Tally(choice=2), 9, rule) is result
    assert methods.chosen(count, Tally(choice=1), 9, rule) is Outcome.NO_QUORUM


@pytest.mark.parametrize(
    ("rules", "needed"),
    [
        ({}, False),
        ({"decisions__sponsors": 1}, True),
        ({"decisions__notice_days": 1}, True),
    ],
)
def test_a_draft_comes_first_where_the_charter_wants_support_or_notice(
    rules: dict[str, object], needed: bool
) -> None:
    assert methods.needs_draft(charter(**rules)) is needed


LONDON = ZoneInfo("Europe/London")
CHANGED = datetime(2015, 3, 27, 9, 30, tzinfo=UTC)


def test_days_of_notice_are_days_by_the_clock_on_the_wall() -> None:
    until = methods.stood_until(CHANGED, 3, LONDON)
    assert until == datetime(2015, 3, 30, 8, 30, tzinfo=UTC), "after the night in which clocks go forward"
    assert until.tzinfo is UTC
    tokyo = ZoneInfo("Asia/Tokyo")
    assert methods.stood_until(CHANGED, 3, tokyo) == CHANGED + timedelta(days=3)


def test_a_draft_is_told_all_that_it_still_needs() -> None:
    rules = charter(decisions__sponsors=3, decisions__notice_days=3)
    ready = datetime(2015, 3, 30, 8, 30, tzinfo=UTC)
    early = methods.missing(rules, 1, CHANGED, ready - timedelta(seconds=1), LONDON)
    assert [read(each) for each in early] == [
        "2 more members must want this opened for answers.",
        "Its text must stay unchanged until 2015-03-30, 09:30 BST.",
    ]
    (one,) = methods.missing(rules, 2, CHANGED, ready, LONDON)
    assert read(one) == "1 more member must want this opened for answers."
    assert methods.missing(rules, 3, CHANGED, ready, LONDON) == ()
    assert methods.missing(rules, 9, CHANGED, ready, LONDON) == ()
