"""Asking, answering and what becomes of it, on rows that constraints guard."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from govnet.accounts.export import everything_held
from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions as answers_actions
from govnet.decisions.answers.actions import AnswerInput, TooLate
from govnet.decisions.answers.queries import answers
from govnet.decisions.closing import actions as closing_actions
from govnet.decisions.closing import notes as closing_notes
from govnet.decisions.models import Answer, PastAnswer, ProposalVersion, RollEntry
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.proposals import actions, interests
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.opening import Wording
from govnet.decisions.register import queries as register_queries
from govnet.decisions.register.models import NoteKind
from govnet.decisions.rules.outcome import AnswerKind, Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.record.models import Entry
from tests.builders import (
    a_coordinator,
    a_member,
    a_person,
    a_steering_member,
    acting,
    an_organisation,
)
from tests.chain import faults_of
from tests.decisions.builders import (
    a_network_with_rules,
    a_proposal,
    answered,
    closed_all,
    decisions,
    members,
    taken,
    tally_of,
    version_of,
)
from tests.erased import erase

pytestmark = pytest.mark.usefixtures("context")


def deadline_passes(time: MovedClock, proposal: object) -> None:
    time.move(to=version_of(proposal).deadline)  # type: ignore[arg-type]
    closed_all()


def verbs() -> list[str]:
    return list(db.session.scalars(db.select(Entry.verb).order_by(Entry.id)))


# --- asking


def test_people_who_were_members_at_the_opening_are_asked_and_their_number_is_kept(network: Network) -> None:
    ann, *_others = members(network, 3)
    proposal = a_proposal(network, ann)
    a_member(network)
    assert version_of(proposal).roll_size == 3
    assert db.session.query(RollEntry).count() == 3


def test_observers_and_those_who_have_not_confirmed_are_not_asked(network: Network) -> None:
    ann, a_watcher = members(network, 2)
    with transaction():
        db.session.query(Membership).filter_by(person_id=a_watcher.id).update(
            {"kind": MembershipKind.OBSERVER}
        )
    a_member(network, state=MembershipState.FOUND, confirmed_at=None)
    assert version_of(a_proposal(network, ann)).roll_size == 1


def test_where_only_organisations_count_people_are_asked_but_not_counted() -> None:
    network = a_network_with_rules(decisions__voice="organisations")
    ann = a_member(network)
    an_organisation(network, "Involve", spoken_for_by=ann)
    proposal = a_proposal(network, ann)
    assert version_of(proposal).roll_size == 1
    assert db.session.query(RollEntry).count() == 2


def test_on_the_committee_s_own_business_only_the_committee_is_asked(network: Network) -> None:
    ann, sam = a_member(network), a_steering_member(network)
    proposal = a_proposal(network, ann, matter="committee")
    answered(proposal, network, AnswerKind.AGREE, sam)
    with pytest.raises(NotAllowed, match="not among those who could answer"):
        answered(proposal, network, AnswerKind.AGREE, ann)


def test_nothing_is_asked_when_nobody_could_answer() -> None:
    network = a_network_with_rules(matters__money_body="committee")
    ann = a_member(network)
    with pytest.raises(RuleBroken, match="Nobody could answer"):
        a_proposal(network, ann, matter="money")


def test_with_nobody_in_office_all_members_decide_on_the_committee_and_any_of_them_asks() -> None:
    network = a_network_with_rules(decisions__who_may_propose="committee")
    proposal = a_proposal(network, a_member(network), matter="committee")
    assert proposal.body == "all"


def test_a_visitor_and_somebody_who_never_joined_cannot_propose(network: Network) -> None:
    with pytest.raises(NotAllowed):
        a_proposal(network, a_person())


def test_a_member_reads_it_where_only_the_committee_may_propose() -> None:
    network = a_network_with_rules(decisions__who_may_propose="committee")
    ann, sam = a_member(network), a_steering_member(network)
    with pytest.raises(NotAllowed, match="only the committee"):
        a_proposal(network, ann)
    assert a_proposal(network, sam).id


@pytest.mark.parametrize("day", [date(2015, 4, 19), date(2015, 4, 15), date(2016, 1, 4)])
def test_a_closing_day_that_the_charter_forbids_is_refused(network: Network, day: date) -> None:
    ann = a_member(network)
    with pytest.raises(RuleBroken) as caught:
        a_proposal(network, ann, closes=day)
    assert caught.value.field == "closes"


def test_a_change_of_the_rules_that_changes_nothing_is_refused(network: Network) -> None:
    ann = a_member(network)
    with pytest.raises(RuleBroken, match="already say this"):
        a_proposal(network, ann, decisions__closing_hour=18)


# --- answering


def test_members_answer_and_change_their_answer_until_the_deadline(
    network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    time.move(timedelta(days=2))
    answered(proposal, network, AnswerKind.RESERVATIONS, bob, reason="Too many.")
    assert tally_of(proposal)["reservations"] == 1
    assert tally_of(proposal)["block"] == 0
    (past,) = db.session.query(PastAnswer)
    assert past.kind is AnswerKind.BLOCK
    assert past.reason == "It leaves people out."


def test_an_answer_in_the_last_second_is_counted(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    time.move(to=version_of(proposal).deadline - timedelta(seconds=1))
    answered(proposal, network, AnswerKind.AGREE, ann)
    time.move(timedelta(seconds=1))
    closing_actions.close_due()
    assert decisions()[0].outcome is Outcome.CONSENSUS


def test_an_answer_two_minutes_late_is_refused_even_before_anybody_closed(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    time.move(to=version_of(proposal).deadline + timedelta(minutes=2))
    with pytest.raises(TooLate, match=r"closed on Mon 20 Apr 2015, 18:00 BST, 2 minutes before your answer"):
        answered(proposal, network, AnswerKind.AGREE, ann)
    closing_actions.close_due()
    with pytest.raises(TooLate):
        answered(proposal, network, AnswerKind.AGREE, ann)
    assert tally_of(proposal)["agree"] == 0


def test_a_stop_without_a_reason_is_asked_for_one(network: Network) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    with pytest.raises(RuleBroken, match="Say why") as caught:
        answered(proposal, network, AnswerKind.BLOCK, ann, reason=" ")
    assert caught.value.field == "reason"


def test_one_human_answers_for_herself_or_for_her_organisation_never_for_both(network: Network) -> None:
    ann = a_member(network)
    an_organisation(network, "Involve", spoken_for_by=ann)
    proposal = a_proposal(network, ann)
    version_id, actor = version_of(proposal).id, acting(ann, network)
    mine, theirs = queries.entries_for(version_id, actor)
    with pytest.raises(RuleBroken, match="Choose for whom"):
        answered(proposal, network, AnswerKind.AGREE, ann)
    with transaction():
        answers_actions.answer(
            version_id, AnswerInput(AnswerKind.AGREE), by=actor, via=Door.WEB, entry_id=mine.id
        )
    with pytest.raises(RuleBroken, match="not both"), transaction():
        answers_actions.answer(
            version_id, AnswerInput(AnswerKind.AGREE), by=actor, via=Door.WEB, entry_id=theirs.id
        )
    with transaction():
        answers_actions.take_back(version_id, mine.id, by=actor, via=Door.WEB)
    with transaction():
        answers_actions.answer(
            version_id, AnswerInput(AnswerKind.STAND_ASIDE), by=actor, via=Door.WEB, entry_id=theirs.id
        )
    assert tally_of(proposal) == {"agree": 0, "reservations": 0, "stand-aside": 1, "block": 0, "no-view": 0}


def test_people_with_an_interest_are_shown_and_not_counted(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    with transaction():
        interests.declare(proposal, "I own the hall.", by=acting(bob, network), via=Door.WEB)
    answered(proposal, network, AnswerKind.AGREE, bob)
    assert tally_of(proposal)["agree"] == 0
    assert len(answers([version_of(proposal).id])[version_of(proposal).id].first) == 1


def test_the_coordinator_does_not_decide_on_the_mandate(network: Network) -> None:
    ann, cory = a_member(network), a_coordinator(network)
    proposal = a_proposal(network, ann, matter="mandate")
    answered(proposal, network, AnswerKind.AGREE, ann, cory)
    assert tally_of(proposal)["agree"] == 1


def test_people_who_left_stay_on_the_roll_and_are_shown_as_left(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, bob)
    with transaction():
        row = db.session.query(Membership).filter_by(person_id=bob.id).one()
        row.state, row.end = MembershipState.RESIGNED, date(2015, 4, 13)
    (shown,) = answers([version_of(proposal).id])[version_of(proposal).id].first
    assert shown.left
    assert version_of(proposal).roll_size == 2


def test_the_record_tells_that_somebody_answered_and_not_how(network: Network) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, ann)
    entry = db.session.query(Entry).filter_by(verb="decisions.answered").one()
    assert "block" not in entry.facts + str(entry.words)
    assert "leaves people out" not in entry.facts + str(entry.words)
    answer = db.session.query(Answer).one()
    assert json.loads(entry.facts)["digest"] == answers_actions.sealed(answer)


# --- closing


def test_at_the_deadline_it_is_decided_once_and_numbered(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    first, second = a_proposal(network, ann), a_proposal(network, ann)
    answered(first, network, AnswerKind.AGREE, ann)
    answered(first, network, AnswerKind.STAND_ASIDE, bob)
    deadline_passes(time, first)
    assert closing_actions.close_due() == 0
    assert [each.number for each in decisions()] == ["2015-01", "2015-02"]
    assert [each.outcome for each in decisions()] == [Outcome.STAND_ASIDES, Outcome.NOT_AGREED]
    assert json.loads(decisions()[0].tally)["stand-aside"] == 1
    assert verbs().count("decisions.decided") == 2
    assert version_of(second).outcome is Outcome.NOT_AGREED


def test_a_closed_proposal_stays_closed_when_the_clock_goes_back(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    deadline_passes(time, proposal)
    time.move(timedelta(days=-1))
    assert closing_actions.close_due() == 0
    with pytest.raises(TooLate):
        answered(proposal, network, AnswerKind.BLOCK, bob)
    time.move(timedelta(days=2))
    assert closing_actions.close_due() == 0
    assert [each.number for each in decisions()] == ["2015-01"]
    assert verbs().count("decisions.decided") == 1
    assert faults_of(network.id) == []


def test_nothing_closes_a_second_early(network: Network, time: MovedClock) -> None:
    proposal = a_proposal(network, a_member(network))
    time.move(to=version_of(proposal).deadline - timedelta(microseconds=1))
    assert closing_actions.close_due() == 0
    assert not closing_actions.close(version_of(proposal).id)


def test_numbers_start_again_in_the_year_of_the_network_s_own_midnight(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__closing_hour=0)
    ann = a_member(network)
    time.move(to=time.at.replace(year=2015, month=12, day=20))
    proposal = a_proposal(network, ann, closes=date(2016, 1, 1))
    earlier = a_proposal(network, ann, closes=date(2015, 12, 31))
    deadline_passes(time, earlier)
    deadline_passes(time, proposal)
    assert [each.number for each in decisions()] == ["2015-01", "2016-01"]


def test_a_stop_is_final_where_the_charter_has_no_fallback(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    deadline_passes(time, proposal)
    assert decisions()[0].outcome is Outcome.BLOCKED


def test_after_a_stop_people_have_two_weeks_and_then_a_vote_decides(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__fallback="majority")
    people = members(network, 4)
    proposal = a_proposal(network, people[0])
    answered(proposal, network, AnswerKind.AGREE, *people[:3])
    answered(proposal, network, AnswerKind.BLOCK, people[3])
    deadline_passes(time, proposal)
    version = version_of(proposal)
    assert decisions() == []
    assert version.is_open
    assert version.deadline - time.at >= timedelta(days=14)
    assert "decisions.stopped" in verbs()
    deadline_passes(time, proposal)
    assert decisions()[0].outcome is Outcome.VOTED
    assert decisions()[0].after_waiting


def test_a_stop_taken_back_in_the_waiting_time_leaves_a_vote_that_everybody_carries(time: MovedClock) -> None:
    network = a_network_with_rules(decisions__fallback="majority")
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    deadline_passes(time, proposal)
    answered(proposal, network, AnswerKind.RESERVATIONS, bob)
    deadline_passes(time, proposal)
    assert decisions()[0].outcome.adopted


def test_one_proposal_that_cannot_be_closed_does_not_hold_up_the_others(
    network: Network, time: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_member(network)
    broken, fine = a_proposal(network, ann), a_proposal(network, ann)
    bad, tally = version_of(broken).id, queries.tally
    monkeypatch.setattr(queries, "tally", lambda key: 1 / 0 if key == bad else tally(key))
    deadline_passes(time, fine)
    assert [each.proposal_id for each in decisions()] == [fine.id]
    monkeypatch.undo()
    assert closing_actions.close_due() == 1
    assert [each.number for each in decisions()] == ["2015-01", "2015-02"]


def test_the_last_day_is_announced_once(network: Network, time: MovedClock) -> None:
    proposal = a_proposal(network, a_member(network))
    assert closing_actions.remind_due() == 0
    time.move(to=version_of(proposal).deadline - timedelta(hours=23))
    assert closing_actions.remind_due() == 1
    assert closing_actions.remind_due() == 0
    assert verbs().count("decisions.last_day") == 1


# --- new words, taking back


def test_new_words_ask_everybody_again_and_keep_the_earlier_answers_beside_theirs(
    network: Network, time: MovedClock
) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    first = version_of(proposal)
    time.move(timedelta(days=6))
    with transaction():
        words = Wording("Should it have 7 seats?", "Seven.")
        actions.reword(proposal, words, because="Nine were too many.", by=acting(ann, network), via=Door.WEB)
    second = version_of(proposal)
    assert second.number == 2
    assert second.deadline > first.deadline
    assert first.outcome is Outcome.REWORDED
    assert tally_of(proposal)["block"] == 0
    assert queries.tally(first.id).block == 1
    with pytest.raises(TooLate, match="changed while you were writing"), transaction():
        answers_actions.answer(first.id, AnswerInput(AnswerKind.AGREE), by=acting(bob, network), via=Door.WEB)
    deadline_passes(time, proposal)
    assert len(decisions()) == 1


def test_only_its_author_changes_the_words_or_takes_it_back(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    for act in (
        lambda: actions.withdraw(proposal, "", by=acting(bob, network), via=Door.WEB),
        lambda: actions.reword(proposal, Wording("?", ""), because="", by=acting(bob, network), via=Door.WEB),
    ):
        with pytest.raises(NotAllowed), transaction():
            act()


def test_a_proposal_taken_back_was_never_decided(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    with transaction():
        actions.withdraw(proposal, "We found better words.", by=acting(ann, network), via=Door.WEB)
    deadline_passes(time, proposal)
    assert decisions() == []
    assert [each.id for each in proposals_queries.taken_back(network.id)] == [version_of(proposal).id]
    with pytest.raises(RuleBroken, match="has closed"), transaction():
        actions.withdraw(proposal, "", by=acting(ann, network), via=Door.WEB)


# --- the charter follows


def test_adopted_rules_hold_from_then_on_and_the_next_proposal_follows_them(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann, decisions__minimum_days_open=14)
    assert charters.rules_in_force(network.id)[p.MINIMUM_DAYS_OPEN] == 7
    answered(proposal, network, AnswerKind.AGREE, ann)
    deadline_passes(time, proposal)
    version = charters.version_in_force(network.id)
    assert version.number == 2
    assert version.adopted_by == f"decision:{decisions()[0].id}"
    assert charters.rules_of(version)[p.MINIMUM_DAYS_OPEN] == 14
    later = a_proposal(network, ann)
    assert version_of(later).deadline - time.at >= timedelta(days=14)
    assert version_of(later).charter_version_id == version.id


def test_a_refused_proposal_changes_no_rule(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann, decisions__minimum_days_open=14)
    deadline_passes(time, proposal)
    assert charters.version_in_force(network.id).number == 1


def test_a_decision_keeps_the_rules_under_which_it_opened(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    quorum = a_proposal(network, ann, decisions__quorum="count", decisions__quorum_count=2)
    other = a_proposal(network, ann)
    answered(quorum, network, AnswerKind.AGREE, ann, bob)
    answered(other, network, AnswerKind.AGREE, ann)
    deadline_passes(time, other)
    assert [each.outcome for each in decisions()] == [Outcome.CONSENSUS, Outcome.CONSENSUS]
    after = a_proposal(network, ann)
    answered(after, network, AnswerKind.AGREE, ann)
    deadline_passes(time, after)
    assert decisions()[2].outcome is Outcome.NO_QUORUM


def test_a_change_that_no_longer_fits_does_not_undo_the_decision(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    one = a_proposal(network, ann, decisions__maximum_days_open=10)
    other = a_proposal(network, ann, decisions__minimum_days_open=20)
    answered(one, network, AnswerKind.AGREE, ann)
    answered(other, network, AnswerKind.AGREE, ann)
    deadline_passes(time, other)
    assert [each.outcome for each in decisions()] == [Outcome.CONSENSUS, Outcome.CONSENSUS]
    assert charters.version_in_force(network.id).number == 2
    (entry,) = db.session.query(Entry).filter_by(verb="decisions.effect_not_applied")
    assert "shortest time" in json.loads(entry.facts)["reason"]


# --- taken elsewhere


def test_a_decision_of_a_meeting_stands_when_nobody_objects(network: Network, time: MovedClock) -> None:
    sam = a_steering_member(network)
    proposal = taken(network, sam)
    assert decisions() == []
    deadline_passes(time, proposal)
    (decision,) = decisions()
    assert decision.outcome is Outcome.ELSEWHERE
    assert decision.door is Door.MEETING


def test_a_meeting_can_change_the_rules_where_all_members_met(network: Network, time: MovedClock) -> None:
    proposal = taken(network, a_steering_member(network), committee__seats=7)
    deadline_passes(time, proposal)
    assert charters.rules_in_force(network.id)[p.SEATS] == 7


def test_a_decision_beyond_the_committee_s_power_becomes_its_recommendation(
    network: Network, time: MovedClock
) -> None:
    proposal = taken(network, a_steering_member(network), body="committee", committee__seats=7)
    deadline_passes(time, proposal)
    (decision,) = decisions()
    assert decision.outcome is Outcome.RECOMMENDED
    assert charters.rules_in_force(network.id)[p.SEATS] == 9


def test_a_decision_within_the_committee_s_power_stands(network: Network, time: MovedClock) -> None:
    proposal = taken(network, a_steering_member(network), body="committee", matter="committee")
    deadline_passes(time, proposal)
    assert decisions()[0].outcome is Outcome.ELSEWHERE


def test_a_decision_of_the_committee_is_recorded_late_only_with_a_reason() -> None:
    network = a_network_with_rules("eu", committee__publish_days=2)
    sam = a_steering_member(network)
    with pytest.raises(RuleBroken, match="within 2 days"):
        taken(network, sam, body="committee", matter="committee")
    late = taken(network, sam, body="committee", matter="committee", late_because="The minutes took a while.")
    assert late.offsite is not None
    assert (late.offsite.days_late, late.offsite.late_because) == (2, "The minutes took a while.")
    (entry,) = db.session.query(Entry).filter_by(verb="decisions.taken_elsewhere")
    assert json.loads(entry.facts)["days"] == 2
    in_time = taken(network, sam).offsite
    assert in_time is not None
    assert in_time.days_late == 0


def test_an_objection_puts_it_to_everybody(network: Network, time: MovedClock) -> None:
    sam, ann = a_steering_member(network), a_member(network)
    proposal = taken(network, sam)
    with pytest.raises(RuleBroken, match="decided elsewhere"):
        answered(proposal, network, AnswerKind.AGREE, ann)
    with transaction():
        offsite.object_to(proposal, "I was not told.", by=acting(ann, network), via=Door.WEB)
    version = version_of(proposal)
    assert version.number == 2
    assert version.because == "I was not told."
    answered(proposal, network, AnswerKind.STAND_ASIDE, ann)
    deadline_passes(time, proposal)
    (decision,) = decisions()
    assert decision.outcome is Outcome.NOT_AGREED


def test_an_objection_after_the_window_is_too_late(network: Network, time: MovedClock) -> None:
    sam, ann = a_steering_member(network), a_member(network)
    proposal = taken(network, sam)
    time.move(to=version_of(proposal).deadline)
    with pytest.raises(RuleBroken, match="has closed"), transaction():
        offsite.object_to(proposal, "I was not told.", by=acting(ann, network), via=Door.WEB)


def test_only_officers_write_down_what_was_decided_elsewhere(network: Network) -> None:
    with pytest.raises(NotAllowed):
        taken(network, a_member(network))


# --- beside the decision


def test_those_who_disagreed_write_the_minority_s_note(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    answered(proposal, network, AnswerKind.STAND_ASIDE, bob)
    deadline_passes(time, proposal)
    for person, kind, allowed in [
        (bob, NoteKind.MINORITY, True),
        (ann, NoteKind.MINORITY, False),
        (ann, NoteKind.HEARD, True),
        (bob, NoteKind.ERRATUM, False),
    ]:
        actor = acting(person, network)
        if allowed:
            with transaction():
                closing_notes.add_note(
                    register_queries.decision(network.id, "2015-01"), kind, "So.", by=actor, via=Door.WEB
                )
            continue
        with pytest.raises(NotAllowed), transaction():
            closing_notes.add_note(
                register_queries.decision(network.id, "2015-01"), kind, "So.", by=actor, via=Door.WEB
            )
    notes = register_queries.decision(network.id, "2015-01").notes
    assert [note.kind for note in notes] == [NoteKind.MINORITY, NoteKind.HEARD]


# --- what the database itself refuses


def test_the_database_refuses_answers_to_what_is_closed(network: Network, time: MovedClock) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    deadline_passes(time, proposal)
    version = version_of(proposal)
    (theirs,) = queries.entries_for(version.id, acting(bob, network))
    entry_id, version_id = theirs.id, version.id
    for act in (
        lambda: db.session.add(_raw(version_id, entry_id, bob.id)),
        lambda: db.session.execute(db.update(Answer).values(kind=AnswerKind.BLOCK, reason="x")),
        lambda: db.session.execute(db.delete(Answer)),
        lambda: db.session.execute(db.update(ProposalVersion).values(outcome=Outcome.BLOCKED)),
        lambda: db.session.execute(db.delete(ProposalVersion)),
        lambda: db.session.execute(db.text("UPDATE decision SET outcome = 'blocked'")),
        lambda: db.session.execute(db.text("DELETE FROM decision")),
    ):
        with pytest.raises(IntegrityError), transaction():
            act()


def test_erasing_a_person_s_words_is_the_one_change_that_is_left(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, ann)
    deadline_passes(time, proposal)
    with transaction():
        db.session.execute(db.update(Answer).values(erased=True, reason="", remedy=""))
    assert tally_of(proposal)["block"] == 1


def test_the_answers_of_people_who_leave_stay_counted_without_their_words(
    network: Network, time: MovedClock
) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.BLOCK, ann)
    answered(proposal, network, AnswerKind.RESERVATIONS, ann, reason="My worry.", named=True)
    export = everything_held(ann.id)["decisions"]
    assert export["answers"][0]["reason"] == "My worry."
    assert export["earlier_answers"][0]["answer"] == "Stop"
    assert len(export["proposals"]) == 1
    deadline_passes(time, proposal)
    erase(ann.id)
    assert "My worry." not in str(everything_held(ann.id)["decisions"])
    assert tally_of(proposal)["reservations"] == 1


def test_the_database_refuses_what_the_rules_already_do(network: Network) -> None:
    ann, bob = members(network, 2)
    proposal = a_proposal(network, ann)
    other = a_proposal(network, ann)
    answered(proposal, network, AnswerKind.AGREE, ann)
    version = version_of(proposal)
    version_id, proposal_id = version.id, proposal.id
    mine = queries.entries_for(version_id, acting(ann, network))[0].id
    bobs = queries.entries_for(version_id, acting(bob, network))[0].id
    elsewhere = queries.entries_for(version_of(other).id, acting(bob, network))[0].id
    copy = {
        c.key: getattr(version, c.key)
        for c in ProposalVersion.__table__.columns
        if c.key not in ("id", "number")
    }
    for act in (
        lambda: db.session.add(_raw(version_id, mine, ann.id)),
        lambda: db.session.add(_raw(version_id, bobs, ann.id)),
        lambda: db.session.add(_raw(version_id, elsewhere, bob.id)),
        lambda: db.session.add(_raw(version_id, bobs, bob.id, kind=AnswerKind.BLOCK, reason=" ")),
        lambda: db.session.add(ProposalVersion(number=2, **copy)),
        lambda: db.session.execute(db.update(ProposalVersion).values(state="closed")),
        lambda: db.session.execute(db.update(ProposalVersion).values(question="Something else?")),
        lambda: db.session.execute(db.update(RollEntry).values(counted=False)),
        lambda: db.session.execute(db.text(f"DELETE FROM proposal WHERE id = {proposal_id}")),
    ):
        with pytest.raises(IntegrityError), transaction():
            act()


def test_the_register_has_no_gap(network: Network, time: MovedClock) -> None:
    ann = a_member(network)
    proposal = a_proposal(network, ann)
    deadline_passes(time, proposal)
    columns = (
        "network_id, year, version_id, proposal_id, question, matter, body, method, outcome, tally, roll_size, "
        "after_waiting, charter_version_id, door, decided_at, digest"
    )
    other = version_of(a_proposal(network, ann)).id
    values = columns.replace("version_id, proposal_id", f"{other}, proposal_id", 1)
    with pytest.raises(IntegrityError, match="no gap"), transaction():
        db.session.execute(
            db.text(f"INSERT INTO decision (serial, {columns}) SELECT 3, {values} FROM decision")
        )


def _raw(version_id: int, entry_id: int, person_id: int, **values: object) -> Answer:
    plain = {"kind": AnswerKind.AGREE, "reason": "", "counted": True, "door": Door.WEB, "salt": "x"}
    return Answer(
        version_id=version_id, entry_id=entry_id, cast_by_id=person_id, at=clock.now(), **{**plain, **values}
    )
