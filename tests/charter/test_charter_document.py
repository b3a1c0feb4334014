"""The charter as people read it."""

from typing import Any

import pytest

from govnet.charter import parameters as p
from govnet.charter.document import chapters, set_by
from govnet.charter.kinds import Parameter
from govnet.charter.presets import STARTING
from govnet.charter.rules import Charter, starting
from govnet.charter.sentences import sentence


@pytest.mark.parametrize("name", STARTING)
def test_every_chapter_is_made_of_whole_sentences(name: str) -> None:
    charter = starting(name)
    document = chapters(charter, set_by([charter]))
    assert [chapter.key for chapter in document] == list(p.SECTIONS)
    for chapter in document:
        assert chapter.clauses, chapter.key
        for clause in chapter.clauses:
            assert "%(" not in str(clause.said)
            assert clause.since == 1


def test_each_matter_says_in_one_sentence_who_decides_and_how() -> None:
    charter = starting("strict")
    (matters,) = (each for each in chapters(charter, set_by([charter])) if each.key == "matters")
    assert str(matters.clauses[2].said) == "On money, all members decide by a large majority."
    assert len(matters.clauses) == len(p.MATTERS)


def test_a_charter_without_quorum_does_not_speak_of_its_size() -> None:
    loose, usual = starting("loose"), starting("usual")
    keys = [
        {key for part in chapters(each, set_by([each])) for clause in part.clauses for key in clause.keys}
        for each in (loose, usual)
    ]
    assert "decisions.quorum_count" not in keys[0]
    assert "decisions.quorum_count" in keys[1]


def test_each_criterion_that_members_agree_to_is_listed_under_its_sentence() -> None:
    charter = Charter({"membership.criteria": ("I share the purpose.",)}, 1)
    (first, *_) = chapters(charter, set_by([charter]))
    (criteria,) = (clause for clause in first.clauses if clause.statements)
    assert criteria.statements == ("I share the purpose.",)


def test_each_sentence_knows_the_version_that_set_it() -> None:
    one = starting("loose")
    two = one.with_changes({"decisions.minimum_days_open": 10})
    three = two.with_changes({"decisions.minimum_days_open": 5})
    four = three.with_changes({"committee.seats": 7})
    since = set_by([one, two, three, four])
    assert since["decisions.minimum_days_open"] == 3
    assert since["committee.seats"] == 4
    assert since["membership.criteria"] == 1


def test_a_quorum_and_a_waiting_time_are_each_one_sentence() -> None:
    charter = starting("usual")
    (deciding,) = (each for each in chapters(charter, set_by([charter])) if each.key == "decisions")
    told = [str(clause.said) for clause in deciding.clauses]
    assert (
        "A decision counts only if at least 10 members answered, and at least one tenth of the people who could."
        in told
    )
    assert (
        "By consensus, a proposal that is stopped stays open for another 14 days. After that, it is agreed "
        "if at least three quarters of those who took a side agree."
    ) in told
    assert not any("At least 10 members must answer." in sentence for sentence in told)


@pytest.mark.parametrize(("body", "who"), [("all", "all members"), ("committee", "the committee")])
def test_the_chapter_on_the_coordinator_says_who_appoints_and_since_when(body: str, who: str) -> None:
    one = Charter({"coordinator.term_months": 24}, 1)
    two = Charter({"coordinator.term_months": 24, "matters.mandate_body": body}, 2)
    (chapter,) = (each for each in chapters(two, set_by([one, two])) if each.key == "coordinator")
    first = chapter.clauses[0]
    assert str(first.said) == (
        f"A coordinator is appointed by a decision of {who} for 24 months, and can be appointed again."
    )
    assert first.since == (1 if body == "all" else 2)
    assert len({clause.keys[0] for clause in chapter.clauses}) == len(chapter.clauses)


@pytest.mark.parametrize("name", STARTING)
def test_where_nobody_can_say_stop_the_document_does_not_speak_of_it(name: str) -> None:
    without = {"decisions.answers": ["stand-aside", "no-view"]}
    charter = starting(name).with_changes(without)
    said = [str(clause.said) for part in chapters(charter, set_by([charter])) for clause in part.clauses]
    assert [each for each in said if "Stop" in each or "stop" in each] == []
    assert "Beside “Agree”, people can answer: “Disagree, but go ahead”, “No view”." in said


@pytest.mark.parametrize("name", STARTING)
def test_where_people_can_say_stop_the_document_says_what_it_does(name: str) -> None:
    charter = starting(name)
    keys = {
        key for part in chapters(charter, set_by([charter])) for each in part.clauses for key in each.keys
    }
    assert {"decisions.blocks_tolerated", "decisions.stop_needs", "decisions.who_may_stop"} <= keys


def test_a_rule_beside_one_that_means_nothing_means_nothing_either() -> None:
    charter = starting("usual")
    assert charter.applies(p.FALLBACK_DAYS)
    without = {"decisions.answers": ["stand-aside"]}
    assert not charter.with_changes(without).applies(p.FALLBACK_DAYS)


def test_how_long_new_words_are_asked_says_how_far_the_closing_day_moves() -> None:
    charter = starting("usual").with_changes({"decisions.extension_days": 5})
    for most, said in (
        (9, "at least 5 days more. New versions move the closing day by at most 9 days in all"),
        (0, "on the day that was set"),
    ):
        rules = charter.with_changes({"decisions.extension_most_days": most})
        (deciding,) = (each for each in chapters(rules, set_by([rules])) if each.key == "decisions")
        (clause,) = (each for each in deciding.clauses if p.EXTENSION_MOST.key in each.keys)
        assert said in str(clause.said)


@pytest.mark.parametrize(
    ("rule", "values", "keys", "said"),
    [
        (
            p.EXTENSION_DAYS,
            {p.EXTENSION_DAYS.key: 5, p.EXTENSION_MOST.key: 14},
            (p.EXTENSION_DAYS.key, p.EXTENSION_MOST.key),
            (
                "When its text changes, everybody is asked again and has at least 5 days more. New versions move "
                "the closing day by at most 14 days in all: near that limit it can be fewer days, but never less "
                "than one."
            ),
        ),
        (
            p.EXTENSION_DAYS,
            {p.EXTENSION_MOST.key: 0},
            (p.EXTENSION_DAYS.key, p.EXTENSION_MOST.key),
            (
                "When its text changes, everybody is asked again, and answers close on the day that was set. With "
                "less than a day left, the text can’t be changed."
            ),
        ),
        (
            p.MANDATE_MONTHS,
            {p.MANDATE_MONTHS.key: 12, p.BODY_FOR["mandate"].key: "all"},
            (p.MANDATE_MONTHS.key, p.BODY_FOR["mandate"].key),
            (
                "A coordinator is appointed by a decision of all members for 12 months, and can be appointed "
                "again."
            ),
        ),
        (
            p.SEATS,
            {p.SEATS.key: 5},
            (p.SEATS.key,),
            str(p.SEATS.states(5)),
        ),
        (
            p.QUORUM,
            {p.QUORUM.key: "count", p.QUORUM_COUNT.key: 12},
            (p.QUORUM.key, p.QUORUM_COUNT.key),
            "A decision counts only if at least 12 members answered.",
        ),
    ],
)
def test_a_sentence_speaks_of_its_rule_and_of_those_beside_it(
    rule: Parameter[Any], values: dict[str, Any], keys: tuple[str, ...], said: str
) -> None:
    found = sentence(rule, Charter(values))
    assert found[0] == keys
    assert str(found[1]) == said


def test_the_version_of_a_sentence_is_the_latest_that_set_one_of_its_rules() -> None:
    one = Charter({p.QUORUM.key: "count"}, 1)
    two = one.with_changes({p.QUORUM_COUNT.key: 12})
    (deciding,) = (each for each in chapters(two, set_by([one, two])) if each.key == "decisions")
    (quorum,) = (each for each in deciding.clauses if each.keys[0] == p.QUORUM.key)
    assert (quorum.keys, quorum.since, quorum.asked) == ((p.QUORUM.key, p.QUORUM_COUNT.key), 2, True)
    three = two.with_changes({p.METHOD_FOR["money"].key: "majority"})
    (matters,) = (each for each in chapters(three, set_by([one, two, three])) if each.key == "matters")
    assert [each.since for each in matters.clauses if each.keys[1] == p.METHOD_FOR["money"].key] == [3]
    assert [str(each.title) for each in chapters(one, set_by([one]))] == list(p.SECTIONS.values())
