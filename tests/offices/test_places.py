"""Places on the committee: given by decisions, left, and taken away."""

from datetime import date, timedelta

import pytest

from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.offices import actions
from govnet.offices.actions import Seating
from govnet.offices.models import Body, CameBy, Constituency, Seat, Term, TermEnd
from govnet.record.events import Visibility
from govnet.record.queries import details, entries
from tests import builders
from tests.offices.builders import a_decision

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2015, 4, 13)
YEAR = date(2016, 4, 12)


@pytest.fixture
def uk():
    network = builders.a_network()
    builders.a_committee(network, seats=5)
    return network


def place(network, position=5):
    return (
        db.session.query(Seat)
        .join(Body)
        .filter(Body.network_id == network.id, Seat.position == position)
        .one()
    )


def give(network, person, decision, *, by, seat=5, first=TODAY, last=YEAR):
    seating = Seating(
        person_id=person.id,
        first_day=first,
        last_day=last,
        came_by=CameBy.CO_OPTION,
        decision=getattr(decision, "number", decision),
    )
    with transaction():
        actor = builders.acting(by, network)
        return actions.give_seat(place(network, seat), seating, by=actor, via=Door.WEB)


def newest(network):
    return details(entries(network.id, frozenset(Visibility), limit=1)[0])


def test_somebody_takes_a_place_by_a_decision_and_has_its_rights_from_the_first_day(uk, time):
    decision, sam, ada = a_decision(uk), builders.a_steering_member(uk), builders.a_member(uk, "Ada Example")
    term = give(uk, ada, decision, by=sam, first=TODAY + timedelta(1))
    assert (term.authority, term.end) == (f"decision:{decision.id}", date(2016, 4, 13))
    assert newest(uk)["number"] == decision.number
    assert newest(uk)["authority"].startswith("term:")
    assert not builders.acting(ada, uk).is_steering
    time.move(timedelta(days=1))
    assert builders.acting(ada, uk).is_steering


def test_a_new_holder_takes_the_words_about_the_empty_place_away(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    with transaction():
        actions.note_vacancy(place(uk), "Election in June.", by=builders.acting(sam, uk), via=Door.WEB)
    assert newest(uk)["note"] == "Election in June."
    give(uk, builders.a_member(uk), decision, by=sam)
    assert place(uk).vacancy_note == ""


@pytest.mark.parametrize("number", ["2015-99", "soon", "", "1999-1"])
def test_nobody_takes_a_place_without_a_decision_in_the_register(uk, number):
    with pytest.raises(RuleBroken, match="no decision"):
        give(uk, builders.a_member(uk), number, by=builders.a_steering_member(uk))


def test_a_decision_of_another_network_gives_nothing_here(uk):
    wales = builders.a_network("wales")
    decision = a_decision(wales)
    with pytest.raises(RuleBroken, match="no decision"):
        give(uk, builders.a_member(uk), decision, by=builders.a_steering_member(uk))


def test_a_decision_about_money_gives_no_place(uk):
    decision = a_decision(uk, matter="money")
    with pytest.raises(RuleBroken, match="another matter"):
        give(uk, builders.a_member(uk), decision, by=builders.a_steering_member(uk))


def test_a_place_that_is_held_cannot_be_given_before_it_is_free(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    give(uk, builders.a_member(uk, "Ada Example"), decision, by=sam)
    with pytest.raises(RuleBroken, match="Ada Example holds this place"):
        give(uk, builders.a_member(uk), decision, by=sam)
    give(uk, builders.a_member(uk), decision, by=sam, first=date(2016, 4, 13), last=date(2017, 4, 1))


def test_nobody_takes_two_places(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    with pytest.raises(RuleBroken, match="nobody holds two"):
        give(uk, sam, decision, by=sam)


def test_only_members_take_places_and_only_spokespeople_those_of_organisations(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    with pytest.raises(RuleBroken, match="not a member"):
        give(uk, builders.a_person("Otto Outside"), decision, by=sam)
    with transaction():
        place(uk).constituency = Constituency.ORGANISATION
    ada = builders.a_member(uk)
    with pytest.raises(RuleBroken, match="member organisation"):
        give(uk, ada, decision, by=sam)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=ada)
    give(uk, ada, decision, by=sam)


def test_members_without_an_office_cannot_record_who_holds_one(uk):
    decision, ada = a_decision(uk), builders.a_member(uk)
    with pytest.raises(NotAllowed, match="the committee"):
        give(uk, ada, decision, by=ada)


def test_the_operator_can_write_down_a_decision_when_there_are_no_officers_left(uk):
    decision = a_decision(uk)
    operator = builders.an_operator()
    give(uk, builders.a_member(uk), decision, by=operator)
    assert newest(uk)["authority"].startswith("operator_grant:")


def test_a_term_is_never_longer_than_the_rules_say(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    with pytest.raises(RuleBroken, match="24 months"):
        give(uk, builders.a_member(uk), decision, by=sam, last=date(2017, 4, 13))


def leave(network, term, last, by):
    with transaction():
        actor = builders.acting(by, network)
        actions.leave_seat(db.session.get_one(Term, term.id), last, by=actor, via=Door.WEB)


def test_somebody_leaves_after_their_last_day_and_nobody_else_can_do_it_for_them(uk, time):
    decision, sam, ada = a_decision(uk), builders.a_steering_member(uk), builders.a_member(uk)
    term = give(uk, ada, decision, by=sam)
    with pytest.raises(NotAllowed):
        leave(uk, term, TODAY, sam)
    leave(uk, term, TODAY, ada)
    assert builders.acting(ada, uk).is_steering
    time.move(timedelta(days=1))
    assert not builders.acting(ada, uk).is_steering
    assert db.session.get_one(Term, term.id).ended_why is TermEnd.RESIGNED


def test_a_place_given_up_before_its_first_day_is_free_at_once(uk):
    decision, sam, ada = a_decision(uk), builders.a_steering_member(uk), builders.a_member(uk)
    soon = TODAY + timedelta(days=7)
    term = give(uk, ada, decision, by=sam, first=soon)
    leave(uk, term, TODAY, ada)
    give(uk, builders.a_member(uk), decision, by=sam, first=soon)
    give(uk, ada, decision, by=sam, seat=4, first=soon)


def test_somebody_is_removed_by_a_decision_and_only_by_one(uk):
    decision, sam, ada = a_decision(uk), builders.a_steering_member(uk), builders.a_member(uk)
    term = give(uk, ada, decision, by=sam)
    for number, refused in (("2015-99", True), (decision.number, False)):
        with pytest.raises(RuleBroken) if refused else transaction():
            if refused:
                with transaction():
                    _remove(uk, term, number, sam)
            else:
                _remove(uk, term, number, sam)
    assert db.session.get_one(Term, term.id).end_authority == f"decision:{decision.id}"


def _remove(network, term, number, by):
    actor = builders.acting(by, network)
    actions.remove_from_seat(
        db.session.get_one(Term, term.id), TODAY, decision=number, by=actor, via=Door.WEB
    )


def test_the_committee_grows_by_decision_and_no_further_than_its_rules_say(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    body = db.session.query(Body).one()
    for expected in (6, 7, 8, 9):
        with transaction():
            seat = actions.add_place(
                body, f"Seat {expected}", Constituency.ANY, decision=decision.number,
                by=builders.acting(sam, uk), via=Door.WEB,
            )  # fmt: skip
        assert seat.position == expected
    with pytest.raises(RuleBroken, match="9 places"), transaction():
        actions.add_place(
            body,
            "Tenth",
            Constituency.ANY,
            decision=decision.number,
            by=builders.acting(sam, uk),
            via=Door.WEB,
        )
