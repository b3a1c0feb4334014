"""The charter applied to people's answers."""

import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from govnet.charter import parameters as p
from govnet.charter.rules import Charter, starting
from govnet.charter.thresholds import at_least, more_than
from govnet.decisions.rules.outcome import (
    ADOPTED,
    FIVE,
    LABELS,
    MEANINGS,
    AnswerKind,
    Outcome,
    Quorum,
    Rule,
    Tally,
    outcome,
    parts,
    rule_for,
)
from tests.sentences import read

CONSENSUS = Rule("consensus")
TEN_OR_TENTH = Quorum(10, at_least(1, 10))


@pytest.mark.parametrize(
    ("tally", "rule", "expected"),
    [
        (Tally(agree=5), CONSENSUS, Outcome.CONSENSUS),
        (Tally(reservations=1), CONSENSUS, Outcome.CONSENSUS),
        (Tally(agree=5, stand_aside=1), CONSENSUS, Outcome.STAND_ASIDES),
        (Tally(agree=99, block=1), CONSENSUS, Outcome.BLOCKED),
        (Tally(agree=99, block=1), Rule("consensus", blocks_tolerated=1), Outcome.STAND_ASIDES),
        (Tally(agree=99, block=2), Rule("consensus", blocks_tolerated=1), Outcome.BLOCKED),
        (Tally(), CONSENSUS, Outcome.NOT_AGREED),
        (Tally(no_view=9), CONSENSUS, Outcome.NOT_AGREED),
        (Tally(stand_aside=3), CONSENSUS, Outcome.NOT_AGREED),
        (Tally(agree=2, stand_aside=1), Rule("consensus", asides=more_than(1, 3)), Outcome.STAND_ASIDES),
        (Tally(agree=2, stand_aside=1), Rule("consensus", asides=at_least(1, 3)), Outcome.NOT_AGREED),
        (Tally(agree=1, no_view=1), Rule("consensus", agreement=at_least(1, 2)), Outcome.CONSENSUS),
        (Tally(agree=1, no_view=1), Rule("consensus", agreement=more_than(1, 2)), Outcome.NOT_AGREED),
        (Tally(agree=9), Rule("consensus", TEN_OR_TENTH), Outcome.NO_QUORUM),
        (Tally(agree=9, no_view=4), Rule("consensus", TEN_OR_TENTH), Outcome.CONSENSUS),
        (Tally(agree=8, no_view=4), Rule("consensus", TEN_OR_TENTH), Outcome.NO_QUORUM),
        (Tally(block=1), Rule("consensus", TEN_OR_TENTH), Outcome.NO_QUORUM),
        (Tally(), Rule("consent"), Outcome.CONSENSUS),
        (Tally(block=1), Rule("consent", blocks_tolerated=3), Outcome.BLOCKED),
        (Tally(stand_aside=2), Rule("consent", TEN_OR_TENTH), Outcome.STAND_ASIDES),
        (Tally(agree=2, block=1), Rule("majority"), Outcome.VOTED),
        (Tally(agree=1, block=1), Rule("majority"), Outcome.NOT_AGREED),
        (Tally(agree=1, no_view=50), Rule("majority"), Outcome.VOTED),
        (Tally(no_view=50), Rule("majority"), Outcome.NOT_AGREED),
        (Tally(), Rule("majority"), Outcome.NOT_AGREED),
        (Tally(agree=2, stand_aside=1), Rule("supermajority", majority=at_least(2, 3)), Outcome.VOTED),
        (Tally(agree=2, stand_aside=1), Rule("supermajority", majority=more_than(2, 3)), Outcome.NOT_AGREED),
        (Tally(block=5), Rule("advice"), Outcome.ADVICE),
        (Tally(agree=5), Rule("advice", TEN_OR_TENTH), Outcome.NO_QUORUM),
    ],
)
def test_the_rule_and_nobody_else_says_how_it_ended(tally: Tally, rule: Rule, expected: Outcome) -> None:
    assert outcome(tally, 124, rule) is expected


def test_the_reader_sees_each_part_of_the_rule_with_its_numbers() -> None:
    rule = rule_for(starting("usual"), "charter")
    told = parts(Tally(agree=7, reservations=1, stand_aside=1), 124, rule)
    assert [(part.name, part.met) for part in told] == [
        ("quorum", False),
        ("agreement", True),
        ("asides", True),
        ("blocks", True),
    ]
    assert str(told[0].said) == "9 have answered; 13 of the 124 who could must answer."
    assert str(told[3].said) == "Nobody says Stop."


def test_one_stop_is_announced_as_one_member() -> None:
    (part,) = parts(Tally(block=1), 10, Rule("consent"))
    assert str(part.said) == "1 member says Stop, and one is enough."


@pytest.mark.parametrize(
    ("tally", "rule", "name", "met", "sentence"),
    [
        (
            Tally(agree=1),
            Rule("majority", Quorum(3)),
            "quorum",
            False,
            "1 has answered; 3 of the 10 who could must answer.",
        ),
        (
            Tally(agree=1, stand_aside=1, no_view=1),
            Rule("majority", Quorum(3)),
            "quorum",
            True,
            "3 have answered; 3 of the 10 who could must answer.",
        ),
        (
            Tally(),
            Rule("majority", Quorum(1)),
            "quorum",
            False,
            "Nobody has answered; 1 of the 10 who could must answer.",
        ),
        (
            Tally(agree=1, no_view=2),
            Rule("consensus", agreement=at_least(1, 2)),
            "agreement",
            False,
            "1 of the 3 who answered agrees; at least 2 must.",
        ),
        (
            Tally(agree=1, reservations=1, no_view=2),
            Rule("consensus", agreement=at_least(1, 2)),
            "agreement",
            True,
            "2 of the 4 who answered agree; at least 2 must.",
        ),
        (Tally(no_view=2), CONSENSUS, "agreement", False, "Nobody agrees; at least 1 must."),
        (Tally(), CONSENSUS, "agreement", False, "Nobody agrees; at least 1 must."),
        (
            Tally(agree=2, stand_aside=1),
            Rule("consensus", asides=more_than(1, 3)),
            "asides",
            True,
            "1 of the 3 who took a side disagrees; at most 1 may.",
        ),
        (
            Tally(agree=2, stand_aside=1, block=1),
            Rule("consensus", asides=at_least(1, 2)),
            "asides",
            False,
            "2 of the 4 who took a side disagree; at most 1 may.",
        ),
        (
            Tally(agree=2),
            Rule("consensus", asides=at_least(1, 2)),
            "asides",
            True,
            "Nobody disagrees.",
        ),
        (
            Tally(agree=2, block=2),
            Rule("consensus", blocks_tolerated=1),
            "blocks",
            False,
            "2 members say Stop; at most 1 may.",
        ),
        (
            Tally(agree=2, block=1),
            Rule("consensus", blocks_tolerated=1),
            "blocks",
            True,
            "1 member says Stop; at most 1 may.",
        ),
        (Tally(block=2), Rule("consent"), "blocks", False, "2 members say Stop, and one is enough."),
        (
            Tally(agree=1, block=2),
            Rule("majority"),
            "vote",
            False,
            "1 of the 3 who took a side agrees; at least 2 must.",
        ),
        (
            Tally(agree=2, block=1),
            Rule("majority"),
            "vote",
            True,
            "2 of the 3 who took a side agree; at least 2 must.",
        ),
        (Tally(block=3), Rule("majority"), "vote", False, "Nobody agrees; at least 2 must."),
        (Tally(), Rule("majority"), "vote", False, "Nobody agrees; at least 1 must."),
    ],
)
def test_each_part_says_its_numbers(tally: Tally, rule: Rule, name: str, met: bool, sentence: str) -> None:
    (part,) = (part for part in parts(tally, 10, rule) if part.name == name)
    assert part.met is met
    assert read(part.said) == sentence


def test_a_choice_between_options_has_a_quorum_and_no_other_part() -> None:
    rule = Rule("dots", Quorum(2))
    assert [(part.name, part.met) for part in parts(Tally(choice=1, no_view=1), 10, rule)] == [
        ("quorum", True)
    ]
    assert parts(Tally(choice=1), 10, Rule("ranked")) == ()


@pytest.mark.parametrize(
    ("kept", "quorum"),
    [
        ("none", Quorum()),
        ("count", Quorum(7)),
        ("fraction", Quorum(0, at_least(1, 4))),
        ("both", Quorum(7, at_least(1, 4))),
    ],
)
def test_the_quorum_is_the_one_in_the_rules(kept: str, quorum: Quorum) -> None:
    charter = Charter({p.QUORUM.key: kept, p.QUORUM_COUNT.key: 7, p.QUORUM_SHARE.key: at_least(1, 4)})
    assert rule_for(charter, "money").quorum == quorum


@pytest.mark.parametrize(("roll", "needed"), [(20, 7), (28, 7), (29, 8), (100, 25)])
def test_of_a_number_and_a_share_the_greater_is_needed(roll: int, needed: int) -> None:
    assert Quorum(7, at_least(1, 4)).needed(roll) == needed


def test_every_number_of_a_rule_is_the_charters() -> None:
    charter = Charter(
        {
            p.MINIMUM_AGREEMENT.key: at_least(1, 2),
            p.ASIDES_CEILING.key: at_least(1, 3),
            p.BLOCKS_TOLERATED.key: 2,
            p.FALLBACK.key: "majority",
            p.FALLBACK_MAJORITY.key: at_least(4, 5),
            p.FALLBACK_DAYS.key: 9,
            p.OPTIONS_SETTLE.key: "decides",
            p.RANKING_RULE.key: "borda",
            p.DOTS.key: 8,
        }
    )
    assert rule_for(charter, "money") == Rule(
        "consensus",
        Quorum(),
        agreement=at_least(1, 2),
        asides=at_least(1, 3),
        blocks_tolerated=2,
        majority=more_than(1, 2),
        fallback=at_least(4, 5),
        fallback_days=9,
        settles=True,
        ranking="borda",
        dots=8,
    )


@pytest.mark.parametrize(
    ("way", "method", "majority"),
    [
        ("", "consensus", more_than(1, 2)),
        ("majority", "majority", more_than(1, 2)),
        ("supermajority", "supermajority", at_least(3, 5)),
        ("ranked", "ranked", more_than(1, 2)),
        ("a show of hands", "consensus", more_than(1, 2)),
    ],
)
def test_a_proposal_is_decided_in_its_own_way_where_it_has_one(
    way: str, method: str, majority: object
) -> None:
    charter = Charter({p.SUPERMAJORITY.key: at_least(3, 5), p.FALLBACK.key: "majority"})
    rule = rule_for(charter, "money", way)
    assert (rule.method, rule.majority) == (method, majority)
    assert (rule.fallback is not None) == (rule.fallback_days > 0) == (method == "consensus")


@pytest.mark.parametrize(
    ("settle", "method", "settles"),
    [("decides", "consensus", True), ("decides", "advice", False), ("advice", "consensus", False)],
)
def test_a_choice_settles_something_where_the_rules_and_the_matter_let_it(
    settle: str, method: str, settles: bool
) -> None:
    charter = Charter({p.OPTIONS_SETTLE.key: settle, p.METHOD_FOR["money"].key: method})
    assert rule_for(charter, "money", "dots").settles is settles


def test_changing_the_rules_by_vote_needs_the_rules_own_majority() -> None:
    charter = Charter().with_changes({"matters.charter_method": "majority"})
    assert rule_for(charter, "charter").majority == at_least(2, 3)
    assert rule_for(charter, "money").majority == more_than(1, 2)


def test_after_a_stop_and_the_waiting_time_a_vote_decides() -> None:
    rule = rule_for(starting("usual"), "statement")
    tally = Tally(agree=12, block=4)
    assert rule.fallback_days == 14
    assert outcome(tally, 100, rule) is Outcome.BLOCKED
    assert rule.after_waiting() == Rule("majority", rule.quorum, majority=at_least(3, 4))
    assert outcome(tally, 100, rule.after_waiting()) is Outcome.VOTED
    assert outcome(Tally(agree=11, block=4), 100, rule.after_waiting()) is Outcome.NOT_AGREED


def test_the_fallback_never_makes_it_easier_to_change_the_rules() -> None:
    charter = starting("usual").with_changes({"charter.majority": {"at_least": "9/10"}})
    assert rule_for(charter, "charter").fallback == at_least(9, 10)
    assert rule_for(charter, "statement").fallback == at_least(3, 4)


def test_without_a_fallback_a_stop_is_final() -> None:
    rule = rule_for(starting("loose"), "statement")
    assert rule.fallback is None
    assert rule.after_waiting() == rule


def test_the_committee_has_its_own_quorum() -> None:
    rule = rule_for(starting("strict"), "committee")
    assert rule.quorum == Quorum(share=at_least(2, 3))
    assert rule.quorum.needed(9) == 6


def test_every_answer_has_its_words() -> None:
    assert set(LABELS) == set(MEANINGS) == set(FIVE)


def test_a_tally_counts_each_answer_once() -> None:
    tally = Tally.of([AnswerKind.AGREE, AnswerKind.AGREE, AnswerKind.BLOCK, AnswerKind.NO_VIEW])
    assert tally == Tally(agree=2, block=1, no_view=1)
    assert tally.answered == 4
    assert tally.as_json() == {"agree": 2, "reservations": 0, "stand-aside": 0, "block": 1, "no-view": 1}


def test_a_tally_between_options_counts_choices_and_no_views() -> None:
    tally = Tally.of([AnswerKind.CHOICE, AnswerKind.CHOICE, AnswerKind.NO_VIEW])
    assert tally.answered == 3
    assert tally.as_json()["choice"] == 2
    assert tally.by_answer("dots") == {AnswerKind.CHOICE: 2, AnswerKind.NO_VIEW: 1}
    assert tally.by_answer("majority") == tally.by_kind()
    assert Tally.from_counts({"agree": 3, "block": 2}) == Tally(agree=3, block=2)


TALLIES = st.builds(Tally, *[st.integers(0, 40)] * 5)
SHARES = st.sampled_from([at_least(1, 2), more_than(1, 2), at_least(2, 3), more_than(1, 3), more_than(0, 1)])
RULES = st.builds(
    Rule,
    st.sampled_from(sorted(p.METHODS)),
    st.builds(Quorum, st.integers(0, 30), st.none() | SHARES),
    SHARES,
    SHARES | st.just(more_than(1, 1)),
    st.integers(0, 3),
    SHARES,
)


@given(TALLIES, st.integers(0, 100), RULES)
def test_it_is_agreed_exactly_when_every_part_is_met(tally: Tally, extra: int, rule: Rule) -> None:
    roll = tally.answered + extra
    result = outcome(tally, roll, rule)
    if rule.method == "advice":
        assert result in {Outcome.ADVICE, Outcome.NO_QUORUM}
    else:
        assert (result in ADOPTED) == all(part.met for part in parts(tally, roll, rule))


@given(TALLIES, st.integers(1, 100), RULES)
def test_one_more_agreement_never_undoes_an_agreement(tally: Tally, extra: int, rule: Rule) -> None:
    roll = tally.answered + extra
    before = outcome(tally, roll, rule).adopted
    assert outcome(dataclasses.replace(tally, agree=tally.agree + 1), roll, rule).adopted >= before


@given(TALLIES, st.integers(0, 100), RULES)
def test_turning_agreement_into_a_stop_never_carries_it(tally: Tally, extra: int, rule: Rule) -> None:
    assume(tally.agree and not outcome(tally, tally.answered + extra, rule).adopted)
    worse = dataclasses.replace(tally, agree=tally.agree - 1, block=tally.block + 1)
    assert not outcome(worse, tally.answered + extra, rule).adopted


@given(TALLIES, st.integers(0, 100), RULES)
def test_no_view_counts_for_nothing_but_how_many_answered(tally: Tally, extra: int, rule: Rule) -> None:
    rule = dataclasses.replace(rule, quorum=Quorum(), agreement=more_than(0, 1))
    without = dataclasses.replace(tally, no_view=0)
    assert outcome(tally, tally.answered + extra, rule) == outcome(without, tally.answered + extra, rule)


@given(TALLIES, st.integers(0, 100), RULES)
def test_too_few_answers_never_decide_anything(tally: Tally, extra: int, rule: Rule) -> None:
    assume(rule.method != "consent")
    rule = dataclasses.replace(rule, quorum=Quorum(tally.answered + 1))
    assert outcome(tally, tally.answered + extra, rule) is Outcome.NO_QUORUM


@given(TALLIES, st.integers(0, 100), RULES)
def test_every_part_can_be_read_out(tally: Tally, extra: int, rule: Rule) -> None:
    for part in parts(tally, tally.answered + extra, rule):
        assert "%(" not in read(part.said)
