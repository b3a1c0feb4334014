"""Lists of organisations and applications a page at a time, whatever there is."""

from __future__ import annotations

import pytest
from flask import Flask

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.membership.organisations import queries
from tests import builders
from tests.membership.people import a_waiting_application


def test_organisations_come_fifty_at_a_time(app: Flask) -> None:
    with app.app_context():
        network = builders.a_network()
        for n in range(51):
            builders.an_organisation(network, f"Club {n:02}")
    client = app.test_client()
    first, second, third = (client.get(f"/uk/organisations?page={n}").text for n in (1, 2, 3))
    assert [f"Club {n:02}" in first for n in (0, 49, 50)] == [True, True, False]
    assert [f"Club {n:02}" in second for n in (0, 49, 50)] == [False, False, True]
    assert "/uk/organisations?page=2" in first
    assert "There are no more organisations." in third
    data = client.get("/uk/organisations.json").json
    assert (len(data["organisations"]), data["next"]) == (50, "/uk/organisations.json?page=2")
    data = client.get(data["next"]).json
    assert ([each["name"] for each in data["organisations"]], data["next"]) == (["Club 50"], None)


def test_applications_come_fifty_at_a_time(app: Flask) -> None:
    with app.app_context():
        network = builders.a_network()
        officer = builders.a_steering_member(network)
        for n in range(51):
            a_waiting_application(network, name=f"Asker {n:02}", email=f"asker{n}@example.org")
        client = builders.sign_in(app.test_client(), officer)
    first, second, third = (client.get(f"/uk/applications?page={n}").text for n in (1, 2, 3))
    assert [f"Asker {n:02}" in first for n in (0, 49, 50)] == [True, True, False]
    assert [f"Asker {n:02}" in second for n in (0, 49, 50)] == [False, False, True]
    assert "/uk/applications?page=2" in first
    assert "There are no more applications." in third


def test_an_organisation_is_named_in_words_where_there_are_very_many(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_TO_CHOOSE", 2)
    with app.app_context():
        network = builders.a_network()
        for n in range(2):
            builders.an_organisation(network, f"Club {n}")
    assert "Club 1" in app.test_client().get("/uk/join").text
    with app.app_context():
        builders.an_organisation(db.session.get_one(Network, network.id), "Club 2")
    page = app.test_client().get("/uk/join").text
    assert "Club 1" not in page
    assert "I name it below" in page
