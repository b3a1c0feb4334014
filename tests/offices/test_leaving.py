"""What somebody holds ends when they go."""

from datetime import date, timedelta

import pytest

from govnet.accounts import erasure
from govnet.accounts.catchup import how_many_wait
from govnet.accounts.waiting import kinds
from govnet.accounts.yours import everything_held
from govnet.extensions import db
from govnet.kernel.actor import ONESELF, Door
from govnet.kernel.transaction import transaction
from govnet.membership.models import Membership, MembershipState
from govnet.offices import leaving
from govnet.offices.models import Mandate, Term, TermEnd
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


def test_who_resigns_from_the_network_leaves_its_committee(uk):
    sam, other = builders.a_steering_member(uk), builders.a_steering_member(uk)
    assert leaving.end_of_those_who_left() == 0
    resigned(uk, sam)
    assert [leaving.end_of_those_who_left() for _ in range(2)] == [1, 0]
    assert not builders.acting(sam, uk).is_steering
    assert builders.acting(other, uk).is_steering
    term = db.session.query(Term).filter_by(person_id=sam.id).one()
    assert term.ended_why is TermEnd.INELIGIBLE
    assert "no longer a member" in details(entries_about(uk.id, f"term:{term.id}")[-1])["why"]


def test_who_still_speaks_for_a_member_organisation_stays(uk):
    sam = builders.a_steering_member(uk)
    builders.an_organisation(uk, "The Open Shed", spoken_for_by=sam)
    resigned(uk, sam)
    assert leaving.end_of_those_who_left() == 0


def test_who_sits_as_found_and_never_was_a_member_stays(uk):
    body, person = builders.a_committee(uk), builders.a_person()
    builders.seated(body, person)
    assert leaving.end_of_those_who_left() == 0
    assert builders.acting(person, uk).is_steering


def test_who_removes_their_name_holds_nothing_any_more_and_leaves_no_name_behind(uk):
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
    assert "offices.report" in kinds()
    before = how_many_wait(cory.id)
    with transaction():
        db.session.query(Mandate).one().next_report_on = date(2015, 5, 1)
    time.move(timedelta(days=10))
    assert how_many_wait(cory.id) == before
    time.move(timedelta(days=10))
    assert how_many_wait(cory.id) == before + 1
