"""The coordinator's mandate: granted, renewed and ended by decisions that say who, what and until when."""

from datetime import date, timedelta

import pytest

from govnet.coordinator import actions
from govnet.decisions.closing.results import not_applied
from govnet.decisions.models import RollEntry
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.offices.models import Mandate, MandateEnd
from tests import builders
from tests.offices.builders import a_mandate_for, agreed, asked, decided, end_of_mandate

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2015, 4, 13)


@pytest.fixture
def uk():
    network = builders.a_network()
    builders.a_committee(network, seats=5)
    return network


def grant(network, by, named):
    return decided(network, by, named, matter="mandate")


def test_an_organisation_coordinates_through_the_people_it_names(uk):
    sam = builders.a_steering_member(uk)
    cory, org = builders.a_member(uk, "Cory"), builders.an_organisation(uk, "The Open Shed")
    decision = grant(uk, sam, a_mandate_for(cory, organisation_id=org.id))
    mandate = db.session.query(Mandate).one()
    assert mandate.authority == f"decision:{decision.id}"
    assert (mandate.start, mandate.next_report_on) == (date(2015, 4, 20), date(2016, 4, 13))
    with clock.moved_to(decision.decided_at):
        assert builders.acting(cory, uk).is_coordinator


@pytest.mark.parametrize("ends", [False, True])
def test_nobody_is_counted_on_their_own_mandate_old_or_new(uk, ends):
    sam, cory, bea = builders.a_steering_member(uk), builders.a_coordinator(uk), builders.a_member(uk)
    mandate = db.session.query(Mandate).one()
    new = a_mandate_for(bea, cory, start=mandate.end)
    asked(uk, sam, end_of_mandate(mandate, cory) if ends else new, matter="mandate")
    counted = {each.person_id: each.counted for each in db.session.query(RollEntry)}
    assert counted == {sam.id: True, cory.id: False, bea.id: ends}


def test_a_renewal_begins_where_the_old_one_ends(uk):
    sam, cory = builders.a_steering_member(uk), builders.a_coordinator(uk, days=10)
    with pytest.raises(RuleBroken, match="There is a coordinator until"):
        asked(uk, sam, a_mandate_for(cory), matter="mandate")
    first = TODAY + timedelta(days=10)
    grant(uk, sam, a_mandate_for(cory, start=first))
    assert {each.start for each in db.session.query(Mandate)} == {TODAY - timedelta(30), first}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"scope": " "}, "may do"),
        ({"end": date(2019, 1, 1)}, "at most 24 months"),
        ({}, "at least one person"),
    ],
)
def test_a_mandate_without_a_necessary_fact_is_refused(uk, values, words):
    sam, cory = builders.a_steering_member(uk), builders.a_member(uk)
    org = builders.an_organisation(uk, "The Open Shed")
    named = a_mandate_for(cory, **values) if values else a_mandate_for(organisation_id=org.id)
    with pytest.raises(RuleBroken, match=words):
        asked(uk, sam, named, matter="mandate")


def test_of_two_that_are_agreed_the_later_one_has_no_effect(uk):
    sam, cory, bea = builders.a_steering_member(uk), builders.a_member(uk), builders.a_member(uk)
    proposals = [asked(uk, sam, a_mandate_for(each), matter="mandate") for each in (cory, bea)]
    from tests.offices.builders import all_agree, decision_of

    all_agree(proposals[1], uk)
    agreed(proposals[0], uk)
    assert "There is a coordinator until" in " ".join(not_applied(decision_of(proposals[1])))
    assert [each.person_id for each in db.session.query(Mandate)] == [cory.id]


def test_a_decision_ends_a_mandate_by_itself(uk):
    sam, cory = builders.a_steering_member(uk), builders.a_coordinator(uk)
    decision = grant(uk, sam, end_of_mandate(db.session.query(Mandate).one(), cory))
    mandate = db.session.query(Mandate).one()
    assert (mandate.end, mandate.ended_why) == (date(2015, 4, 21), MandateEnd.WITHDRAWN)
    with clock.moved_to(decision.decided_at + timedelta(days=1)):
        assert not builders.acting(cory, uk).is_coordinator


def test_the_coordinator_gives_the_mandate_back(uk, time):
    cory = builders.a_coordinator(uk)
    mandate = db.session.query(Mandate).one()
    with pytest.raises(NotAllowed), transaction():
        sam = builders.acting(builders.a_steering_member(uk), uk)
        actions.give_back_mandate(mandate, TODAY, by=sam, via=Door.WEB)
    with transaction():
        actions.give_back_mandate(mandate, TODAY, by=builders.acting(cory, uk), via=Door.WEB)
    time.move(timedelta(days=1))
    assert not builders.acting(cory, uk).is_coordinator
    assert db.session.get_one(Mandate, mandate.id).ended_why is MandateEnd.GIVEN_BACK


def test_a_report_is_filed_once_for_its_day_by_a_person_under_the_mandate(uk):
    cory = builders.a_coordinator(uk)
    mandate = db.session.query(Mandate).one()
    due = mandate.next_report_on
    assert due == mandate.end
    with transaction():
        actor = builders.acting(cory, uk)
        report = actions.file_report(mandate, due, "We met **twice**.", by=actor, via=Door.WEB)
    assert "<strong>twice</strong>" in report.html
    assert db.session.get_one(Mandate, mandate.id).next_report_on is None
    with pytest.raises(RuleBroken, match="already been filed"), transaction():
        actions.file_report(mandate, due, "Again.", by=builders.acting(cory, uk), via=Door.WEB)
    with pytest.raises(NotAllowed), transaction():
        sam = builders.acting(builders.a_steering_member(uk), uk)
        actions.file_report(mandate, due, "Not mine.", by=sam, via=Door.WEB)
