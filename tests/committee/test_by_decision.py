"""An office begins and ends by a decision only where the decision names the person and the place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from govnet.committee import actions
from govnet.decisions.closing.results import not_applied
from govnet.decisions.models import RollEntry
from govnet.decisions.offsite import actions as offsite
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.proposals import actions as proposals_actions
from govnet.decisions.proposals.offices import OfficeInput
from govnet.decisions.proposals.opening import Ask, More, Wording, words_of
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.offices import term_ends
from govnet.offices.models import Body, Constituency, Mandate, OfficeChange, OfficeKind, Seat, Term, TermEnd
from govnet.people.models import Person
from govnet.record.queries import details, entries_about
from tests import builders
from tests.decisions.builders import answered, closed_all, tally_of, version_of
from tests.offices.builders import (
    TODAY,
    a_decision,
    a_mandate_for,
    agreed,
    all_agree,
    answering_as,
    asked,
    decided,
    decision_of,
    end_of,
    place,
    seat,
)

pytestmark = pytest.mark.usefixtures("context")
CLOSES = date(2015, 4, 20)
"""The first day on which what is asked on the test's day closes."""


@pytest.fixture
def uk():
    network = builders.a_network()
    builders.a_committee(network, seats=8)
    return network


def term_of(person, **wanted):
    return db.session.query(Term).filter_by(person_id=person.id, **wanted).one()


def why(decision):
    return " ".join(not_applied(decision))


# --- what a decision does by itself


def test_a_place_is_given_when_the_decision_is_there_and_has_its_rights_from_the_first_day(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    decision = decided(uk, sam, place(uk, ada))
    term = term_of(ada)
    assert (term.authority, term.start, term.end) == (f"decision:{decision.id}", CLOSES, date(2016, 4, 13))
    (granted,) = [details(each) for each in entries_about(uk.id, f"term:{term.id}")]
    assert (granted["verb"], granted["number"]) == ("offices.term_granted", decision.number)
    assert (granted["person"], granted["change"]) == (f"person:{ada.id}", f"office_change:{term.change_id}")
    assert not builders.acting(ada, uk).is_steering
    with clock.moved_to(decision.decided_at):
        assert builders.acting(ada, uk).is_steering


def test_a_first_day_that_is_named_is_kept(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    decided(uk, sam, place(uk, ada, start=date(2015, 6, 1)))
    assert term_of(ada).start == date(2015, 6, 1)


def test_a_refused_proposal_gives_no_office(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    proposal = asked(uk, sam, place(uk, ada))
    answered(proposal, uk, AnswerKind.BLOCK, sam)
    with clock.moved_to(clock.now() + timedelta(days=60)):
        for _each in range(2):
            closed_all()
        decision_of(proposal)
    assert db.session.query(Term).filter_by(person_id=ada.id).count() == 0


def test_one_proposal_ends_a_term_and_gives_its_place_to_another_from_the_day_after(uk):
    sam, ada, bea = (
        builders.a_steering_member(uk),
        builders.a_member(uk, "Ada Example"),
        builders.a_member(uk),
    )
    decided(uk, sam, place(uk, ada))
    old = term_of(ada)
    builders.a_steering_member(uk, "Cleo Steering")
    with clock.moved_to(clock.now() + timedelta(days=14)):
        decision = decided(uk, sam, end_of(old), place(uk, bea))
    ended = db.session.get_one(Term, old.id, populate_existing=True)
    assert (ended.ended_why, ended.end_authority) == (TermEnd.REMOVED, f"decision:{decision.id}")
    assert term_of(bea).start == ended.end == decision.decided_at.date() + timedelta(1)


def test_a_place_that_is_held_is_not_asked_for_before_it_is_free(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    decided(uk, sam, place(uk, ada))
    with pytest.raises(RuleBroken, match="holds this place until"):
        asked(uk, sam, place(uk, builders.a_member(uk)))
    asked(uk, sam, place(uk, builders.a_member(uk), start=date(2016, 4, 13), end=date(2017, 4, 1)))


def refused(uk, sam):
    other = builders.a_network("wales")
    builders.a_committee(other)
    outside, ada = builders.a_person("Otto Outside"), builders.a_member(uk)
    return [
        (place(uk, outside), "not a member"),
        (place(uk, sam), "nobody can hold two"),
        (place(uk, ada, end=date(2017, 4, 30)), "24 months"),
        (place(uk, ada, end=CLOSES), "over already|before the first"),
        (place(uk, ada, start=CLOSES), "first day after"),
        (place(other, ada, position=2), "no such place"),
        (end_of(term_of(sam), end=date(2018, 1, 1)), "ends before that day"),
        (OfficeInput(what=OfficeKind.END_TERM, seat_id=1, person_id=ada.id, held_id=999), "no such term"),
        (OfficeInput(what=OfficeKind.END_MANDATE, person_id=ada.id, held_id=999), "about just that"),
        (OfficeInput(what=OfficeKind.NEW_PLACE, place=" "), "a name for the place"),
    ]


def test_a_proposal_that_could_not_take_effect_is_not_opened(uk):
    sam = builders.a_steering_member(uk)
    for named, words in refused(uk, sam):
        with pytest.raises(RuleBroken, match=words):
            asked(uk, sam, named)


def test_an_office_is_not_given_on_trial_or_by_a_choice_or_beside_something_else(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    named = (place(uk, ada),)
    more = More(trial_until=date(2016, 1, 1), trial_signs="We see.")
    cases = [
        (Wording("Why?", "So.", offices=named, more=more), Ask("committee"), "on trial"),
        (
            Wording("Why?", "So.", offices=named, options=("a", "b")),
            Ask("committee", method="dots"),
            "options",
        ),
        (Wording("Why?", "So.", offices=named), Ask("money"), "about just that"),
        (Wording("Why?", "So.", offices=named), Ask("mandate"), "about just that"),
        (Wording("Why?", "So.", offices=named * 2), Ask("committee"), "twice"),
    ]
    for words, ask, said in cases:
        with pytest.raises(RuleBroken, match=said), transaction():
            proposals_actions.propose(uk, words, ask, by=builders.acting(sam, uk), via=Door.WEB)


# --- what has changed by the close


def test_where_the_place_is_taken_by_then_the_decision_stands_and_says_why(uk):
    sam, ada, bea = (
        builders.a_steering_member(uk),
        builders.a_member(uk, "Ada Example"),
        builders.a_member(uk),
    )
    first, second = asked(uk, sam, place(uk, ada)), asked(uk, sam, place(uk, bea))
    all_agree(second, uk)
    one, two = agreed(first, uk), decision_of(second)
    assert (why(one), two.outcome.adopted) == ("", True)
    assert "Ada Example holds this place until Tue 12 Apr 2016" in why(two)
    assert db.session.query(Term).filter_by(person_id=bea.id).count() == 0


def test_where_the_person_has_left_by_then_the_decision_stands_and_says_why(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    proposal = asked(uk, sam, place(uk, ada))
    with transaction():
        membership = db.session.query(builders.Membership).filter_by(person_id=ada.id).one()
        membership.state, membership.end = builders.MembershipState.RESIGNED, TODAY
    assert "Ada Example is not a member of this network." in why(agreed(proposal, uk))


def test_people_who_removed_their_name_by_then_take_no_place(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    with transaction():
        seat(uk, 5).constituency = Constituency.SISTER_NETWORK
    proposal = asked(uk, sam, place(uk, ada))
    with transaction():
        row = db.session.get_one(Person, ada.id)
        row.name, row.erased_at = "", clock.now()
    assert "has left" in why(agreed(proposal, uk))


def test_a_term_that_is_over_by_then_is_not_ended_again(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    term = builders.seated(db.session.query(Body).one(), ada, seat=5)
    proposal = asked(uk, sam, end_of(term))
    with transaction():
        actions.leave_seat(
            db.session.get_one(Term, term.id), TODAY, by=builders.acting(ada, uk), via=Door.WEB
        )
    assert "already over" in why(agreed(proposal, uk))
    assert db.session.get_one(Term, term.id, populate_existing=True).ended_why is TermEnd.RESIGNED


# --- nobody is counted in their own case


@pytest.mark.parametrize("losing", [True, False])
def test_people_named_are_asked_and_not_counted(uk, losing):
    sam, bea = builders.a_steering_member(uk), builders.a_steering_member(uk, "Bea Steering")
    named = end_of(term_of(sam)) if losing else place(uk, sam, start=date(2016, 4, 12), end=date(2017, 1, 1))
    proposal = asked(uk, bea, named)
    version = version_of(proposal)
    rolls = {each.person_id: each.counted for each in db.session.query(RollEntry)}
    assert rolls == {sam.id: False, bea.id: True}
    assert version.roll_size == 1
    answered(proposal, uk, AnswerKind.BLOCK, sam)
    answered(proposal, uk, AnswerKind.AGREE, bea)
    assert tally_of(proposal)["block"] == 0
    with clock.moved_to(version.deadline + timedelta(1)):
        assert decision_of(proposal).outcome.adopted


def test_people_named_do_not_count_by_speaking_for_an_organisation_either(uk):
    cory, ada, bea = builders.a_coordinator(uk), builders.a_member(uk), builders.a_member(uk)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=ada)
    proposal = asked(uk, bea, a_mandate_for(ada, start=date(2015, 8, 1)), matter="mandate")
    entry = db.session.query(RollEntry).filter(RollEntry.organisation_id.is_not(None)).one()
    answering_as(proposal, uk, ada, entry.id)
    answered(proposal, uk, AnswerKind.AGREE, cory)
    assert tally_of(proposal)["agree"] == 0


def test_where_the_only_one_on_the_committee_would_lose_the_place_all_members_decide(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    proposal = asked(uk, ada, end_of(term_of(sam)))
    assert proposal.body == "all"
    rolls = {each.person_id: each.counted for each in db.session.query(RollEntry)}
    assert rolls == {sam.id: False, ada.id: True}


def test_an_only_member_can_take_a_first_place_and_never_take_one_away_alone(uk):
    ada = builders.a_member(uk)
    decision = decided(uk, ada, place(uk, ada))
    assert decision.outcome.adopted
    with clock.moved_to(decision.decided_at + timedelta(1)), pytest.raises(RuleBroken, match="Nobody could"):
        asked(uk, ada, end_of(term_of(ada)))


def test_with_nobody_in_office_any_member_proposes_and_all_decide(uk):
    ada, bea, cleo = builders.a_member(uk), builders.a_member(uk), builders.a_member(uk)
    proposal = asked(uk, ada, place(uk, bea))
    assert proposal.body == "all"
    assert version_of(proposal).roll_size == 2
    decision = agreed(proposal, uk)
    with clock.moved_to(decision.decided_at):
        assert builders.acting(bea, uk).is_steering
    assert cleo.id in {each.person_id for each in db.session.query(RollEntry)}


# --- decided elsewhere


def write_down(network, by, *named, taken_by="committee", matter="committee"):
    words = Wording("Who takes it?", "As we said.", offices=named)
    taken = Taken(date(2015, 4, 9), taken_by, "the meeting in Leeds", "The notes of the meeting.")
    with transaction():
        actor = builders.acting(by, network)
        return offsite.write_down(network, words, Ask(matter), taken, by=actor, via=Door.MEETING)


def test_a_decision_of_a_meeting_takes_effect_after_its_window(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    proposal = write_down(uk, sam, place(uk, ada))
    assert db.session.query(Term).filter_by(person_id=ada.id).count() == 0
    decision = decision_of(proposal, close=True)
    assert term_of(ada).authority == f"decision:{decision.id}"


def test_nobody_writes_down_that_a_meeting_gave_them_an_office_or_ended_it(uk):
    sam = builders.a_steering_member(uk)
    for named in (end_of(term_of(sam)), place(uk, sam, start=date(2016, 4, 12), end=date(2017, 1, 1))):
        with pytest.raises(NotAllowed, match="Somebody else"):
            write_down(uk, sam, named)


def test_a_decision_beyond_the_committee_s_power_gives_no_office(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    proposal = write_down(uk, sam, a_mandate_for(ada), matter="mandate")
    assert not decision_of(proposal, close=True).outcome.adopted
    assert db.session.query(Mandate).count() == 0


def test_after_an_objection_the_same_offices_are_asked_for(uk):
    sam, bea, ada = (
        builders.a_steering_member(uk),
        builders.a_steering_member(uk, "Bea Steering"),
        builders.a_member(uk),
    )
    proposal = write_down(uk, sam, place(uk, ada, start=date(2015, 4, 21)))
    with transaction():
        offsite.object_to(proposal, "Too fast.", by=builders.acting(bea, uk), via=Door.WEB)
    version = version_of(proposal)
    assert [each.person_id for each in words_of(version).offices] == [ada.id]
    agreed(proposal, uk)
    assert term_of(ada).start >= version.deadline.date()


# --- other words


def test_new_words_can_name_others_and_only_the_last_ones_count(uk):
    sam, ada, bea = builders.a_steering_member(uk), builders.a_member(uk), builders.a_member(uk)
    proposal = asked(uk, sam, place(uk, ada))
    with transaction():
        words = Wording("Shall we?", "Rather Bea.", offices=(place(uk, bea),))
        by = builders.acting(sam, uk)
        proposals_actions.reword(proposal, words, because="Ada cannot.", by=by, via=Door.WEB)
    agreed(proposal, uk)
    assert db.session.query(Term).filter_by(person_id=ada.id).count() == 0
    assert term_of(bea).change_id == db.session.query(OfficeChange).filter_by(person_id=bea.id).one().id


def test_a_first_day_keeps_the_close_before_it(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    proposal = asked(uk, sam, place(uk, ada, start=date(2015, 4, 21)))
    with pytest.raises(RuleBroken, match="21 Apr"), transaction():
        proposals_actions.extend(
            proposal, date(2015, 4, 22), reason="More time.", by=builders.acting(sam, uk), via=Door.WEB
        )


# --- nothing else does


MATTERS = ("committee", "members", "charter", "mandate", "money", "statement")


@pytest.mark.parametrize("matter", MATTERS)
@pytest.mark.parametrize("named", [0, 1])
def test_no_decision_that_does_not_name_it_gives_or_ends_an_office_in_the_database(uk, matter, named):
    """However the rows are written: an old decision, one about something else, or one that names another place."""
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    decision = a_decision(uk, matter=matter)
    other = decided(uk, sam, place(uk, builders.a_member(uk), 7))
    change = db.session.query(OfficeChange).filter_by(version_id=other.version_id).one().id if named else None
    row = seat(uk, 5)
    values = {
        "seat": row.id, "body": row.body_id, "person": ada.id, "authority": f"decision:{decision.id}",
        "change": change,
    }  # fmt: skip
    insert = (
        'INSERT INTO term (seat_id, body_id, person_id, start, "end", came_by, authority, evidence, '
        "end_authority, change_id) VALUES (:seat, :body, :person, '2015-04-13', '2016-04-13', 'appointment', "
        ":authority, '', '', :change)"
    )
    remove = (
        "UPDATE term SET ended_why = 'removed by decision', end_authority = :authority, end_change_id = :change "
        f"WHERE id = {term_of(sam).id}"
    )
    for statement in (insert, remove):
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(text(statement), values)


def test_one_naming_makes_one_term(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    decided(uk, sam, place(uk, ada))
    term = term_of(ada)
    with transaction():
        term_ends.end_now(db.session.get_one(Term, term.id), TermEnd.RESIGNED, "resigned")
    again = {
        name: getattr(term, name)
        for name in ("seat_id", "body_id", "person_id", "came_by", "authority", "change_id")
    }
    with pytest.raises(DBAPIError), transaction():
        db.session.add(Term(**again, start=date(2016, 1, 1), end=date(2016, 2, 1)))


def test_the_offices_of_a_version_never_change_and_none_is_added_once_it_is_closed(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    decided(uk, sam, place(uk, ada))
    statements = [
        "UPDATE office_change SET person_id = (SELECT max(id) FROM person)",
        "DELETE FROM office_person",
        (
            "INSERT INTO office_change (version_id, network_id, number, what, place, scope, came_by, constituency) "
            "SELECT version_id, network_id, 2, 'new place', 'Tenth', '', '', '' FROM office_change"
        ),
    ]
    for each in statements:
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(text(each))


# --- leaving, which needs no decision


def leave(network, term, last, by):
    with transaction():
        actor = builders.acting(by, network)
        actions.leave_seat(db.session.get_one(Term, term.id), last, by=actor, via=Door.WEB)


def test_somebody_leaves_after_their_last_day_and_nobody_else_can_do_it_for_them(uk, time):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    term = builders.seated(db.session.query(Body).one(), ada, seat=5)
    with pytest.raises(NotAllowed):
        leave(uk, term, TODAY, sam)
    leave(uk, term, TODAY, ada)
    assert builders.acting(ada, uk).is_steering
    time.move(timedelta(days=1))
    assert not builders.acting(ada, uk).is_steering
    assert db.session.get_one(Term, term.id).ended_why is TermEnd.RESIGNED


def test_a_place_given_up_before_its_first_day_is_free_at_once(uk):
    sam, ada = builders.a_steering_member(uk), builders.a_member(uk)
    decided(uk, sam, place(uk, ada, start=date(2015, 6, 1)))
    leave(uk, term_of(ada), TODAY, ada)
    decided(uk, sam, place(uk, builders.a_member(uk), start=date(2015, 6, 1)))
    decided(uk, sam, place(uk, ada, 6, start=date(2015, 6, 1)))


def test_the_words_about_an_empty_place_go_when_somebody_takes_it(uk):
    sam = builders.a_steering_member(uk)
    with transaction():
        actions.note_vacancy(seat(uk, 5), "Election in June.", by=builders.acting(sam, uk), via=Door.WEB)
    decided(uk, sam, place(uk, builders.a_member(uk)))
    assert db.session.get_one(Seat, seat(uk, 5).id, populate_existing=True).vacancy_note == ""


def test_the_committee_grows_by_decision_and_no_further_than_its_rules_say(uk):
    sam, body = builders.a_steering_member(uk), db.session.query(Body).one()
    new = OfficeInput(what=OfficeKind.NEW_PLACE, place="Member for Leeds")
    first, second = asked(uk, sam, new), asked(uk, sam, new)
    all_agree(second, uk)
    agreed(first, uk)
    added = db.session.query(Seat).filter_by(body_id=body.id, position=9).one()
    assert added.name == "Member for Leeds"
    assert "9 places" in why(decision_of(second))
    with pytest.raises(RuleBroken, match="9 places"):
        asked(uk, sam, new)
