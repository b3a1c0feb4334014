"""Home when things happen: what is open, decided, coming and said, for visitors and for members."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.charter.models import Network
from govnet.decisions.closing.actions import close_due
from govnet.decisions.rules.outcome import AnswerKind
from govnet.extensions import db
from govnet.forum.states import Readership
from govnet.forum.threads import actions as threads_actions
from govnet.forum.topics import actions
from govnet.kernel.actor import Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.builders import a_coordinator, a_member, a_network, a_steering_member, acting, sign_in
from tests.decisions.builders import QUESTION, a_proposal, answered, members
from tests.pages import opened
from tests.statements import counted


def a_discussion(
    network: Network, by: Person, title: str, body: str, audience: Readership = Readership.PUBLIC
) -> None:
    with transaction():
        network = db.session.merge(network)
        actor = acting(by, network)
        about = actions.TopicInput(title=title)
        topic = actions.open_topic(network, about, by=actor, via=Door.WEB)
        threads_actions.start_thread(
            topic,
            threads_actions.ThreadInput(title=title, body=body, audience=audience),
            by=actor,
            via=Door.WEB,
        )


@pytest.fixture
def alive(app: Flask) -> dict[str, int]:
    """A network with an officer, one open proposal with answers, and two discussions."""
    with app.app_context():
        network = a_network()
        sam = a_steering_member(network, "Sam Steering")
        a_coordinator(network, days=90)
        asha, idris, *others = members(network, 6)
        proposal = a_proposal(network, asha)
        answered(proposal, network, AnswerKind.AGREE, asha, *others[:3])
        answered(proposal, network, AnswerKind.STAND_ASIDE, others[3])
        a_discussion(network, sam, "How many seats?", "Nine **would** do.")
        a_discussion(network, sam, "About a person", "Between us.", Readership.MEMBERS)
        return {"asha": asha.id, "idris": idris.id}


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    with app.app_context():
        return sign_in(app.test_client(), db.session.get_one(Person, person_id))


@pytest.mark.usefixtures("alive")
def test_a_visitor_sees_open_proposals_and_how_they_stand(client: FlaskClient) -> None:
    text = opened(client, "/uk/").text
    assert QUESTION in text
    assert "4 Agree" in text
    assert "Closes" in text


@pytest.mark.usefixtures("alive")
def test_a_visitor_reads_public_posts_and_nothing_else(client: FlaskClient) -> None:
    text = opened(client, "/uk/").text
    assert "Nine would do." in text
    assert "Between us" not in text
    assert "Between us" not in client.get("/uk.json").text


def test_a_member_sees_whether_she_has_answered(app: Flask, alive: dict[str, int]) -> None:
    assert "You have answered" in opened(signed_in(app, alive["asha"]), "/uk/").text
    missing = opened(signed_in(app, alive["idris"]), "/uk/").text
    assert "Your answer is wanted" in missing
    assert "Between us" in missing


def test_a_decision_is_listed_with_its_number(
    app: Flask, alive: dict[str, int], client: FlaskClient, time: MovedClock
) -> None:
    time.move(timedelta(days=40))
    with app.app_context():
        close_due()
    text = opened(client, "/uk/").text
    assert "2015-01" in text
    assert "Agreed; 1 disagreed and let it go ahead" in text
    assert "Nothing is open for answers." in text


@pytest.mark.usefixtures("alive")
def test_the_end_of_the_mandate_comes_up(client: FlaskClient) -> None:
    assert "Last day of the coordinator’s mandate" in opened(client, "/uk/").text


@pytest.mark.usefixtures("alive")
def test_the_order_of_the_page_is_that_of_a_newcomer_s_questions(client: FlaskClient) -> None:
    text = opened(client, "/uk/").text
    parts = [
        "Just the mail",
        "Open now",
        "Decided lately",
        "Coming up",
        "Said lately",
        "Who runs this",
        "Robin Contact",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.usefixtures("alive")
def test_the_data_says_the_same_as_the_page(client: FlaskClient) -> None:
    data = client.get("/uk.json").get_json()
    assert data["open"][0]["question"] == QUESTION
    assert data["open"][0]["answers"]["agree"] == 4
    assert [said["title"] for said in data["said"]] == ["How many seats?"]


@pytest.mark.usefixtures("alive")
def test_a_full_home_asks_eight_times_for_a_visitor(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), counted() as statements:
        client.get("/uk/")
    marks = 1  # of all those named on it
    assert len(statements) <= 8 + marks, statements


def test_home_asks_no_more_when_there_is_more_to_show(app: Flask, alive: dict[str, int]) -> None:
    client = signed_in(app, alive["asha"])
    with app.app_context():
        network = db.session.query(Network).one()
        with counted() as few:
            client.get("/uk/")
        asha = db.session.get_one(Person, alive["asha"])
        for _ in range(3):
            a_proposal(network, asha)
            a_member(network)
        with counted() as many:
            client.get("/uk/")
    assert len(many) <= len(few) <= 11
