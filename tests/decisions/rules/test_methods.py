"""The ways of deciding, and choosing between options, from the form to the register and the mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

import pytest
from sqlalchemy.exc import IntegrityError

from govnet.accounts.export import everything_held
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter, load
from govnet.decisions import labels, queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers import options as answers_options
from govnet.decisions.answers.actions import AnswerInput, TooLate
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.closing import results
from govnet.decisions.models import Answer, PastAnswer, Proposal
from govnet.decisions.proposals import actions, interests
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules.option_count import NONE, ballots_in, count
from govnet.decisions.rules.outcome import AnswerKind, Outcome, Rule
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import a_steering_member, acting, an_organisation
from tests.decisions.builders import (
    QUESTION,
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    one_transaction,
    version_of,
)

pytestmark = pytest.mark.usefixtures("context")
CITIES = ("Cardiff", "Leeds", "Belfast")


def asked(
    network: Network, by: Person, method: str, *options: str, matter: str = "statement", **changes: object
) -> Proposal:
    """Something asked in this way from now."""
    with one_transaction():
        network = db.session.merge(network)
        rules = {key.replace("__", "."): value for key, value in changes.items()}
        text = Wording(QUESTION, "All of it.", rules, options=options)
        return actions.propose(
            network, text, Ask(matter, method=method), by=acting(by, network), via=Door.WEB
        )


def chose(
    proposal: Proposal, network: Network, person: Person, choices: Mapping[int, int], **more: object
) -> None:
    """This person chooses so."""
    given = AnswerInput(AnswerKind.CHOICE, choices=choices, **more)  # type: ignore[arg-type]
    with one_transaction():
        answers_actions.answer(version_of(proposal).id, given, by=acting(person, network), via=Door.WEB)


def close(time: MovedClock, proposal: Proposal) -> None:
    time.move(to=version_of(proposal).deadline)
    closing_actions.close_due()


def refusal(network: Network, by: Person, method: str, *options: str, **more: object) -> str:
    with pytest.raises(RuleBroken) as refused:
        asked(network, by, method, *options, **more)  # type: ignore[arg-type]
    db.session.rollback()
    return str(refused.value)


def charter(**parameters: object) -> Charter:
    return load({key.replace("__", "."): value for key, value in parameters.items()})


# --- what is refused


@pytest.mark.parametrize(
    ("method", "options", "words"),
    [
        ("ranked", (), "from 2 to 20"),
        ("score", ("One",), "from 2 to 20"),
        ("dots", tuple(map(str, range(21))), "from 2 to 20"),
        ("ranked", ("Leeds", "leeds"), "same"),
        ("ranked", ("x" * 201, "y"), "too long"),
        ("consensus", ("A", "B"), "only for a choice"),
    ],
)
def test_a_wrong_list_of_options_is_refused(method: str, options: tuple[str, ...], words: str) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    assert words in refusal(network, ann, method, *options)
    assert db.session.query(Proposal).count() == 0


def test_an_action_refuses_the_way_that_the_charter_does_not_have() -> None:
    network = a_network_with_rules(decisions__consent_instead=False)
    (ann,) = members(network, 1)
    assert "only for objections" in refusal(network, ann, "consent")


# --- consent and advice instead


def test_asking_for_objections_carries_in_silence_where_consensus_would_not(time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, _bob = members(network, 2)
    quiet, agreed = asked(network, ann, "consent"), asked(network, ann, "consensus")
    close(time, quiet)
    outcomes = {each.proposal_id: each.outcome for each in decisions()}
    assert outcomes == {quiet.id: Outcome.CONSENSUS, agreed.id: Outcome.NOT_AGREED}


def test_just_asking_binds_nobody_even_when_everybody_agrees(time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = asked(network, ann, "advice", matter="charter", decisions__dots=3)
    answered(proposal, network, AnswerKind.AGREE, ann, bob)
    close(time, proposal)
    assert decisions()[0].outcome is Outcome.ADVICE
    assert charters.latest_version(network.id).number == 1


def test_new_words_are_asked_in_the_same_way(time: MovedClock) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    proposal = asked(network, ann, "dots", *CITIES)
    with transaction():
        changed = Wording(QUESTION, "Other words.")
        version = actions.reword(proposal, changed, because="Clearer", by=acting(ann, network), via=Door.WEB)
        assert version.method == "dots"
    assert queries.options_of([version.id])[version.id] == list(CITIES)
    with transaction():
        other = Wording(QUESTION, "Other words.", options=("Leeds", "York"))
        version = actions.reword(proposal, other, because="York", by=acting(ann, network), via=Door.WEB)
    assert queries.options_of([version.id])[version.id] == ["Leeds", "York"]


# --- choosing


def test_advice_that_ends_in_a_tie_says_so(time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = asked(network, ann, "score", *CITIES)
    chose(proposal, network, ann, {1: 3})
    chose(proposal, network, bob, {2: 3})
    close(time, proposal)
    (decision,) = decisions()
    assert decision.outcome is Outcome.ADVICE
    assert results.outcome_in_words(decision) == "Advice given; it is a tie: Cardiff / Leeds"


def test_the_first_is_decided_where_the_charter_says_so_and_advice_elsewhere(time: MovedClock) -> None:
    binding, asking = (
        a_network_with_rules("uk", decisions__options_settle="decides"),
        a_network_with_rules("wales"),
    )
    for network in (binding, asking):
        ann, bob, cat = members(network, 3)
        proposal = asked(network, ann, "ranked", *CITIES)
        chose(proposal, network, ann, {1: 1, 2: 2})
        chose(proposal, network, bob, {2: 1})
        chose(proposal, network, cat, {3: 1, 2: 2})
        chose(proposal, network, cat, {3: 2, 2: 1})
    close(time, proposal)
    made = {each.network_id: each for each in decisions()}
    first, second = made[binding.id], made[asking.id]
    assert (first.outcome, second.outcome) == (Outcome.CHOSEN, Outcome.ADVICE)
    assert results.outcome_in_words(first) == "Chosen: Leeds"
    assert results.outcome_in_words(second) == "Advice given: first comes Leeds"
    assert first.id in {each.id for each in register_queries.in_force(binding.id)}
    assert register_queries.in_force(asking.id) == []


def test_options_never_decide_what_the_charter_only_asks_advice_on(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__options_settle="decides", matters__money_method="advice")
    (ann,) = members(network, 1)
    proposal = asked(network, ann, "score", *CITIES, matter="money")
    chose(proposal, network, ann, {1: 5})
    close(time, proposal)
    assert decisions()[0].outcome is Outcome.ADVICE


@pytest.mark.parametrize(
    ("choices", "result", "said"),
    [
        ([{NONE: 5}, {1: 3}], Outcome.REFUSED, "None of the options was chosen"),
        ([{1: 3}, {2: 3}], Outcome.TIED, "A tie: nothing is decided"),
        ([], Outcome.NOT_AGREED, "Not agreed"),
    ],
)
def test_refusing_all_and_ties_and_silence_decide_nothing(
    time: MovedClock, choices: list[dict[int, int]], result: Outcome, said: str
) -> None:
    network = a_network_with_rules(decisions__options_settle="decides")
    people = members(network, 2)
    proposal = asked(network, people[0], "score", *CITIES)
    for person, given in zip(people, choices, strict=False):
        chose(proposal, network, person, given)
    close(time, proposal)
    (decision,) = decisions()
    assert (decision.outcome, results.outcome_in_words(decision)) == (result, said)
    assert not decision.outcome.adopted


def test_no_view_counts_towards_how_many_must_answer_and_for_nothing_else(time: MovedClock) -> None:
    network = a_network_with_rules(
        decisions__options_settle="decides", decisions__quorum="count", decisions__quorum_count=2
    )
    ann, bob = members(network, 2)
    alone, both = asked(network, ann, "dots", *CITIES), asked(network, ann, "dots", *CITIES)
    for proposal in (alone, both):
        chose(proposal, network, ann, {3: 5})
    answered(both, network, AnswerKind.NO_VIEW, bob)
    close(time, both)
    found = {each.proposal_id: each for each in decisions()}
    assert found[alone.id].outcome is Outcome.NO_QUORUM
    assert found[both.id].outcome is Outcome.CHOSEN
    assert json.loads(found[both.id].tally)["no-view"] == 1


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("ranked", AnswerInput(AnswerKind.AGREE), "Choose between the options"),
        ("ranked", AnswerInput(AnswerKind.BLOCK, "No", "More"), "Choose between the options"),
        ("ranked", AnswerInput(AnswerKind.CHOICE), "at least one option"),
        ("ranked", AnswerInput(AnswerKind.CHOICE, choices={1: 5}), "from 1 to 4"),
        ("ranked", AnswerInput(AnswerKind.CHOICE, choices={4: 1}), "no such option"),
        ("score", AnswerInput(AnswerKind.CHOICE, choices={1: 6}), "from 0 to 5"),
        ("dots", AnswerInput(AnswerKind.CHOICE, choices={1: 3, 2: 3}), "5 dots to give away; these are 6"),
        ("consensus", AnswerInput(AnswerKind.CHOICE, choices={1: 1}), "nothing to choose between"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(
    method: str, given: AnswerInput, words: str
) -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    proposal = asked(network, ann, method, *(CITIES if method != "consensus" else ()))
    with pytest.raises(RuleBroken, match=words), transaction():
        answers_actions.answer(version_of(proposal).id, given, by=acting(ann, network), via=Door.WEB)
    db.session.rollback()
    assert db.session.query(Answer).count() == 0


def test_an_answer_can_be_changed_and_taken_back_until_the_deadline_and_not_after(time: MovedClock) -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = asked(network, ann, "ranked", *CITIES)
    chose(proposal, network, ann, {1: 1})
    chose(proposal, network, ann, {2: 1, 1: 2})
    version = version_of(proposal)
    assert [each.choices for each in db.session.query(PastAnswer)] == ['{"1":1}']
    assert queries.ballots(version.id) == [{1: 2, 2: 1}]
    entry = queries.entries_for(version.id, acting(ann, network))[0]
    with transaction():
        answers_actions.take_back(version.id, entry.id, by=acting(ann, network), via=Door.WEB)
    assert queries.ballots(version.id) == []
    time.move(to=version.deadline)
    with pytest.raises(TooLate):
        chose(proposal, network, bob, {1: 1})


def test_one_human_chooses_once_for_herself_or_for_her_organisation() -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    an_organisation(network, "Openness Trust", spoken_for_by=ann)
    proposal = asked(network, ann, "dots", *CITIES)
    version = version_of(proposal)
    own, theirs = queries.entries_for(version.id, acting(ann, network))
    for entry, said in ((own, ""), (theirs, "already given an answer")):
        given = AnswerInput(AnswerKind.CHOICE, choices={1: 5})
        if not said:
            with transaction():
                answers_actions.answer(
                    version.id, given, by=acting(ann, network), via=Door.WEB, entry_id=entry.id
                )
            continue
        with pytest.raises(RuleBroken, match=said), transaction():
            answers_actions.answer(
                version.id, given, by=acting(ann, network), via=Door.WEB, entry_id=entry.id
            )


def test_people_with_an_interest_are_shown_and_not_counted() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal = asked(network, ann, "score", *CITIES)
    with transaction():
        interests.declare(proposal, "My city.", by=acting(ann, network), via=Door.WEB)
    chose(proposal, network, ann, {1: 5})
    chose(proposal, network, bob, {2: 1})
    version = queries.version_whole(version_of(proposal).id)
    found = answers_options.of_version(version, queries.rule_of(version))
    assert found is not None
    assert found.count.first == 2


def test_options_never_change_once_people_choose_between_them() -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    asked(network, ann, "score", *CITIES)
    for statement in ("UPDATE proposal_option SET title = 'York'", "DELETE FROM proposal_option"):
        with pytest.raises(IntegrityError, match="never changes"), transaction():
            db.session.execute(db.text(statement))
        db.session.rollback()


def test_the_register_keeps_enough_to_count_again(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__options_settle="decides")
    ann, bob, cat = members(network, 3)
    proposal = asked(network, ann, "ranked", *CITIES)
    for person, given in ((ann, {1: 1, 2: 2}), (bob, {2: 1, 3: 1}), (cat, {3: 1})):
        chose(proposal, network, person, given)
    close(time, proposal)
    kept = json.loads(decisions()[0].tally)
    options = kept["options"]
    again = count(options["method"], ballots_in(options), 3, ranking=options["ranking"])
    assert again.first == options["first"] == 3
    assert {str(each): str(total) for each, total in again.totals.items()} == options["totals"]
    assert options["totals"]["2"] == "1/2"
    assert options["titles"] == {"1": "Cardiff", "2": "Leeds", "3": "Belfast", "0": "None of these"}
    assert kept["choice"] == 3


def test_the_standings_say_what_everything_has_in_words() -> None:
    rule = Rule("ranked")
    found = answers_options.of_ballots(
        "ranked", rule, CITIES, [{1: 1, 2: 1}, {1: 1, 2: 2}, {2: 1}, {2: 1}, {3: 1, 1: 2}]
    )
    assert [(line.title, line.value, line.first) for line in found.lines] == [
        ("Leeds", "4 votes", True),
        ("Cardiff", "2½ votes", False),
        ("Belfast", "1 vote", False),
        ("None of these", "0 votes", False),
    ]
    assert [each.said for each in found.rounds] == [
        ("Out: None of these.",),
        ("Out: Belfast.",),
        ("Out: Cardiff.",),
        ("1 vote names no option that is still in.", "First: Leeds."),
    ]
    assert labels.counted_by(found).endswith("It is advice and binds nobody.")
    assert answers_options.mixed(found.count.totals[1]) == "1½"


def test_an_open_choice_is_not_answered_in_place_and_shows_how_many_chose() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    proposal, plain = asked(network, ann, "score", *CITIES), a_proposal(network, ann)
    chose(proposal, network, bob, {1: 4})
    rows = {row.version.proposal_id: row for row in proposals_queries.open_now(network.id)}
    assert rows[proposal.id].tally.answered == 1
    assert list(proposals_queries.to_answer_in_place(ann.id, [proposal.id, plain.id])) == [plain.id]


def test_her_choices_are_in_her_copy_of_everything() -> None:
    network = a_network_with_rules()
    (ann,) = members(network, 1)
    proposal = asked(network, ann, "score", *CITIES)
    chose(proposal, network, ann, {1: 4, NONE: 1}, reason="By train.")
    held = everything_held(ann.id)["decisions"]
    assert held["answers"][0]["choices"] == {"1": 4, str(NONE): 1}
    assert [each["option"] for each in held["options"]] == list(CITIES)


def test_the_committee_s_quorum_holds_for_options_too(time: MovedClock) -> None:
    network = a_network_with_rules(
        decisions__options_settle="decides", committee__quorum={"more_than": "1/2"}
    )
    people = [a_steering_member(network) for _ in range(2)]
    proposal = asked(network, people[0], "score", *CITIES, matter="committee")
    chose(proposal, network, people[0], {2: 5})
    close(time, proposal)
    assert decisions()[0].outcome is Outcome.NO_QUORUM


def test_an_officer_enters_what_a_member_chose_by_telephone() -> None:
    network = a_network_with_rules()
    ann, bob = members(network, 2)
    sam = a_steering_member(network)
    proposal = asked(network, ann, "ranked", *CITIES)
    version = version_of(proposal)
    (his,) = queries.entries_for(version.id, acting(bob, network))
    for given, said in (
        (AnswerInput(AnswerKind.AGREE), "Choose between"),
        (AnswerInput(AnswerKind.CHOICE, choices={2: 1}), ""),
    ):
        by = acting(sam, network)
        if said:
            with pytest.raises(RuleBroken, match=said), transaction():
                answers_entry.enter(version.id, his.id, given, how=Door.PHONE, by=by, via=Door.WEB)
            continue
        with transaction():
            answers_entry.enter(version.id, his.id, given, how=Door.PHONE, by=by, via=Door.WEB)
    assert queries.ballots(version.id) == [{2: 1}]


@pytest.mark.parametrize(
    ("number", "said"),
    [("0", "0"), ("3", "3"), ("1/2", "½"), ("5/2", "2½"), ("1/3", "⅓"), ("31/12", "2.58"), ("1/7", "0.14")],
)
def test_a_number_is_written_as_people_write_it(number: str, said: str) -> None:
    assert answers_options.mixed(Fraction(number)) == said


def test_less_than_one_is_said_in_words() -> None:
    found = answers_options.of_ballots("ranked", Rule("ranked"), CITIES, [{1: 1, 2: 1}])
    assert {line.value for line in found.lines} >= {"half a vote"}
