"""Whoever holds an office or speaks for an organisation is marked as such; a namesake of theirs is not."""

from __future__ import annotations

import quopri

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.accounts.models import Person
from govnet.decisions.rules import Kind
from govnet.extensions import db
from govnet.mail import telling
from govnet.mail.models import Rendering
from govnet.membership.marks import namesakes, offices
from govnet.membership.models import Representation
from tests import builders
from tests.decisions.builders import a_proposal, answered
from tests.forum.made import a_post, a_thread, a_topic
from tests.membership.people import a_network_with_rules, a_waiting_application
from tests.pages import opened


class Two:
    """A coordinator, and a member who has the very same name; each has written a post."""

    def __init__(self) -> None:
        self.network = builders.a_network()
        self.cory = builders.a_coordinator(self.network, "Cory Same")
        self.other = builders.a_member(self.network, "Cory Same")
        self.ann = builders.a_member(self.network, "Ann Voice")
        builders.an_organisation(self.network, "The Open Shed", spoken_for_by=self.ann)
        thread = a_thread(a_topic(self.network), self.cory)
        for person in (self.other, self.ann):
            a_post(thread, person)
        self.thread_id, self.ids = thread.id, (self.cory.id, self.other.id, self.ann.id)


@pytest.fixture
def two(app: Flask) -> Two:
    with app.app_context():
        return Two()


def heads(client: FlaskClient, two: Two) -> list[str]:
    """What stands at the head of each post."""
    page = client.get(f"/uk/forum/{two.thread_id}").text
    return [part.split("</p>")[0] for part in page.split('<p class="by">')[1:]]


def test_the_coordinator_is_marked_beside_a_post_and_a_namesake_is_not(app: Flask, two: Two) -> None:
    cory, other, ann = heads(app.test_client(), two)
    assert "Cory Same" in cory
    assert "Cory Same" in other
    assert ">coordinator<" in cory.replace("</svg>", "")
    assert "coordinator" not in other
    assert "Open Shed" not in ann, "visitors read it only where it may be seen"


def test_members_see_for_whom_somebody_speaks_and_the_public_where_it_may_be_seen(
    app: Flask, two: Two
) -> None:
    with app.app_context():
        client = builders.sign_in(app.test_client(), db.session.get_one(Person, two.ids[1]))
    assert "speaks for The Open Shed" in heads(client, two)[2]
    with app.app_context():
        db.session.scalars(select(Representation)).one().named_in_public = True
        db.session.commit()
    assert "speaks for The Open Shed" in heads(app.test_client(), two)[2]


@pytest.mark.usefixtures("context")
def test_a_mark_ends_with_the_office() -> None:
    network = builders.a_network()
    sam, _cory = builders.a_steering_member(network), builders.a_coordinator(network, days=-1)
    assert offices(network.id) == {sam.id: "committee"}


def test_a_mail_says_who_writes_it(app: Flask, two: Two) -> None:
    with app.app_context():
        while telling.run():
            pass
        bodies = [
            quopri.decodestring(body or b"").decode() for body in db.session.scalars(select(Rendering.body))
        ]
        assert any("Cory Same (coordinator)" in body for body in bodies)
        assert any(
            "Cory Same wrote" in body or ("Cory Same" in body and "(coordinator)" not in body)
            for body in bodies
        )


def test_an_answer_has_the_mark_of_who_gave_it(app: Flask) -> None:
    with app.app_context():
        network = builders.a_network()
        sam = builders.a_steering_member(network)
        proposal = a_proposal(network, sam)
        answered(proposal, network, Kind.AGREE, sam)
        url = f"/uk/proposals/{proposal.id}"
        client = builders.sign_in(app.test_client(), sam)
    assert "(committee)" in opened(client, url).text


@pytest.mark.usefixtures("context")
def test_officers_are_shown_namesakes_and_nobody_is_refused(app: Flask) -> None:
    network = a_network_with_rules()
    sam = builders.a_steering_member(network)
    builders.a_member(network, "Ada Newcomer")
    application = a_waiting_application(network, name="ADA newcomer")
    assert [name for name, _since in namesakes(network.id, "ADA newcomer", but=None)] == ["Ada Newcomer"]
    client = builders.sign_in(app.test_client(), sam)
    url = f"/uk/applications/{application.id}"
    db.session.remove()
    assert "Somebody here has this name already" in opened(client, url).text
