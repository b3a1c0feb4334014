"""People who are no longer eligible for their place: seen once, notified, and corrected, or the place falls empty."""

from __future__ import annotations

import contextvars
import json
from datetime import date, timedelta

import pytest

from govnet.committee import eligibility
from govnet.extensions import db
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Constituency, Seat, Term, TermEnd
from govnet.offices.term_ends import record_ends
from govnet.people.models import Representation
from govnet.record.queries import details, entries_about
from tests import builders
from tests.offices.browser import a_browser
from tests.offices.builders import decided, place
from tests.pages import opened

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2015, 4, 13)


def a_uk(**rules):
    parameters = json.dumps({f"committee.{key}": value for key, value in rules.items()})
    network = builders.a_network(parameters=parameters)
    body = builders.a_committee(network, seats=6)
    return network, body


def kept_for(position, constituency):
    with transaction():
        db.session.query(Seat).filter_by(position=position).one().constituency = constituency


def a_speaker(network, body, name="The Open Shed", *, seat=2):
    """Somebody who speaks for an organisation and sits in a place for organisations."""
    person = builders.a_member(network)
    organisation = builders.an_organisation(network, name, spoken_for_by=person)
    kept_for(seat, Constituency.ORGANISATION)
    builders.seated(body, person, seat=seat)
    return person, organisation


def stops_speaking(person):
    with transaction():
        db.session.query(Representation).filter_by(person_id=person.id).one().end = TODAY


def verbs(network):
    term = db.session.query(Term).one()
    return [details(each)["verb"] for each in entries_about(network.id, f"term:{term.id}")]


def test_a_place_for_organisations_falls_empty_some_time_after_its_holder_stops_speaking(time):
    uk, body = a_uk()
    ada, _shed = a_speaker(uk, body)
    assert eligibility.look() == 0
    stops_speaking(ada)
    assert [eligibility.look(), eligibility.look()] == [1, 0]
    time.move(timedelta(days=29))
    assert eligibility.look() == 0
    assert builders.acting(ada, uk).is_steering
    time.move(timedelta(days=1))
    assert [eligibility.look(), eligibility.look(), record_ends()] == [1, 0, 0]
    assert not builders.acting(ada, uk).is_steering
    term = db.session.query(Term).one()
    assert (term.ended_why, term.end) == (TermEnd.INELIGIBLE, TODAY + timedelta(30))
    assert verbs(uk) == ["offices.term_unfit", "offices.term_ended"]


def test_a_fault_corrected_in_time_takes_no_place_away(time):
    uk, body = a_uk()
    ada, shed = a_speaker(uk, body)
    stops_speaking(ada)
    eligibility.look()
    with transaction():
        db.session.add(
            Representation(organisation_id=shed.id, person_id=ada.id, is_primary=True, start=TODAY)
        )
    assert [eligibility.look(), eligibility.look()] == [1, 0]
    time.move(timedelta(days=40))
    assert eligibility.look() == 0
    assert verbs(uk) == ["offices.term_unfit", "offices.term_fits_again"]


def test_where_the_rules_want_it_the_place_is_kept_and_the_page_says_so(client, time):
    uk, body = a_uk(unfit="stays")
    ada, _shed = a_speaker(uk, body)
    stops_speaking(ada)
    eligibility.look()
    time.move(timedelta(days=100))
    assert eligibility.look() == 0
    assert builders.acting(ada, uk).is_steering
    text = opened(client, "/uk/committee").text
    assert "no longer speaks for a member organisation; held until Mon 11 Apr 2016 at the latest" in text


@pytest.mark.parametrize(
    ("state", "constituency", "changes"),
    [
        (MembershipState.LAPSED, Constituency.ANY, 1),
        (MembershipState.LAPSED, Constituency.INDIVIDUAL, 1),
        (MembershipState.LAPSED, Constituency.SISTER_NETWORK, 0),
        (MembershipState.SUSPENDED, Constituency.ANY, 0),
        (MembershipState.FOUND, Constituency.INDIVIDUAL, 0),
    ],
)
def test_a_membership_that_ran_out_no_longer_fits(state, constituency, changes):
    uk, _body = a_uk()
    sam = builders.a_steering_member(uk)
    kept_for(2, constituency)
    with transaction():
        db.session.query(Membership).filter_by(person_id=sam.id).one().state = state
    assert eligibility.look() == changes


def test_people_who_sit_as_found_and_were_never_eligible_stay():
    _uk, body = a_uk()
    builders.seated(body, builders.a_person())
    kept_for(2, Constituency.ORGANISATION)
    assert eligibility.look() == 0


def test_of_too_many_from_one_organisation_it_is_who_came_last(time):
    uk, body = a_uk(one_organisation=1, unfit_days=0)
    _ada, shed = a_speaker(uk, body)
    bea = builders.a_member(uk)
    builders.seated(body, bea, seat=3)
    assert eligibility.look() == 0
    with transaction():
        db.session.add(Representation(organisation_id=shed.id, person_id=bea.id, start=TODAY))
    assert [eligibility.look(), eligibility.look()] == [2, 0]
    ended = db.session.query(Term).filter(Term.ended_why.is_not(None)).one()
    assert ended.person_id == bea.id


def gives(uk, person, by, *, matter="committee"):
    decided(uk, by, place(uk, person, 6), matter=matter)
    return db.session.query(Term).filter_by(person_id=person.id).one()


def test_nobody_is_given_a_place_who_would_be_one_too_many_unless_members_say_so():
    uk, body = a_uk(one_organisation=1)
    _ada, shed = a_speaker(uk, body)
    bea, sam = builders.a_member(uk), builders.a_steering_member(uk)
    with transaction():
        db.session.add(Representation(organisation_id=shed.id, person_id=bea.id, start=TODAY))
    with pytest.raises(RuleBroken, match="at most 1 person on the committee can speak for The Open Shed"):
        gives(uk, bea, sam)
    assert gives(uk, bea, sam, matter="charter").person_id == bea.id


def test_the_page_says_which_places_the_rules_still_want(client):
    a_uk(individual_seats=2)
    text = opened(client, "/uk/committee").text
    assert "Our rules require 2 places for members in person; so far: 0 places." in text


@pytest.mark.parametrize(("days", "late"), [(29, False), (30, True)])
def test_a_place_that_fell_empty_is_to_be_filled_in_time(app, time, days, late):
    uk, body = a_uk(vacancy_days=30)
    client = a_browser(app, contextvars.Context())
    term = builders.seated(body, builders.a_member(uk), seat=3, days=0)
    assert term.end == TODAY
    builders.sign_in(client, builders.a_steering_member(uk))
    time.move(timedelta(days=days))
    text = opened(client, "/uk/committee").text
    near = "yesterday" if late else "today"
    assert text.count(f"By our rules to be filled by {near}, Tue 12 May 2015") == 1
    assert ("Late By our rules" in text) is late
    desk = opened(client, "/uk/desk").text
    assert "The empty place “Seat 3” is to be filled by Tue 12 May 2015" in desk


def test_where_an_empty_place_stays_empty_no_time_is_set(client):
    _uk, body = a_uk(vacancy_days=30, vacancy="open")
    builders.seated(body, builders.a_member(_uk), seat=3, days=0)
    assert "to be filled by" not in opened(client, "/uk/committee").text
