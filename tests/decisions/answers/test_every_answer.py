"""Every answer behind a decision, as data: for whom with which names, and at what cost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.answers import actions
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.models import Proposal
from govnet.decisions.proposals import interests
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import a_member, acting, an_organisation
from tests.decisions.builders import a_network_with_rules, a_proposal, answered, members, version_of
from tests.decisions.closing.test_reviews import closed
from tests.decisions.rules.test_methods import CITIES, asked, chose, close
from tests.decisions.stage import browser
from tests.erased import erase
from tests.pages import opened
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")

URL = "/uk/decisions/2015-01/answers.json"


def _for_organisation(proposal: Proposal, network: Network, person: Person) -> None:
    actor, version_id = acting(person, network), version_of(proposal).id
    entry = next(each.id for each in queries.entries_for(version_id, actor) if each.organisation_id)
    with transaction():
        actions.answer(
            version_id, AnswerInput(AnswerKind.STAND_ASIDE), by=actor, via=Door.WEB, entry_id=entry
        )


@pytest.fixture
def people(time: MovedClock) -> list[Person]:
    """Ann may be named, Bob not, Cat has an interest, Dan removed his name, Involve speaks through Eve."""
    network = a_network_with_rules()
    ann, bob, cat, dan, eve = (a_member(network, name) for name in ("Ann", "Bob", "Cat", "Dan", "Eve"))
    an_organisation(network, "Involve", spoken_for_by=eve)
    proposal = a_proposal(network, ann)
    with transaction():
        interests.declare(db.session.merge(proposal), "I own it.", by=acting(cat, network), via=Door.WEB)
    answered(proposal, network, AnswerKind.AGREE, ann, named=True)
    answered(proposal, network, AnswerKind.BLOCK, bob)
    answered(proposal, network, AnswerKind.RESERVATIONS, cat, dan)
    _for_organisation(proposal, network, eve)
    closed(time, proposal)
    erase(dan.id)
    return [ann, bob, cat, dan, eve]


def _lines(data: Any) -> list[tuple[Any, ...]]:
    return [(each["name"], each["answer"], each["counted"], each["recused"]) for each in data["answers"]]


def test_a_member_sees_every_answer_with_whose_it_is(app: Flask, people: list[Person]) -> None:
    data = browser(app, people[0]).get(URL).json
    assert _lines(data) == [
        ("Ann", "agree", True, False),
        ("Bob", "block", True, False),
        ("Cat", "reservations", False, True),
        ("Involve", "stand-aside", True, False),
        (None, "reservations", True, False),
    ]
    assert [each["name"] for each in data["answers"] if each["organisation"]] == ["Involve"]


def test_a_visitor_can_count_them_and_learns_nobody_s_answer(app: Flask, people: list[Person]) -> None:
    found = browser(app).get(URL)
    assert _lines(found.json) == [
        ("Ann", "agree", True, False),
        ("Involve", "stand-aside", True, False),
        (None, "block", True, False),
        (None, "reservations", True, False),
        (None, None, False, True),
    ]
    tally = Counter(each["answer"] for each in found.json["answers"] if each["counted"])
    assert tally == {kind: many for kind, many in found.json["tally"].items() if many}
    assert "It leaves people out" not in found.text


@pytest.mark.parametrize("method", ["ranked", "score", "dots"])
def test_choices_stand_there_as_they_were_given(app: Flask, time: MovedClock, method: str) -> None:
    network = a_network_with_rules()
    ann, bob, cat = members(network, 3)
    proposal = asked(network, ann, method, *CITIES)
    for person, choices in ((ann, {1: 1, 0: 2}), (bob, {3: 1})):
        chose(proposal, network, person, choices)
    answered(proposal, network, AnswerKind.NO_VIEW, cat)
    close(time, proposal)
    data = browser(app).get(URL).json
    assert [each["choices"] for each in data["answers"]] == [{"0": 2, "1": 1}, {"3": 1}, None]
    assert data["tally"]["options"]["titles"]["3"] == CITIES[2]


def test_the_check_and_the_register_lead_to_it(app: Flask, people: list[Person]) -> None:
    client = browser(app)
    assert URL in opened(client, "/uk/decisions/2015-01/check").links
    assert client.get("/uk/decisions.json").json["decisions"][0]["answers_url"].endswith(URL)
    assert client.get(URL.replace("2015-01", "2015-02")).status_code == 404


def test_a_hundred_answers_ask_the_database_no_more_often_than_one(app: Flask, time: MovedClock) -> None:
    numbers = []
    for slug, many in (("uk", 100), ("scotland", 1)):
        network = a_network_with_rules(slug)
        crowd = members(network, many)
        proposal = a_proposal(network, crowd[0])
        answered(proposal, network, AnswerKind.AGREE, *crowd)
        closed(time, proposal)
        client = browser(app, crowd[0])
        with counted() as statements:
            found = client.get(URL.replace("uk", slug)).json
        assert len(found["answers"]) == many
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 10
