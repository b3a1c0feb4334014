"""A person's offices end when they go."""

import json
from datetime import date, timedelta

import pytest

from govnet.accounts import erasure
from govnet.accounts.export import everything_held
from govnet.accounts.tasks import KINDS, how_many_wait
from govnet.committee import departure as committee_departure
from govnet.committee import eligibility
from govnet.extensions import db
from govnet.kernel.actor import ONESELF, Door
from govnet.kernel.transaction import transaction
from govnet.membership.memberships import departure
from govnet.membership.memberships.queries import with_party
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Constituency, Mandate, Seat, Term, TermEnd
from govnet.permissions import Can, can
from govnet.record.queries import details, entries_about
from tests import builders

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def uk():
    return builders.a_network()


def resigned(network, person):
    with transaction():
        row = db.session.query(Membership).filter_by(network_id=network.id, person_id=person.id).one()
        row.state, row.end = MembershipState.RESIGNED, date(2015, 4, 13)


def test_people_who_resign_from_the_network_leave_its_committee(uk):
    sam, other = builders.a_steering_member(uk), builders.a_steering_member(uk)
    assert committee_departure.end_terms_of_former_members() == 0
    resigned(uk, sam)
    assert [committee_departure.end_terms_of_former_members() for _ in range(2)] == [1, 0]
    assert not builders.acting(sam, uk).is_steering
    assert builders.acting(other, uk).is_steering
    term = db.session.query(Term).filter_by(person_id=sam.id).one()
    assert term.ended_why is TermEnd.INELIGIBLE
    assert "no longer a member" in details(entries_about(uk.id, f"term:{term.id}")[-1])["why"]


def leaves(network, person):
    key = db.session.query(Membership.id).filter_by(network_id=network.id, person_id=person.id).scalar()
    row = with_party(key)
    said = departure.places_affected(network, row)
    with transaction():
        departure.resign(row, by=builders.acting(person, network), via=Door.WEB)
    committee_departure.end_terms_of_former_members()
    eligibility.look()
    return said


def test_people_who_leave_read_that_the_place_ends_and_have_no_desk_from_that_moment(uk):
    sam = builders.a_steering_member(uk)
    row = with_party(db.session.query(Membership.id).scalar())
    assert departure.places_affected(uk, row) == ["Your place “Seat 2” ends today, with all its rights."]
    with transaction():
        departure.resign(row, by=builders.acting(sam, uk), via=Door.WEB)
    assert not can(builders.acting(sam, uk), Can.SEE_DESK, uk)


def test_where_the_rules_have_who_no_longer_fits_stay_so_does_who_leaves(app):
    uk = builders.a_network("de", parameters=json.dumps({"committee.unfit": "stays"}))
    sam = builders.a_steering_member(uk)
    assert leaves(uk, sam) == ["You keep your place “Seat 2” until Mon 11 Apr 2016."]
    assert builders.acting(sam, uk).is_steering
    with transaction():  # who is removed by a decision keeps none
        db.session.query(Membership).filter_by(person_id=sam.id).one().state = MembershipState.REMOVED
    assert committee_departure.end_terms_of_former_members() == 1
    assert not builders.acting(sam, uk).is_steering


def test_a_leaver_who_speaks_for_a_member_organisation_reads_that_she_keeps_the_place(uk):
    sam = builders.a_steering_member(uk)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=sam)
    assert leaves(uk, sam) == ["You keep your place “Seat 2” until Mon 11 Apr 2016."]
    assert builders.acting(sam, uk).is_steering


@pytest.mark.parametrize(
    ("unfit", "until"), [("leaves", "Tue 12 May 2015, and longer if"), ("stays", "Mon 11 Apr 2016.")]
)
def test_a_member_who_no_longer_fits_the_place_reads_the_rule(unfit, until):
    uk = builders.a_network("de", parameters=json.dumps({"committee.unfit": unfit}))
    sam = builders.a_steering_member(uk)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=sam)
    with transaction():
        db.session.query(Seat).filter_by(position=2).one().constituency = Constituency.INDIVIDUAL
    (said,) = leaves(uk, sam)
    assert until in said
    assert builders.acting(sam, uk).is_steering


def test_before_an_organisation_leaves_the_places_of_its_speakers_are_named(uk):
    sam = builders.a_steering_member(uk)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=sam)
    row = db.session.query(Membership).filter(Membership.organisation_id.is_not(None)).one()
    assert departure.places_affected(uk, row) == [
        "Sam Steering keeps the place “Seat 2” until Mon 11 Apr 2016."
    ]


def test_a_coordinator_who_leaves_reads_that_the_mandate_goes_on(uk):
    (said,) = leaves(uk, builders.a_coordinator(uk))
    assert said == "You keep your mandate as coordinator until Sat 11 Jul 2015, unless you give it back."


def test_people_who_still_speak_for_a_member_organisation_stay(uk):
    sam = builders.a_steering_member(uk)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=sam)
    resigned(uk, sam)
    assert committee_departure.end_terms_of_former_members() == 0


def test_people_who_sit_as_found_and_were_never_members_stay(uk):
    body, person = builders.a_committee(uk), builders.a_person()
    builders.seated(body, person)
    assert committee_departure.end_terms_of_former_members() == 0
    assert builders.acting(person, uk).is_steering


def test_people_who_remove_their_name_hold_nothing_any_more_and_leave_no_name_behind(uk):
    sam = builders.a_steering_member(uk, "Sam Steering")
    with transaction():
        erasure.erase(sam, under=ONESELF, via=Door.WEB)
    assert not builders.acting(sam, uk).is_steering
    term = db.session.query(Term).one()
    assert all("Sam Steering" not in (e.words or "") for e in entries_about(uk.id, f"term:{term.id}"))


def test_a_coordinator_s_export_has_the_mandate(uk):
    cory = builders.a_coordinator(uk)
    found = everything_held(cory.id)["offices"]
    assert found["mandates"][0]["last_day"] == "2015-07-11"


def test_a_report_waits_for_the_coordinator_from_its_day_on(uk, time):
    cory = builders.a_coordinator(uk)
    assert "offices.report" in {kind.name for kind in KINDS}
    before = how_many_wait(cory.id)
    with transaction():
        db.session.query(Mandate).one().next_report_on = date(2015, 5, 1)
    time.move(timedelta(days=10))
    assert how_many_wait(cory.id) == before
    time.move(timedelta(days=10))
    assert how_many_wait(cory.id) == before + 1
