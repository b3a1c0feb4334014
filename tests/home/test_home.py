"""The front doors: a visitor finds out what this is, who runs it, and how to come in."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.kernel.transaction import transaction
from govnet.record.models import ChainHead
from tests.builders import (
    a_committee,
    a_coordinator,
    a_member,
    a_network,
    a_steering_member,
    an_organisation,
    seated,
    sign_in,
)
from tests.pages import opened
from tests.statements import counted


def test_a_server_without_a_network_says_what_to_run(client: FlaskClient) -> None:
    assert "govnet init" in opened(client, "/").text


def test_the_only_network_is_where_the_front_door_leads(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    assert client.get("/").headers["Location"].endswith("/uk/")


def test_a_sister_network_does_not_hide_its_parent(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network("scotland", parent_id=a_network().id)
    assert client.get("/").headers["Location"].endswith("/uk/")
    assert "The SCOTLAND network" in opened(client, "/uk/about").text
    assert "The UK network" in opened(client, "/scotland/about").text


def test_several_networks_are_listed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network("uk")
        a_network("france")
    text = opened(client, "/").text
    assert text.index("FRANCE") < text.index("UK")


def test_a_visitor_reads_the_purpose_and_how_many_belong(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        a_member(network)
        a_member(network)
        a_member(network, state="found")
        an_organisation(network, "Example Society")
    text = opened(client, "/uk/").text
    assert "To open up how decisions are made." in text
    assert "2 people and 1 organisation are members." in text


def test_where_nobody_belongs_yet_the_first_is_asked_in(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    text = opened(client, "/uk/members").text
    assert "There are no members yet: you can be the first." in text
    assert "0 people" not in text


def test_a_network_that_nobody_runs_invites_nobody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    page = opened(client, "/uk/")
    assert "Nobody runs this network yet" in page.text
    assert "/uk/join" not in page.links
    assert "Joining costs nothing" not in page.text


def test_nothing_is_said_of_people_where_organisations_alone_belong(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        an_organisation(a_network(), "Example Society")
    assert "1 organisation is a member." in opened(client, "/uk/").text
    assert "0 people" not in opened(client, "/uk/members").text


def test_a_visitor_reads_who_runs_this_and_which_places_are_empty(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        a_steering_member(network, "Sam Steering")
        a_coordinator(network, "Cory Coordinator", days=90)
    text = opened(client, "/uk/").text
    assert "Sam Steering" in text
    assert text.count("Empty place") == 2
    assert "Cory Coordinator until Sat 11 Jul 2015" in text


def test_people_whose_term_has_ended_run_this_no_longer(
    app: Flask, client: FlaskClient, time: MovedClock
) -> None:
    with app.app_context():
        network = a_network()
        seated(a_committee(network, seats=1), a_member(network, "Gone Tomorrow"), seat=1, days=1)
    assert "Gone Tomorrow" in opened(client, "/uk/").text
    time.move(timedelta(days=1))
    assert "Gone Tomorrow" not in opened(client, "/uk/").text


def test_the_home_page_as_data_says_the_same(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        a_steering_member(network, "Sam Steering")
    data = client.get("/uk.json").get_json()
    assert data["members"] == {"people": 1, "organisations": 0}
    assert [place["holder"] for place in data["committee"]] == [None, "Sam Steering", None]
    assert data["contact"]["name"] == "Robin Contact"


def test_visitors_get_home_without_a_cookie_or_a_form_and_may_keep_it(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        a_network()
    first = client.get("/uk/")
    assert "Set-Cookie" not in first.headers
    assert "<form" not in first.text
    again = client.get("/uk/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_member_s_home_is_nobody_else_s(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sign_in(client, a_member(a_network()))
    assert client.get("/uk/").headers["Cache-Control"] == "private, no-store"


def test_home_asks_the_database_eight_times_at_most(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        for _ in range(5):
            a_member(network)
        a_steering_member(network)
        with counted() as statements:
            client.get("/uk/")
    assert len(statements) <= 8, statements


def test_about_leads_to_the_record_and_names_a_human(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    html = opened(client, "/uk/about")
    assert "/uk/record" in html.links
    assert "Robin Contact" in html.text


def test_an_unknown_network_is_no_page_and_the_way_home_is_on_it(client: FlaskClient) -> None:
    html = opened(client, "/nowhere/", status=404)
    assert "There is no such page" in html.text
    assert "/" in html.links


def test_browsers_find_the_icon_where_they_look_for_it(client: FlaskClient) -> None:
    with client.get("/favicon.ico", follow_redirects=True) as icon:
        assert icon.mimetype == "image/svg+xml"


def test_pages_of_a_restored_database_have_another_etag(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    first = client.get("/uk/").headers["ETag"]
    with app.app_context(), transaction():
        db.session.execute(update(ChainHead).values(hash="0" * 64))
    assert client.get("/uk/").headers["ETag"] != first
