"""Looking at decisions again: petitions, days of review, and trials that end by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from govnet.accounts.export import everything_held
from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.closing import petitions, reviews
from govnet.decisions.models import Decision, Proposal, ProposalVersion
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.opening import Ask, More, Wording
from govnet.decisions.register import queries
from govnet.decisions.register.models import ReviewReminder, ReviewRequest, Reviews
from govnet.decisions.rules.in_force import DecisionState, state_of
from govnet.decisions.rules.outcome import AnswerKind, Outcome
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock, today
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Person
from govnet.record.queries import details, entries_about
from tests.at_once import at_once
from tests.builders import a_member, a_network, a_person, a_steering_member, acting, an_organisation
from tests.chain import faults_of
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    decisions,
    members,
    one_transaction,
    version_of,
)
from tests.decisions.mails import names_of, subjects, told
from tests.erased import erase

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def network() -> Network:
    return a_network_with_rules(decisions__review_members=3)


def decided(
    time: MovedClock, network: Network, by: Person, *, kind: AnswerKind = AnswerKind.AGREE, **asked: object
) -> Decision:
    """A decision of everybody, made in eight days."""
    proposal = a_proposal(network, by, **asked)  # type: ignore[arg-type]
    answered(proposal, network, kind, by)
    return closed(time, proposal)


def closed(time: MovedClock, proposal: Proposal) -> Decision:
    """The result of a proposal at its deadline."""
    time.move(to=version_of(proposal).deadline)
    db.session.rollback()
    closing_actions.close_due()
    db.session.rollback()
    query = db.select(Decision).where(Decision.proposal_id == proposal.id)
    return db.session.scalars(query).one()


def asks(decision: Decision, network: Network, *people: Person, reason: str = "") -> None:
    """Each of the people asks for a review."""
    for person in people:
        with transaction():
            petitions.ask(decision.id, reason, by=acting(person, network), via=Door.WEB)


def state(decision: Decision, network: Network) -> DecisionState:
    """Its state today."""
    db.session.rollback()
    return state_of(queries.whole(decision.id), today(network.zone))


def reviewing(decision: Decision) -> list[ProposalVersion]:
    """The proposals that look at it again, newest first."""
    return [version for _row, version in petitions.reviews_of(decision.id)]


def test_enough_members_open_a_proposal_of_the_first_who_asked(network: Network, time: MovedClock) -> None:
    ann, bob, cat, dan = members(network, 4)
    decision = decided(time, network, ann)
    asks(decision, network, bob, cat)
    assert reviewing(decision) == []
    asks(decision, network, dan)
    (version,) = reviewing(decision)
    assert version.question == f"Should decision {decision.number} be taken back?"
    assert version.proposal.author_id == bob.id
    assert version.proposal.matter == "statement"
    assert version.roll_size == 4
    days = charters.rules_in_force(network.id)[p.MINIMUM_DAYS_OPEN]
    assert timedelta(days=days) <= version.deadline - version.opened_at < timedelta(days=days + 4)
    assert db.session.get_one(Reviews, version.proposal_id).requests == 3


def test_taken_back_a_decision_holds_no_longer_and_the_two_are_linked(
    network: Network, time: MovedClock
) -> None:
    ann, bob, cat, dan = members(network, 4)
    decision = decided(time, network, ann)
    asks(decision, network, bob, cat, dan)
    version = reviewing(decision)[0]
    proposal = db.session.get_one(Proposal, version.proposal_id)
    answered(proposal, network, AnswerKind.AGREE, bob)
    later = closed(time, proposal)
    assert later.supersedes_id == decision.id
    assert state(decision, network) is DecisionState.REPLACED
    assert decision.id not in [each.id for each in queries.in_force(network.id)]


def test_not_taken_back_it_stays_and_others_can_ask_again_from_nothing(
    network: Network, time: MovedClock
) -> None:
    ann, *others = members(network, 8)
    decision = decided(time, network, ann)
    asks(decision, network, *others[:3])
    version = reviewing(decision)[0]
    proposal = db.session.get_one(Proposal, version.proposal_id)
    answered(proposal, network, AnswerKind.BLOCK, ann)
    assert closed(time, proposal).outcome is Outcome.BLOCKED
    assert state(decision, network) is DecisionState.IN_FORCE
    time.move(timedelta(days=1))
    asks(decision, network, *others[3:5])
    assert len(reviewing(decision)) == 1
    asks(decision, network, others[5])
    assert len(reviewing(decision)) == 2


def test_taking_back_a_change_of_rules_brings_the_former_rules_back(
    network: Network, time: MovedClock
) -> None:
    people = members(network, 4)
    decision = decided(time, network, people[0], committee__seats=11, committee__term_months=12)
    with_another = decided(time, network, people[0], committee__term_months=36)
    assert with_another.outcome.adopted
    asks(decision, network, *people[1:])
    version = reviewing(decision)[0]
    proposal = db.session.get_one(Proposal, version.proposal_id)
    answered(proposal, network, AnswerKind.AGREE, people[1])
    assert closed(time, proposal).outcome.adopted
    rules = charters.rules_in_force(network.id)
    assert rules[p.SEATS] == 9
    assert rules[p.TERM_MONTHS] == 36  # a later decision set it, and that one stands


def refused(act: Callable[[], object]) -> str:
    """The words with which it is refused."""
    with pytest.raises((RuleBroken, NotAllowed)) as error, transaction():
        act()
    return str(error.value)


def asking(decision: Decision, network: Network, person: Person) -> Callable[[], object]:
    """To try it."""
    return lambda: petitions.ask(decision.id, "", by=acting(person, network), via=Door.WEB)


def test_nobody_asks_twice(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    decision = decided(time, network, ann)
    asks(decision, network, bob)
    assert "You have already asked for this." in refused(asking(decision, network, bob))
    assert db.session.query(ReviewRequest).count() == 1


def test_a_stranger_does_not_ask(network: Network, time: MovedClock) -> None:
    decision = decided(time, network, a_member(network))
    assert "Only members can ask" in refused(asking(decision, network, a_person()))


def test_a_refused_proposal_cannot_be_taken_back(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    decision = decided(time, network, ann, kind=AnswerKind.BLOCK)
    assert "was not agreed, so there is nothing to take back" in refused(asking(decision, network, bob))


def test_a_replaced_decision_is_not_reviewed(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    decision = decided(time, network, ann)
    with one_transaction():
        ask = Ask("statement", replaces_id=decision.id)
        newer = actions.propose(
            db.session.merge(network),
            Wording("And now?", "This."),
            ask,
            by=acting(ann, network),
            via=Door.WEB,
        )
    answered(newer, network, AnswerKind.AGREE, ann)
    later = closed(time, newer)
    assert f"was replaced by {later.number}" in refused(asking(decision, network, bob))


def test_while_it_is_looked_at_nobody_asks_for_that_again(network: Network, time: MovedClock) -> None:
    people = members(network, 5)
    decision = decided(time, network, people[0])
    asks(decision, network, *people[1:4])
    assert "is already being looked at again" in refused(asking(decision, network, people[4]))


def test_a_proposal_that_many_asked_for_is_not_taken_back_or_reworded_by_one(
    network: Network, time: MovedClock
) -> None:
    people = members(network, 4)
    decision = decided(time, network, people[0])
    asks(decision, network, *people[1:])
    proposal = reviewing(decision)[0].proposal
    first = acting(people[1], network)
    withdrawn = refused(lambda: actions.withdraw(proposal, "No.", by=first, via=Door.WEB))
    reworded = refused(
        lambda: actions.reword(proposal, Wording("A", "B"), because="C", by=first, via=Door.WEB)
    )
    assert withdrawn == reworded
    assert withdrawn.startswith("3 members asked for this")


def test_former_members_are_not_counted(network: Network, time: MovedClock) -> None:
    ann, bob, cat, dan, eve = members(network, 5)
    decision = decided(time, network, ann)
    asks(decision, network, bob, cat)
    with transaction():
        row = db.session.query(Membership).filter_by(person_id=bob.id).one()
        row.state, row.end = MembershipState.RESIGNED, today(network.zone)
    asks(decision, network, dan)
    assert reviewing(decision) == []
    asks(decision, network, eve)
    assert reviewing(decision)[0].proposal.author_id == cat.id


def test_people_who_speak_for_an_organisation_ask_once(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    decision = decided(time, network, ann)
    an_organisation(network, "Involve", spoken_for_by=bob)
    speaker = a_person("Only a speaker")
    an_organisation(network, "Sunlight", spoken_for_by=speaker)
    asks(decision, network, bob, speaker)
    found = petitions.petition(queries.whole(decision.id), acting(bob, network))
    assert [each.person.name for each in found.requests] == [bob.name, speaker.name]
    assert found.asked_before


def test_the_last_two_who_ask_at_the_same_moment_open_one_proposal(
    app: Flask, network: Network, time: MovedClock
) -> None:
    ann, bob, cat, dan = members(network, 4)
    decision_id = decided(time, network, ann).id
    asks(queries.whole(decision_id), network, bob)
    actors = [acting(each, network) for each in (cat, dan)]
    db.session.remove()

    def one(actor: object) -> Callable[[], object]:
        def act() -> None:
            with transaction():
                petitions.ask(decision_id, "", by=actor, via=Door.WEB)  # type: ignore[arg-type]

        return act

    assert [each for each in at_once(app, *map(one, actors)) if each is not None] == []
    assert len(petitions.reviews_of(decision_id)) == 1


def test_a_proposal_that_opened_by_itself_is_recorded_as_the_rules_act_and_announced(
    network: Network, time: MovedClock
) -> None:
    people = members(network, 4)
    decision = decided(time, network, people[0])
    asks(decision, network, *people[1:], reason="It did not work.")
    proposal_id = reviewing(decision)[0].proposal_id
    (entry,) = entries_about(network.id, f"proposal:{proposal_id}")
    said = details(entry)
    assert (said["verb"], said["actor_id"], said["authority"]) == ("decisions.review_opened", None, "rules")
    assert said["asked"] == 3
    asked = [
        e for e in entries_about(network.id, f"decision:{decision.id}") if e.verb.endswith("review_asked")
    ]
    assert len(asked) == 3
    assert "It did not work." not in "".join(str(details(each)) for each in asked)
    told()
    subject = f"Should decision {decision.number} be taken back?"
    assert len(names_of(subject)) == 4
    assert faults_of(network.id) == []


def test_a_reason_is_in_the_export_and_goes_when_she_removes_her_name(
    network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    decision = decided(time, network, ann)
    asks(decision, network, bob, reason="It hurts the small ones.")
    assert (
        everything_held(bob.id)["decisions"]["reviews_asked_for"][0]["reason"] == "It hurts the small ones."
    )
    erase(bob.id)
    assert [each.reason for each in db.session.query(ReviewRequest)] == [""]


@pytest.mark.parametrize("column", ["reason", "person_id"])
def test_the_database_refuses_to_change_who_asked_and_why(
    network: Network, time: MovedClock, column: str
) -> None:
    ann, bob = members(network, 2)
    asks(decided(time, network, ann), network, bob)
    value = "'Another reason'" if column == "reason" else str(ann.id)
    with pytest.raises(Exception, match="who asked for a review has asked for it"), transaction():
        db.session.execute(db.text(f"UPDATE review_request SET {column} = {value}"))


# --- days of review


def on_review(
    time: MovedClock, network: Network, by: Person, day: date, trial: date | None = None, **changes: object
) -> Decision:
    """A decision to be looked at again from a day, or on trial until one."""
    more = More(trial_until=trial, trial_signs="Fewer mails go out." if trial else "")
    rules = {key.replace("__", "."): value for key, value in changes.items()}
    with one_transaction():
        proposal = actions.propose(
            db.session.merge(network),
            Wording("Should the committee have 9 seats?", "Nine seats.", rules, more),
            Ask("charter" if changes else "statement", review_on=day),
            by=acting(by, network),
            via=Door.WEB,
        )
    answered(proposal, network, AnswerKind.AGREE, by)
    return closed(time, proposal)


def days_pass(time: MovedClock, days: int) -> None:
    time.move(timedelta(days=days))
    db.session.rollback()
    reviews.remind_due()
    db.session.rollback()


def verbs(decision: Decision, network: Network) -> list[str]:
    """The record's entries about it since it was decided."""
    found = entries_about(network.id, f"decision:{decision.id}")
    return [each.verb.removeprefix("decisions.") for each in found if "decided" not in each.verb]


def test_on_its_day_the_proposer_and_the_committee_are_reminded_once(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network, "Ann")
    sam, other = a_steering_member(network), a_member(network, "Oda")
    decision = on_review(time, network, ann, date(2015, 5, 20))
    reviews.remind_due()
    assert verbs(decision, network) == []
    days_pass(time, 60)
    days_pass(time, 1)
    assert verbs(decision, network) == ["review_due"]
    told()
    subject = next(each for each in subjects() if each.startswith("Look at decision"))
    assert set(names_of(subject)) == {ann.name, sam.name}
    assert other.name not in names_of(subject)


def test_a_decision_replaced_before_its_day_reminds_nobody(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    decision = on_review(time, network, ann, date(2015, 5, 20))
    with one_transaction():
        ask = Ask("statement", replaces_id=decision.id)
        newer = actions.propose(
            db.session.merge(network),
            Wording("And now?", "This."),
            ask,
            by=acting(ann, network),
            via=Door.WEB,
        )
    answered(newer, network, AnswerKind.AGREE, ann)
    closed(time, newer)
    days_pass(time, 60)
    assert verbs(decision, network) == []
    assert db.session.query(ReviewReminder).count() == 0


# --- trials


TRIAL = date(2015, 9, 1)


def test_a_trial_ends_at_midnight_of_its_day_before_anybody_notices(
    network: Network, time: MovedClock
) -> None:
    decision = on_review(time, network, a_member(network), TRIAL, TRIAL)
    assert decision.trial_until == TRIAL
    assert state(decision, network) is DecisionState.IN_FORCE
    time.move(to=datetime(2015, 8, 31, 22, 59, tzinfo=UTC))
    assert state(decision, network) is DecisionState.IN_FORCE
    time.move(timedelta(minutes=1))
    assert state(decision, network) is DecisionState.ENDED
    assert decision.id not in [each.id for each in queries.in_force(network.id)]


def test_four_weeks_before_its_end_people_are_reminded_and_then_it_ends_once(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network, "Ann")
    decision = on_review(time, network, ann, TRIAL, TRIAL)
    days_pass(time, 90)
    assert verbs(decision, network) == []
    days_pass(time, 16)
    assert verbs(decision, network) == ["trial_ending"]
    told()
    days_pass(time, 40)
    days_pass(time, 1)
    assert verbs(decision, network) == ["trial_ending", "trial_ended"]
    told()
    assert [each for each in subjects() if "trial" in each] == [
        f"Its trial ends on Tue 1 Sep 2015: {decision.question}",
        f"Its trial has ended: {decision.question}",
    ]


def test_rules_on_trial_return_to_what_they_were_but_for_those_changed_since(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network)
    decision = on_review(time, network, ann, TRIAL, TRIAL, committee__seats=11, committee__term_months=12)
    decided(time, network, ann, committee__term_months=36)
    days_pass(time, 150)
    rules = charters.rules_in_force(network.id)
    assert (rules[p.SEATS], rules[p.TERM_MONTHS]) == (9, 36)
    ended = [
        e for e in entries_about(network.id, f"decision:{decision.id}") if e.verb.endswith("trial_ended")
    ]
    assert details(ended[0])["returned"] == ["committee.seats"]
    changed = queries.changes_of_rules(queries.decision(network.id, decision.number))
    assert changed is not None
    assert [(each.old, each.new) for each in changed[1]] == [(9, 11), (24, 12)]
    assert faults_of(network.id) == []


def confirming(network: Network, decision: Decision, by: Person) -> Proposal:
    """Somebody proposes to keep it for good."""
    with one_transaction():
        words = Wording("Should it stay for good?", "It works.")
        ask = Ask(decision.matter, replaces_id=decision.id)
        made = actions.propose(db.session.merge(network), words, ask, by=acting(by, network), via=Door.WEB)
    answered(made, network, AnswerKind.AGREE, by)
    return made


def test_confirmed_in_time_rules_on_trial_stay(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    decision = on_review(time, network, ann, TRIAL, TRIAL, committee__seats=11)
    closed(time, confirming(network, decision, ann))
    days_pass(time, 200)
    assert state(decision, network) is DecisionState.REPLACED
    assert charters.rules_in_force(network.id)[p.SEATS] == 11
    assert "trial_ended" not in verbs(decision, network)


def test_confirmed_too_late_rules_on_trial_come_back(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    decision = on_review(time, network, ann, TRIAL, TRIAL, committee__seats=11)
    time.move(to=datetime(2015, 8, 28, 9, 0, tzinfo=UTC))
    proposal = confirming(network, decision, ann)
    days_pass(time, 5)
    assert charters.rules_in_force(network.id)[p.SEATS] == 9
    closed(time, proposal)
    assert charters.rules_in_force(network.id)[p.SEATS] == 11
    assert state(decision, network) is DecisionState.REPLACED


def test_only_a_trial_of_rules_is_confirmed_without_naming_rules(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    decision = decided(time, network, ann, committee__seats=11)
    with pytest.raises(RuleBroken, match="Choose at least one of our rules to change"):
        confirming(network, decision, ann)


def test_an_ended_trial_cannot_be_asked_about(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    decision = on_review(time, network, ann, TRIAL, TRIAL)
    days_pass(time, 200)
    assert "was on trial and ended on Tue 1 Sep 2015" in refused(asking(decision, network, bob))


def test_another_network_is_not_reached_by_a_trial(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    decision = on_review(time, network, ann, TRIAL, TRIAL, committee__seats=11)
    other = a_network("scotland")
    assert not queries.confirms(other.id, decision.id, today(other.zone))
    assert queries.confirms(network.id, decision.id, today(network.zone))
    assert len(decisions()) == 1
