"""While a proposal is open: other words, more time, closing early, interests, and answers entered for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from govnet.accounts.export import everything_held
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers import entered_answers as answers_entry
from govnet.decisions.answers.actions import AnswerInput, TooLate
from govnet.decisions.answers.queries import answers
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.closing import effects
from govnet.decisions.models import PastAnswer, Proposal, ProposalVersion
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.proposals import actions, interests
from govnet.decisions.proposals.models import SuggestionState
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.register.models import PendingEffect
from govnet.decisions.rules.outcome import AnswerKind, Outcome
from govnet.decisions.suggestions import actions as suggestions
from govnet.decisions.suggestions.queries import suggestions as suggestions_to
from govnet.extensions import db
from govnet.kernel.actor import Actor, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from tests.builders import a_member, a_steering_member, acting, an_organisation
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    taken,
    tally_of,
    version_of,
)
from tests.erased import erase

pytestmark = pytest.mark.usefixtures("context")

PASSAGE, INSTEAD = "**one each year** up again", "three each year up again"
OTHER = Wording("Should the committee have 9 seats?", "Nine seats.")


def do(act: Callable[[], Any]) -> Any:
    """In a transaction of its own."""
    with transaction():
        return act()


def refused(match: str | None, act: Callable[[], Any], kind: type[Exception] = RuleBroken) -> None:
    with pytest.raises(kind, match=match), transaction():
        act()


# --- the last hours, more time, closing early, taking back


def test_in_the_last_hours_the_words_stay(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    time.move(to=version_of(proposal).deadline - timedelta(hours=24))
    refused("last 24 hours", lambda: actions.reword(proposal, OTHER, because="x", by=by, via=Door.WEB))
    time.move(timedelta(seconds=-1))
    do(lambda: actions.reword(proposal, OTHER, because="x", by=by, via=Door.WEB))
    assert version_of(proposal).number == 2


def test_new_words_again_and_again_move_the_closing_only_so_far(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    first = version_of(proposal).deadline
    for number in range(5):
        time.move(to=version_of(proposal).deadline - timedelta(hours=25))
        words = Wording("Should the committee have 9 seats?", f"Nine seats. {number}")
        do(lambda words=words: actions.reword(proposal, words, because="x", by=by, via=Door.WEB))
    assert version_of(proposal).number == 6
    assert version_of(proposal).deadline - first <= timedelta(days=21)


def test_a_proposal_keeps_the_rules_it_opened_under(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    by = acting(ann, network)
    change = a_proposal(network, ann, decisions__frozen_hours=100)
    answered(change, network, AnswerKind.AGREE, ann)
    time.move(timedelta(days=3))
    open_before = a_proposal(network, ann)
    time.move(to=version_of(change).deadline)
    closing_actions.close_due()
    assert charters.rules_in_force(network.id).stored()["decisions.frozen_hours"] == 100
    do(lambda: actions.reword(open_before, OTHER, because="x", by=by, via=Door.WEB))
    again = Wording("Should the committee have 9 seats?", "Nine.")
    time.move(to=version_of(open_before).deadline - timedelta(hours=99))
    do(lambda: actions.reword(open_before, again, because="x", by=by, via=Door.WEB))
    time.move(to=version_of(open_before).deadline - timedelta(hours=23))
    refused("last 24 hours", lambda: actions.reword(open_before, OTHER, because="x", by=by, via=Door.WEB))


def test_the_author_gives_more_time_with_a_reason_within_the_rules(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    before = version_of(proposal).deadline

    def more(day: date, by: Actor = by) -> None:
        actions.extend(proposal, day, reason="Easter.", by=by, via=Door.WEB)

    refused("working day", lambda: more(date(2015, 4, 25)))
    refused("later day", lambda: more(before.date()))
    refused("no day after", lambda: more(before.date() + timedelta(days=60)))
    refused(None, lambda: more(date(2015, 4, 22), acting(bob, network)), NotAllowed)
    do(lambda: more(date(2015, 4, 22)))
    assert version_of(proposal).deadline.date() == date(2015, 4, 22)


def test_where_the_rules_say_never_nobody_gives_more_time() -> None:
    network = a_network_with_rules(decisions__extend="never")
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    refused(
        "on the day that was set",
        lambda: actions.extend(
            proposal, date(2015, 4, 22), reason="x", by=acting(ann, network), via=Door.WEB
        ),
    )


def test_it_closes_early_only_where_the_rules_say_so_and_everybody_has_answered(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__close_early="all_answered")
    ann, bob = members(network, 2)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    answered(proposal, network, AnswerKind.AGREE, ann)

    def close() -> None:
        actions.close_early(proposal, reason="All said.", by=by, via=Door.WEB)

    refused("1 person", close)
    answered(proposal, network, AnswerKind.NO_VIEW, bob)
    time.move(timedelta(minutes=1))
    refused("Say why", lambda: actions.close_early(proposal, reason="", by=by, via=Door.WEB))
    do(close)
    with pytest.raises(TooLate), transaction():
        answers_actions.answer(version_of(proposal).id, AnswerInput(AnswerKind.NO_VIEW), by=by, via=Door.WEB)
    assert closing_actions.close_due() == 1
    assert [each.outcome for each in decisions()] == [Outcome.CONSENSUS]


def test_by_the_usual_rules_nothing_closes_early(network: Network) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    refused(
        "nothing closes before",
        lambda: actions.close_early(proposal, reason="x", by=acting(ann, network), via=Door.WEB),
    )


def test_a_proposal_that_others_have_answered_is_not_taken_back_if_the_rules_say_so() -> None:
    network = a_network_with_rules(decisions__take_back="unanswered")
    ann, bob = members(network, 2)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    answered(proposal, network, AnswerKind.AGREE, ann)
    answered(proposal, network, AnswerKind.AGREE, bob)
    refused("Somebody has answered", lambda: actions.withdraw(proposal, "x", by=by, via=Door.WEB))
    other = a_proposal(network, ann)
    answered(other, network, AnswerKind.AGREE, ann)
    do(lambda: actions.withdraw(other, "x", by=by, via=Door.WEB))
    assert version_of(other).outcome is Outcome.WITHDRAWN


# --- a Stop


def test_a_stop_rests_on_one_of_the_principles(network: Network) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    for wrong in ("", "I just do not like it."):
        with pytest.raises(RuleBroken, match="rests on"):
            answered(proposal, network, AnswerKind.BLOCK, ann, principle=wrong)
    answered(proposal, network, AnswerKind.BLOCK, ann)
    answer = answers([version_of(proposal).id])[version_of(proposal).id].first[0].answer
    assert answer.principle == network.purpose


def test_only_organisations_stop_where_the_rules_say_so() -> None:
    network = a_network_with_rules(decisions__who_may_stop="organisations")
    ann, bob = members(network, 2)
    an_organisation(network, "Acme", spoken_for_by=bob)
    proposal = a_proposal(network, ann)
    with pytest.raises(RuleBroken, match="only organisations"):
        answered(proposal, network, AnswerKind.BLOCK, ann)


# --- suggested words


def test_suggested_words_are_taken_and_everybody_is_asked_again(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, bob)
    suggestion = _suggested(proposal, network, bob)
    do(lambda: suggestions.accept(suggestion, by=acting(ann, network), via=Door.WEB))
    newest = version_of(proposal)
    assert (newest.number, newest.because) == (2, "Continuity.")
    assert INSTEAD in newest.text
    assert PASSAGE not in newest.text
    assert tally_of(proposal)["agree"] == 0
    assert suggestions_to(proposal.id)[0].state is SuggestionState.ACCEPTED


def test_a_suggestion_for_words_that_are_still_there_stays_open(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    first = _suggested(proposal, network, bob)
    second = do(
        lambda: suggestions.suggest(
            proposal, "Nine seats", "Eleven seats", "More.", by=acting(bob, network), via=Door.WEB
        )
    )
    do(lambda: suggestions.accept(first, by=acting(ann, network), via=Door.WEB))
    assert second.version_id == version_of(proposal).id
    do(lambda: suggestions.accept(second, by=acting(ann, network), via=Door.WEB))
    assert "Eleven seats" in version_of(proposal).text


@pytest.mark.parametrize(
    ("passage", "instead", "words"),
    [
        ("   ", "x", "Copy the passage"),
        ("Ten seats", "x", "not in the text"),
        ("e", "x", "more than once"),
        (PASSAGE, PASSAGE, "the same text"),
        ("Nine seats, **one each year** up again.", "", "Nothing would be left"),
    ],
)
def test_some_suggestions_are_refused(network: Network, passage: str, instead: str, words: str) -> None:
    ann = a_member(network)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    refused(words, lambda: suggestions.suggest(proposal, passage, instead, "x", by=by, via=Door.WEB))


def test_a_suggestion_is_answered_once_by_the_proposer_and_with_a_word(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    suggestion = _suggested(proposal, network, bob)
    by, not_by = acting(ann, network), acting(bob, network)
    refused(None, lambda: suggestions.reject(suggestion, "x", by=not_by, via=Door.WEB), NotAllowed)
    refused("Say why not", lambda: suggestions.reject(suggestion, " ", by=by, via=Door.WEB))
    do(lambda: suggestions.reject(suggestion, "One is enough.", by=by, via=Door.WEB))
    refused("answered already", lambda: suggestions.accept(suggestion, by=by, via=Door.WEB))
    refused("answered already", lambda: suggestions.take_back(suggestion, by=not_by))


def test_only_who_suggested_takes_it_back(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    suggestion = _suggested(proposal, network, bob)
    refused(
        "Only the member who suggested",
        lambda: suggestions.take_back(suggestion, by=acting(ann, network)),
        NotAllowed,
    )
    do(lambda: suggestions.take_back(suggestion, by=acting(bob, network)))
    assert list(suggestions_to(proposal.id)) == []


def test_a_flood_of_suggestions_is_slowed(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    for number in range(suggestions.MOST_OPEN):
        _suggested(proposal, network, bob, instead=f"{number}")
    refused(
        "a lot here already",
        lambda: suggestions.suggest(proposal, PASSAGE, "x", "y", by=acting(bob, network), via=Door.WEB),
    )


def _suggested(proposal: Proposal, network: Network, person: Any, instead: str = INSTEAD) -> Any:
    by = acting(person, network)
    return do(lambda: suggestions.suggest(proposal, PASSAGE, instead, "Continuity.", by=by, via=Door.WEB))


# --- interests


def test_an_interest_uncounts_the_answer_given_before_and_after(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal, by = a_proposal(network, ann), acting(bob, network)
    answered(proposal, network, AnswerKind.AGREE, bob)
    do(lambda: interests.declare(proposal, "My firm sells chairs.", by=by, via=Door.WEB))
    assert tally_of(proposal)["agree"] == 0
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob)
    assert tally_of(proposal)["stand-aside"] == 0
    refused("already", lambda: interests.declare(proposal, "Again.", by=by, via=Door.WEB))
    do(lambda: interests.end(proposal, by=by, via=Door.WEB))
    answered(proposal, network, AnswerKind.AGREE, bob)
    assert tally_of(proposal)["agree"] == 1
    refused("not declared", lambda: interests.end(proposal, by=by, via=Door.WEB))


def test_an_interest_says_what_it_is(network: Network) -> None:
    ann = a_member(network)
    proposal, by = a_proposal(network, ann), acting(ann, network)
    refused("what your interest is", lambda: interests.declare(proposal, "  ", by=by, via=Door.WEB))


# --- entered for somebody


def test_an_answer_by_telephone_is_entered_and_corrected_by_whose_it_is(network: Network) -> None:
    ann, bob = members(network, 2)
    sam = a_steering_member(network)
    proposal = a_proposal(network, ann)
    version_id = version_of(proposal).id
    entry = queries.entries_for(version_id, acting(bob, network))[0]
    enter = _entering(version_id, entry.id, acting(sam, network))
    do(lambda: enter(AnswerInput(AnswerKind.STAND_ASIDE, "Too many.")))
    answer = queries.answer_of(entry.id)
    assert answer is not None
    assert (answer.cast_by_id, answer.entered_by_id, answer.door) == (bob.id, sam.id, Door.PHONE)
    assert tally_of(proposal)["stand-aside"] == 1
    do(lambda: enter(AnswerInput(AnswerKind.RESERVATIONS, "Too many, but well.")))
    answered(proposal, network, AnswerKind.AGREE, bob)
    assert tally_of(proposal) == {"agree": 1, "reservations": 0, "stand-aside": 0, "block": 0, "no-view": 0}
    assert db.session.scalar(select(func.count()).select_from(PastAnswer)) == 2
    refused("answered themselves", lambda: enter(AnswerInput(AnswerKind.BLOCK, "x", "y", network.purpose)))


def test_some_answers_cannot_be_entered_for_others(network: Network) -> None:
    ann, bob = members(network, 2)
    sam = a_steering_member(network)
    proposal, other = a_proposal(network, ann), a_proposal(network, ann)
    version_id = version_of(proposal).id
    steering = acting(sam, network)
    bobs = queries.entries_for(version_id, acting(bob, network))[0]
    elsewhere_entry = queries.entries_for(version_of(other).id, acting(bob, network))[0]
    yes = AnswerInput(AnswerKind.AGREE)
    refused("were not among", lambda: _entering(version_id, elsewhere_entry.id, steering)(yes))
    refused("were not among", lambda: _entering(version_id, 99_999, steering)(yes))
    refused("how the answer came", lambda: _entering(version_id, bobs.id, steering, Door.WORKER)(yes))
    refused(
        "rests on", lambda: _entering(version_id, bobs.id, steering)(AnswerInput(AnswerKind.BLOCK, "x", "y"))
    )
    refused(None, lambda: _entering(version_id, bobs.id, acting(ann, network))(yes), NotAllowed)
    mine = queries.entries_for(version_id, steering)
    for entry in mine:
        refused("own answer", lambda entry=entry: _entering(version_id, entry.id, steering)(yes))


def test_nobody_s_answer_is_entered_twice_for_two_parties(network: Network) -> None:
    bob = a_member(network)
    acme = an_organisation(network, "Acme", spoken_for_by=bob)
    sam = a_steering_member(network)
    proposal = a_proposal(network, bob)
    version_id = version_of(proposal).id
    mine = {each.organisation_id: each for each in queries.entries_for(version_id, acting(bob, network))}
    do(lambda: _entering(version_id, mine[None].id, acting(sam, network))(AnswerInput(AnswerKind.AGREE)))
    refused(
        "nobody can answer twice",
        lambda: _entering(version_id, mine[acme.id].id, acting(sam, network))(AnswerInput(AnswerKind.AGREE)),
    )


def _entering(
    version_id: int, entry_id: int, by: Any, how: Door = Door.PHONE
) -> Callable[[AnswerInput], Any]:
    return lambda given: answers_entry.enter(version_id, entry_id, given, how=how, by=by, via=Door.WEB)


# --- decided elsewhere


def test_people_who_were_there_correct_the_answer_entered_for_them(network: Network) -> None:
    bob, sam = a_member(network), a_steering_member(network)
    proposal = taken(network, sam)
    version_id = version_of(proposal).id
    entry = queries.entries_for(version_id, acting(bob, network))[0]
    refused(
        "can object",
        lambda: answers_actions.answer(
            version_id, AnswerInput(AnswerKind.AGREE), by=acting(bob, network), via=Door.WEB
        ),
    )
    do(
        lambda: _entering(version_id, entry.id, acting(sam, network), Door.MEETING)(
            AnswerInput(AnswerKind.AGREE)
        )
    )
    do(
        lambda: answers_actions.answer(
            version_id, AnswerInput(AnswerKind.NO_VIEW), by=acting(bob, network), via=Door.WEB
        )
    )
    answer = queries.answer_of(entry.id)
    assert answer is not None
    assert (answer.kind, answer.entered_by_id) == (AnswerKind.NO_VIEW, None)


def test_a_slip_is_taken_back_before_anybody_is_notified(network: Network, time: MovedClock) -> None:
    sam = a_steering_member(network)
    proposal = taken(network, sam)
    time.move(timedelta(minutes=9))
    do(lambda: offsite.take_back(proposal, "Wrong meeting.", by=acting(sam, network), via=Door.WEB))
    time.move(timedelta(minutes=9))
    assert offsite.tell_due() == 0


# --- the day from which new rules hold, and trials


def test_new_rules_hold_from_the_day_that_was_decided(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    day = date(2015, 6, 1)
    words = Wording("Nine days?", "Nine.", {"decisions.minimum_days_open": 9}, More(in_force_on=day))
    proposal = _proposed(network, ann, words)
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(to=version_of(proposal).deadline)
    closing_actions.close_due()
    assert charters.rules_in_force(network.id).number == 1
    assert db.session.scalars(select(PendingEffect.on)).all() == [day]
    db.session.rollback()
    assert effects.apply_due() == 0
    time.move(timedelta(days=90))
    assert [effects.apply_due(), effects.apply_due()] == [1, 0]
    assert charters.rules_in_force(network.id).stored()["decisions.minimum_days_open"] == 9
    assert charters.latest_version(network.id).adopted_by == f"decision:{decisions()[0].id}"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (More(in_force_on=date(2015, 6, 1)), "Only a change of our rules"),
        (More(trial_until=date(2015, 1, 1), trial_signs="x"), "ends after it has begun"),
        (More(trial_until=date(2015, 9, 1)), "how we shall know"),
        (More(trial_signs="x"), "how we shall know"),
    ],
)
def test_days_that_make_no_sense(network: Network, more: More, words: str) -> None:
    ann = a_member(network)
    refused(words, lambda: _propose(network, ann, Wording("So?", "So.", {}, more), "statement"))


def test_the_parts_beside_the_text_never_change(network: Network) -> None:
    ann = a_member(network)
    more = More(
        considered="Ten.", sources="A book.", trial_until=date(2015, 9, 1), trial_signs="People come."
    )
    proposal = do(lambda: _propose(network, ann, Wording("So?", "So.", {}, more), "statement"))
    version: ProposalVersion = version_of(proposal)
    assert (version.considered, version.trial_until) == ("Ten.", date(2015, 9, 1))
    with pytest.raises(Exception, match="never changes"), transaction():
        db.session.execute(db.update(ProposalVersion).values(sources="Another."))


def _propose(network: Network, person: Any, words: Wording, matter: str) -> Proposal:
    return actions.propose(network, words, Ask(matter), by=acting(person, network), via=Door.WEB)


def _proposed(network: Network, person: Any, words: Wording) -> Proposal:
    return do(lambda: _propose(network, person, words, "charter"))


def test_her_suggestions_and_interests_are_hers_to_have_and_are_erased_with_her(
    network: Network,
) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    _suggested(proposal, network, bob)
    do(lambda: interests.declare(proposal, "My firm.", by=acting(bob, network), via=Door.WEB))
    held = everything_held(bob.id)["decisions"]
    assert [each["why"] for each in held["suggested_words"]] == ["Continuity."]
    assert [each["text"] for each in held["interests"]] == ["My firm."]
    erase(bob.id)
    assert suggestions_to(proposal.id)[0].why == ""
    assert interests.interests_in(proposal.id)[0].text == ""
