"""Offices as found."""

from datetime import date

import pytest

from govnet.committee.founding import FoundPlace, FoundTerm
from govnet.coordinator.founding import FoundMandate
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.offices.models import Mandate, Seat, Term
from govnet.operations.founding import actions
from govnet.record.queries import details, entries_about, head_number
from tests import builders

pytestmark = pytest.mark.usefixtures("context")
WORD = "A mail to the list, 3 March 2014."


def found(network, ada, org):
    places = [
        FoundPlace(
            name="Chair",
            chair=True,
            terms=[
                FoundTerm(person_id=ada.id, start=date(2012, 1, 1), end=date(2014, 1, 1), evidence=WORD),
                FoundTerm(person_id=ada.id, start=date(2014, 1, 1), end=date(2016, 1, 1), evidence=WORD),
            ],
        ),
        FoundPlace(name="Member", vacancy_note="Election in June."),
    ]
    mandate = FoundMandate(
        organisation_id=org.id,
        named=[ada.id],
        scope="To coordinate.",
        start=date(2014, 1, 1),
        end=date(2015, 7, 1),
        evidence=WORD,
    )
    operator = builders.an_operator()
    with transaction():
        actions.record_as_found(
            network,
            committee="Steering group",
            places=places,
            mandates=[mandate],
            by=builders.acting(operator, network),
        )


def test_a_network_is_founded_with_its_committee_and_coordinator_as_they_were():
    network = builders.a_network()
    ada = builders.a_member(network, "Ada Example")
    org = builders.an_organisation(network, "The Open Shed")
    found(network, ada, org)
    actor = builders.acting(ada, network)
    assert actor.is_chair
    assert actor.is_coordinator
    assert head_number(network.id) == 4
    mandate = db.session.query(Mandate).one()
    entry = entries_about(network.id, f"mandate:{mandate.id}")[0]
    assert details(entry)["evidence"] == WORD
    assert details(entry)["holder"] == "The Open Shed"


def test_a_term_that_was_over_when_the_network_came_here_is_not_announced_as_ending_now():
    network = builders.a_network()
    ada = builders.a_member(network)
    found(network, ada, builders.an_organisation(network, "The Open Shed"))
    past, current = db.session.query(Term).order_by(Term.start)
    assert past.end_recorded_at is not None
    assert current.end_recorded_at is None
    assert [s.vacancy_note for s in db.session.query(Seat).order_by(Seat.position)] == [
        "",
        "Election in June.",
    ]
