"""The charter's parameters: typed, exact, in words."""

import ast
import contextlib
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.kinds import BadValue, Share
from govnet.charter.rules import Charter, canonical, carried_over, diff, load, problems, starting
from govnet.charter.thresholds import (
    Strictness,
    Threshold,
    at_least,
    fraction_words,
    more_than,
    most_entered,
)
from govnet.kernel.numbers import fraction
from govnet.permissions import TABLE
from govnet.roles import ByCharter
from tests.sentences import read

GOVNET = Path(__file__).parents[2] / "govnet"
ONLY_SAID = ("views", "forms", "words", "labels", "page", "settings", "notify", "listeners", "cli")
"""How files are called that draw pages, ask, tell: what is read there alone changes nothing for anybody."""
CHARTER_RULES = ("identity.py", "turns.py", "working_days.py")
"""Of the charter's own folder, what has rules that others call; the rest keeps, compares and explains."""


def _rule_files() -> dict[str, ast.Module]:
    """Rules, actions, and what they call, by path: no catalogue, no sentences, no pages, no demonstration."""
    found = {}
    for path in GOVNET.rglob("*.py"):
        name = path.relative_to(GOVNET)
        said = path.stem.split("_")[-1] in ONLY_SAID or {"demo", "pages"} & set(name.parts)
        if not said and (name.parts[0] != "charter" or path.name in CHARTER_RULES):
            found[str(name)] = ast.parse(path.read_text())
    return found


def _names(node: ast.AST) -> set[str]:
    """The local name of a thing, `p.NAME` too, or its table: `p.BODY_FOR[matter]`."""
    if isinstance(node, ast.Subscript):
        return _names(node.value)
    if isinstance(node, ast.Attribute):
        return {node.attr}
    return {node.id} if isinstance(node, ast.Name) else set()


def _read_in(node: ast.AST) -> set[str]:
    """Every name that stands by itself between the brackets of `charter[...]`."""
    read = (each for each in ast.walk(node) if isinstance(each, ast.Subscript))
    return {name for each in read if isinstance(each.ctx, ast.Load) for name in _names(each.slice)}


def _called(node: ast.AST) -> set[str]:
    """The names of what is called, without whose they are."""
    return {name for each in ast.walk(node) if isinstance(each, ast.Call) for name in _names(each.func)}


def readers(trees: dict[str, ast.Module]) -> set[str]:
    """Every rule of the charter that these files read; of a file of the charter only what the others call."""
    own = "charter/identity.py"  # acts by the rules, as other features do
    mine = {name: tree for name, tree in trees.items() if name == own or not name.startswith("charter/")}
    called, found = {name for tree in mine.values() for name in _called(tree)}, set()
    for tree in mine.values():
        found |= _read_in(tree)
        for each in tree.body:  # a table of rules that is read by its key: `charter[KEPT[kind]]`
            if isinstance(each, ast.AnnAssign) and each.value and _names(each.target) <= _read_in(tree):
                found |= {node.attr for node in ast.walk(each.value) if isinstance(node, ast.Attribute)}
    for name in trees.keys() - mine.keys():
        functions = {each.name: each for each in trees[name].body if isinstance(each, ast.FunctionDef)}
        waiting, reached = called & functions.keys(), set[str]()
        while waiting:
            reached |= waiting
            waiting = {other for one in waiting for other in _called(functions[one])} & functions.keys()
            waiting -= reached
        found |= {read for one in reached for read in _read_in(functions[one])}
    return found


def _unread(trees: dict[str, ast.Module]) -> list[str]:
    names = {id(value): name for name, value in vars(p).items() if name.isupper()}
    read = readers(trees)
    by_matter = {"body": "BODY_FOR", "method": "METHOD_FOR"}
    return [
        key
        for key, each in p.CATALOGUE.items()
        if (names.get(id(each)) or by_matter[key.rpartition("_")[2]]) not in read
    ]


def test_every_rule_that_a_network_can_set_is_read_by_a_rule_or_moves_a_right() -> None:
    moving = {row.rule for row in TABLE.values() if isinstance(row, ByCharter)}
    assert set(_unread(_rule_files())) - moving == set()


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("decisions/rules/outcome.py", "found[p.DOTS.key] = 1"),
        ("decisions/rules/outcome.py", "LISTED = (p.DOTS,)"),
        ("charter/turns.py", "def for_a_sentence(charter):\n    return charter[p.DOTS]"),
    ],
)
def test_to_name_a_rule_is_not_to_read_it(where: str, code: str) -> None:
    assert "decisions.dots" in _unread({where: ast.parse(code)})
    assert "decisions.dots" not in _unread(
        {"decisions/rules/outcome.py": ast.parse("most = charter[p.DOTS]")}
    )


@pytest.mark.parametrize("key", p.CATALOGUE)
def test_a_default_is_a_value_that_the_rule_itself_accepts(key: str) -> None:
    parameter = p.CATALOGUE[key]
    assert parameter.decode(json.loads(json.dumps(parameter.encode(parameter.default)))) == parameter.default


@pytest.mark.parametrize("key", p.CATALOGUE)
def test_every_rule_can_be_read_as_a_sentence(key: str) -> None:
    parameter = p.CATALOGUE[key]
    sentence = str(parameter.states(parameter.default))
    assert sentence[0].isupper()
    assert sentence[-1] in ".:"
    assert "%(" not in sentence
    assert parameter.title
    assert parameter.explains.endswith(".")


def test_equal_charters_are_equal_texts_whatever_the_order_they_were_set_in() -> None:
    one = Charter().with_changes({"decisions.closing_hour": 12, "committee.seats": 7})
    other = Charter().with_changes({"committee.seats": 7}).with_changes({"decisions.closing_hour": 12})
    assert one.dumps() == other.dumps()
    assert other.number == 2


def test_the_text_of_a_charter_has_sorted_keys_no_blanks_and_letters_as_they_are() -> None:
    assert canonical({"b": [1, 2], "a": "é"}) == '{"a":"é","b":[1,2]}'


def test_a_charter_written_before_a_rule_existed_takes_its_default() -> None:
    assert load({"committee.seats": 7})[p.CLOSING_HOUR] == 18


def test_a_charter_from_a_later_release_can_still_be_read() -> None:
    assert load({"committee.seats": 7, "decisions.telepathy": "always"})[p.SEATS] == 7


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("decisions.minimum_days_open", 0, "a whole number from 1 to 90"),
        ("decisions.minimum_days_open", "7.5", "a whole number from 1 to 90"),
        ("decisions.minimum_days_open", True, "a whole number"),
        ("decisions.minimum_days_open", None, "a whole number"),
        ("decisions.quorum", "some", "Choose one"),
        ("decisions.quorum", ["none"], "Choose one"),
        ("membership.kinds", [], "Tick at least one"),
        ("membership.kinds", "individual", "Tick at least one"),
        ("membership.kinds", ["martian"], "Tick at least one"),
        ("membership.criteria", [1], "one sentence on each line"),
        ("membership.criteria", 7, "one sentence on each line"),
        ("membership.criteria", ["Same.", "Same."], "the same thing twice"),
        ("membership.criteria", ["x" * 501], "can have at most"),
        ("charter.majority", {"at_least": "5/4"}, "a fraction from 0 to 1"),
        ("charter.majority", {"at_least": "lots"}, "a fraction from 0 to 1"),
        ("charter.majority", {"at_least": "1/0"}, "a fraction from 0 to 1"),
        ("charter.majority", {"nearly": "2/3"}, "a fraction from 0 to 1"),
        ("charter.majority", 0.66, "a fraction from 0 to 1"),
        ("coordinator.may_announce", "maybe", "yes or no"),
        ("decisions.telepathy", 1, "no rule called"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_in_words(key: str, value: object, complaint: str) -> None:
    found = problems(Charter(), {key: value})
    assert complaint in read(found[key])
    with pytest.raises(ValueError):
        Charter().with_changes({key: value})


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"decisions.minimum_days_open": 61}, "decisions.minimum_days_open", "shortest time to answer"),
        (
            {"decisions.maximum_days_open": 7, "decisions.extension_days": 8},
            "decisions.extension_days",
            "time to answer a new version must not be longer",
        ),
        ({"decisions.answers": ["reservations"]}, "decisions.answers", "People must be able to disagree"),
        (
            {"decisions.answers": ["stand-aside"], "matters.money_method": "consent"},
            "decisions.answers",
            "people must be able to say Stop",
        ),
        (
            {
                "decisions.always_told": ["result"],
                "decisions.minimum_days_open": 7,
                "decisions.extension_days": 8,
            },
            "decisions.always_told",
            (
                "Anyone who takes a weekly mail could hear of a question too late. Have everybody notified of new "
                "questions, or give everybody at least 8 days to answer, also for a new version."
            ),
        ),
        (
            {
                "decisions.always_told": ["result"],
                "decisions.minimum_days_open": 8,
                "decisions.extension_days": 7,
            },
            "decisions.always_told",
            "hear of a question too late",
        ),
        (
            {"decisions.voice": "organisations", "membership.kinds": ["individual"]},
            "decisions.voice",
            "Only the answers of organisations would count",
        ),
        ({"membership.kinds": ["observer"]}, "membership.kinds", "Observers cannot answer"),
        ({"matters.charter_body": "committee"}, "matters.charter_body", "belong to all members"),
        (
            {"committee.seats": 1, "committee.sister_seats": 2},
            "committee.sister_seats",
            "more places for sister networks than the committee has",
        ),
        ({"matters.charter_method": "advice"}, "matters.charter_method", "changed by advice"),
        ({"committee.individual_seats": 10}, "committee.individual_seats", "More places would be kept"),
        (
            {"committee.individual_seats": 8, "committee.organisation_seats": 2},
            "committee.organisation_seats",
            "More places would be kept",
        ),
        (
            {"committee.seats": 5, "committee.organisation_seats": 4, "committee.sister_seats": 2},
            "committee.organisation_seats",
            "More places would be kept",
        ),
        (
            {"committee.organisation_seats": 1, "membership.kinds": ["individual"]},
            "committee.organisation_seats",
            "Places would be kept for organisations",
        ),
        ({"committee.staggering": "thirds"}, "committee.staggering", "same time of the year"),
        (
            {"committee.staggering": "halves", "committee.term_months": 25},
            "committee.staggering",
            (
                "Turns would not come at the same time of the year: choose a time on the committee that fits, such "
                "as 24 months for two turns or 36 for three."
            ),
        ),
    ],
)
def test_rules_that_contradict_each_other_are_refused_together(
    changes: dict[str, object], key: str, words: str
) -> None:
    found = problems(Charter(), changes)
    assert list(found) == [key]
    assert words in read(found[key])


@pytest.mark.parametrize(
    "changes",
    [
        {"decisions.minimum_days_open": 60},
        {"decisions.maximum_days_open": 7},
        {"decisions.answers": ["stand-aside"]},
        {"decisions.answers": ["block"], "matters.money_method": "consent"},
        {
            "decisions.always_told": ["result"],
            "decisions.minimum_days_open": 8,
            "decisions.extension_days": 8,
        },
        {"decisions.always_told": ["opening"], "decisions.minimum_days_open": 1},
        {"decisions.voice": "organisations", "membership.kinds": ["organisation"]},
        {"membership.kinds": ["observer", "individual"]},
        {"committee.seats": 2, "committee.sister_seats": 2},
        {"committee.seats": 5, "committee.organisation_seats": 3, "committee.sister_seats": 2},
        {"committee.seats": 5, "committee.individual_seats": 2, "committee.organisation_seats": 3},
        {"committee.staggering": "thirds", "committee.term_months": 36},
    ],
)
def test_rules_that_just_fit_together_are_taken(changes: dict[str, object]) -> None:
    assert problems(Charter(), changes) == {}


def test_a_form_may_hand_in_text_and_get_the_same_charter() -> None:
    typed = {"decisions.closing_hour": " 12 ", "coordinator.may_announce": "no"}
    charter = Charter().with_changes({**typed, "membership.criteria": "  One   thing.\n\nAnother.\n"})
    assert charter[p.CLOSING_HOUR] == 12
    assert charter[p.MAY_ANNOUNCE] is False
    assert charter[p.CRITERIA] == ("One thing.", "Another.")


def test_changes_are_shown_in_the_sentences_of_the_charter() -> None:
    old = starting("loose")
    changes = diff(
        old, old.with_changes({"decisions.minimum_days_open": 10, "membership.criteria": ["I agree."]})
    )
    assert [change.parameter for change in changes] == [p.CRITERIA, p.MINIMUM_DAYS_OPEN]
    assert changes[0].added == ("I agree.",)
    assert changes[0].removed == ()
    assert str(changes[1].before) == "Everybody has at least 5 days to answer a proposal."
    assert str(changes[1].after) == "Everybody has at least 10 days to answer a proposal."


def test_a_sentence_that_names_a_number_is_shown_once_with_its_number() -> None:
    old = Charter().with_changes({"decisions.quorum": "count"})
    (change,) = diff(old, old.with_changes({"decisions.quorum": "both", "decisions.quorum_count": 12}))
    assert str(change.before) == "A decision counts only if at least 10 members answered."
    assert str(change.after) == (
        "A decision counts only if at least 12 members answered, and at least one tenth of the people who could."
    )


def test_each_value_of_a_changed_sentence_stands_in_the_data() -> None:
    old = Charter().with_changes({"decisions.quorum": "count"})
    (change,) = diff(old, old.with_changes({"decisions.quorum": "both", "decisions.quorum_count": 12}))
    assert change.values == {"decisions.quorum": ("count", "both"), "decisions.quorum_count": (10, 12)}


def test_a_number_that_changes_alone_is_shown_by_itself() -> None:
    old = Charter().with_changes({"decisions.quorum": "count"})
    (change,) = diff(old, old.with_changes({"decisions.quorum_count": 12}))
    assert change.parameter is p.QUORUM_COUNT
    assert "12 members" in str(change.after)


def test_a_rule_without_meaning_is_not_read_out() -> None:
    assert not Charter().applies(p.QUORUM_COUNT)
    assert Charter().with_changes({"decisions.quorum": "count"}).applies(p.QUORUM_COUNT)


@pytest.mark.parametrize(
    ("threshold", "whole", "needed"),
    [
        (at_least(2, 3), 3, 2),
        (more_than(2, 3), 3, 3),
        (at_least(2, 3), 4, 3),
        (more_than(1, 2), 2, 2),
        (more_than(1, 2), 3, 2),
        (at_least(1, 2), 2, 1),
        (at_least(1, 10), 124, 13),
        (more_than(0, 1), 50, 1),
        (at_least(0, 1), 50, 0),
        (at_least(1, 3), 99999999999999999, 33333333333333333),
    ],
)
def test_a_threshold_is_exact(threshold: Threshold, whole: int, needed: int) -> None:
    assert threshold.needed(whole) == needed


@pytest.mark.parametrize(
    ("one", "other", "stricter"),
    [
        (at_least(2, 3), at_least(1, 2), at_least(2, 3)),
        (at_least(1, 2), at_least(2, 3), at_least(2, 3)),
        (more_than(1, 2), at_least(1, 2), more_than(1, 2)),
        (at_least(1, 2), more_than(1, 2), more_than(1, 2)),
        (more_than(1, 2), at_least(2, 3), at_least(2, 3)),
    ],
)
def test_of_two_thresholds_the_harder_one_holds(
    one: Threshold, other: Threshold, stricter: Threshold
) -> None:
    assert one.stricter(other) == stricter


def test_of_nothing_nothing_is_reached() -> None:
    assert not at_least(0, 1).met_by(0, 0)
    assert at_least(0, 1).met_by(0, 1)


@pytest.mark.parametrize(
    ("answers", "percent", "most"),
    [(100, 0, 0), (0, 10, 1), (9, 10, 1), (19, 10, 1), (20, 10, 2), (50, 1, 1), (7, 100, 7)],
)
def test_of_all_answers_a_share_may_be_entered_for_others_and_one_in_any_case(
    answers: int, percent: int, most: int
) -> None:
    assert most_entered(answers, percent) == most


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(2, 3), "two thirds"),
        (Fraction(1), "all"),
        (Fraction(51, 100), "51%"),
        (Fraction(3, 20), "15%"),
        (Fraction(1, 100), "1%"),
        (Fraction(5, 7), "5 in 7"),
        (Fraction(1, 1000), "1 in 1000"),
    ],
)
def test_a_fraction_has_its_everyday_name_or_is_said_in_digits(share: Fraction, words: str) -> None:
    assert str(fraction_words(share)) == words


@given(
    st.fractions(0, 1, max_denominator=1000),
    st.sampled_from(Strictness),
    st.integers(1, 10**6),
)
def test_the_needed_number_is_the_least_that_reaches_the_threshold(
    share: Fraction, how: Strictness, whole: int
) -> None:
    threshold = Threshold(share, how)
    needed = threshold.needed(whole)
    assert threshold.met_by(needed, whole)
    if needed > 0:
        assert not threshold.met_by(needed - 1, whole)


@given(st.fractions(0, 1, max_denominator=1000), st.sampled_from(Strictness))
def test_a_threshold_survives_being_stored(share: Fraction, how: Strictness) -> None:
    value = Threshold(share, how)
    assert p.CHARTER_MAJORITY.decode(json.loads(json.dumps(p.CHARTER_MAJORITY.encode(value)))) == value


@given(st.text(max_size=20))
def test_no_text_typed_for_a_fraction_breaks_the_program(text: str) -> None:
    share: Share = p.CHARTER_MAJORITY
    with contextlib.suppress(BadValue):
        assert 0 <= share.check({"at_least": text}).share <= 1


@pytest.mark.parametrize(
    ("text", "value"), [("10%", Fraction(1, 10)), (" 2/3 ", Fraction(2, 3)), ("0.25", Fraction(1, 4))]
)
def test_people_may_write_a_fraction_as_they_like(text: str, value: Fraction) -> None:
    assert fraction(text) == value


def test_no_two_files_of_the_catalogue_have_a_rule_of_one_name() -> None:
    files = sorted((GOVNET / "charter/catalogue").glob("*.py"))
    assert len(files) > 5
    names = [
        target.id
        for path in files
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    ]
    assert sorted(set(names)) == sorted(names)


SHARES, ACTS = "I share the purpose.", "I act for the common good."


@pytest.mark.parametrize(
    ("wanted", "now", "then"),
    [
        ([SHARES, "I feed the cat."], [SHARES], [SHARES, "I feed the cat."]),
        (
            [SHARES, "I feed the cat."],
            [SHARES, "I walk the dog."],
            [SHARES, "I walk the dog.", "I feed the cat."],
        ),
        ([], [SHARES, "I walk the dog."], ["I walk the dog."]),
        ([ACTS], [SHARES, ACTS], [ACTS]),
        ([SHARES, ACTS], [ACTS, SHARES], [ACTS, SHARES]),
    ],
)
def test_only_added_and_removed_sentences_of_a_list_change(
    wanted: list[str], now: list[str], then: list[str]
) -> None:
    base, later = (load({"membership.criteria": each}) for each in ([SHARES], now))
    assert carried_over(base, {"membership.criteria": wanted}, later) == {"membership.criteria": then}


def test_of_what_is_chosen_too_and_any_other_rule_takes_the_value_decided_on() -> None:
    base = load({"decisions.always_told": ["opening"], "committee.seats": 7})
    now = load({"decisions.always_told": ["opening", "result"], "committee.seats": 11})
    wanted = {"decisions.always_told": ["last_day"], "committee.seats": 9, "a.rule.gone": 1}
    found = carried_over(base, wanted, now)
    assert set(found.pop("decisions.always_told")) == {"last_day", "result"}
    assert found == {"committee.seats": 9, "a.rule.gone": 1}
