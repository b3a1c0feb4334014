"""Two workers at once close two proposals for one office: one of them gives it, and the other's decision says why it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from govnet.charter.models import Network
from govnet.decisions.closing.actions import close_due
from govnet.decisions.closing.results import not_applied
from govnet.decisions.models import Proposal
from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.offices.models import Mandate, Term
from govnet.people.models import Person
from tests import builders
from tests.at_once import at_once
from tests.chain import faults_of
from tests.decisions.builders import decisions, version_of
from tests.offices.builders import a_mandate_for, all_agree, asked, place

pytestmark = pytest.mark.usefixtures("context")


def for_a_place(network: Network, proposer: Person, person: Person) -> Proposal:
    return asked(network, proposer, place(network, person))


def for_the_mandate(network: Network, proposer: Person, person: Person) -> Proposal:
    return asked(network, proposer, a_mandate_for(person), matter="mandate")


@pytest.mark.parametrize("_again", range(4))
@pytest.mark.parametrize(("proposed", "office"), [(for_a_place, Term), (for_the_mandate, Mandate)])
def test_one_office_that_two_decisions_give_at_once_is_given_once(
    app: Flask, time: MovedClock, proposed, office, _again: int
) -> None:
    network = builders.a_network()
    builders.a_committee(network, seats=8)
    sam = builders.a_steering_member(network)
    before = db.session.scalar(select(func.count()).select_from(office))
    people = [builders.a_member(network, name) for name in ("Ada Example", "Bo Example")]
    proposals = [proposed(network, sam, person) for person in people]
    for proposal in proposals:
        all_agree(proposal, network)
    time.move(to=version_of(proposals[0]).deadline + timedelta(seconds=1))
    db.session.rollback()
    closed = at_once(app, close_due, close_due, close_due)
    assert sum(closed) == 2  # type: ignore[arg-type]
    assert db.session.scalar(select(func.count()).select_from(office)) == before + 1
    reasons = sorted(" ".join(not_applied(each)) for each in decisions())
    assert reasons[0] == ""
    assert "until Tue 12 Apr 2016" in reasons[1]
    assert faults_of(network.id) == []
