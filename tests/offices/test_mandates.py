"""The coordinator's mandate: granted by decisions, never by who holds it."""

from datetime import date, timedelta

import pytest

from govnet.decisions.book import Decision
from govnet.decisions.closing import close_due
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.transaction import transaction
from govnet.offices import mandate_actions as actions
from govnet.offices.mandate_actions import MandateGrant
from govnet.offices.models import Mandate, MandateEnd
from govnet.offices.rules import Basis, check_appoints
from tests import builders
from tests.decisions.builders import taken
from tests.offices.builders import a_decision

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2015, 4, 13)


@pytest.fixture
def uk():
    network = builders.a_network()
    builders.a_committee(network, seats=5)
    return network


def grant(network, by, decision, **values):
    given = {
        "scope": "To send announcements.",
        "first_day": TODAY,
        "last_day": date(2016, 4, 12),
        "decision": decision.number,
        **values,
    }
    with transaction():
        return actions.grant_mandate(
            network, MandateGrant(**given), by=builders.acting(by, network), via=Door.WEB
        )


def test_an_organisation_coordinates_through_the_people_it_names(uk):
    decision, sam = a_decision(uk, matter="mandate"), builders.a_steering_member(uk)
    cory, org = builders.a_member(uk, "Cory"), builders.an_organisation(uk, "The Open Shed")
    mandate = grant(uk, sam, decision, organisation_id=org.id, named=[cory.id])
    assert builders.acting(cory, uk).is_coordinator
    assert mandate.authority == f"decision:{decision.id}"
    assert mandate.next_report_on == date(2016, 4, 13)


@pytest.mark.parametrize("role", ["new holder", "old holder"])
def test_nobody_grants_or_renews_their_own_mandate_whatever_else_they_are(uk, role):
    decision, sam = a_decision(uk, matter="mandate"), builders.a_steering_member(uk)
    other = builders.a_member(uk)
    first = grant(uk, builders.a_steering_member(uk), decision, person_id=sam.id)
    holder = sam if role == "new holder" else other
    with pytest.raises(RuleBroken, match="nobody gives"):
        grant(uk, sam, decision, person_id=holder.id, first_day=first.end, last_day=date(2017, 4, 1))


def test_the_coordinator_cannot_record_a_mandate_at_all(uk):
    decision, cory = a_decision(uk, matter="mandate"), builders.a_coordinator(uk, days=10)
    with pytest.raises(NotAllowed):
        grant(uk, cory, decision, person_id=builders.a_member(uk).id, first_day=date(2015, 5, 1))


def test_the_committee_appoints_only_where_the_rules_say_so(uk):
    sam, cory = builders.a_steering_member(uk), builders.a_member(uk)
    proposal = taken(uk, sam, matter="mandate", body="committee")
    with clock.moved_to(clock.now() + timedelta(days=30)):
        close_due()
    decision = db.session.query(Decision).filter_by(proposal_id=proposal.id).one()
    with pytest.raises(RuleBroken, match="was not adopted"):
        grant(uk, sam, decision, person_id=cory.id)


@pytest.mark.parametrize(
    ("who", "body", "fine"),
    [
        ("all", "all", True),
        ("all", "committee", True),
        ("committee", "committee", True),
        ("committee", "all", False),
    ],
)
def test_whoever_appoints_by_the_rules_of_today_must_have_decided(who, body, fine):
    basis = Basis(1, "2015-01", "mandate", True, body=who)
    if fine:
        check_appoints(basis, body)
        return
    with pytest.raises(RuleBroken, match="all members appoint the coordinator"):
        check_appoints(basis, body)


def test_a_renewal_begins_where_the_old_one_ends(uk):
    decision, sam = a_decision(uk, matter="mandate"), builders.a_steering_member(uk)
    cory = builders.a_coordinator(uk, days=10)
    with pytest.raises(RuleBroken, match="There is a coordinator until"):
        grant(uk, sam, decision, person_id=cory.id)
    mandate = grant(uk, sam, decision, person_id=cory.id, first_day=TODAY + timedelta(days=10))
    assert mandate.start == TODAY + timedelta(days=10)


def test_a_decision_about_the_committee_gives_no_mandate(uk):
    decision, sam = a_decision(uk), builders.a_steering_member(uk)
    with pytest.raises(RuleBroken, match="another matter"):
        grant(uk, sam, decision, person_id=builders.a_member(uk).id)


def test_a_mandate_names_somebody_who_acts(uk):
    decision, sam = a_decision(uk, matter="mandate"), builders.a_steering_member(uk)
    org = builders.an_organisation(uk, "The Open Shed")
    with pytest.raises(RuleBroken, match="at least one person"):
        grant(uk, sam, decision, organisation_id=org.id)


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


def test_a_decision_withdraws_a_mandate_and_its_holder_does_not_record_it(uk):
    decision, sam = a_decision(uk, matter="mandate"), builders.a_steering_member(uk)
    mandate = grant(uk, builders.a_steering_member(uk), decision, person_id=sam.id)
    with pytest.raises(RuleBroken, match="nobody gives"), transaction():
        _withdraw(uk, mandate, decision, sam)
    with transaction():
        _withdraw(uk, mandate, decision, builders.a_steering_member(uk))
    assert db.session.get_one(Mandate, mandate.id).end == TODAY + timedelta(days=1)


def _withdraw(network, mandate, decision, by):
    actor = builders.acting(by, network)
    actions.withdraw_mandate(mandate, TODAY, decision=decision.number, by=actor, via=Door.WEB)


def test_a_report_is_filed_once_for_its_day_by_whoever_acts_under_the_mandate(uk):
    cory = builders.a_coordinator(uk)
    mandate = db.session.query(Mandate).one()
    due = mandate.next_report_on
    assert due == mandate.end
    with transaction():
        actor = builders.acting(cory, uk)
        report = actions.file_report(mandate, due, "We met **twice**.", by=actor, via=Door.WEB)
    assert "<strong>twice</strong>" in report.html
    assert db.session.get_one(Mandate, mandate.id).next_report_on is None
    with pytest.raises(RuleBroken, match="there already"), transaction():
        actions.file_report(mandate, due, "Again.", by=builders.acting(cory, uk), via=Door.WEB)
    with pytest.raises(NotAllowed), transaction():
        sam = builders.acting(builders.a_steering_member(uk), uk)
        actions.file_report(mandate, due, "Not mine.", by=sam, via=Door.WEB)
