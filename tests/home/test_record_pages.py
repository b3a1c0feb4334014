"""The record's pages: every entry has its line, and only those whom it is for read the words."""

from __future__ import annotations

import json
import sys
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.charter.models import Network
from govnet.kernel.actor import Act, Actor, Authority, Door
from govnet.kernel.transaction import transaction
from govnet.record import queries, registry
from govnet.record.actions import erase_words, record
from govnet.record.chain import canonical, salted_digest
from govnet.record.events import Event, Visibility
from tests.builders import a_member, a_network, a_steering_member, sign_in
from tests.pages import opened
from tests.statements import counted


class TeaMade(Event):
    """Something that only happens in this file."""

    verb: ClassVar[str] = "tests.tea_made"
    sentence: ClassVar[Any] = "%(actor)s made tea in %(place)s"
    words_of = frozenset({"place"})

    place: str


@pytest.fixture(autouse=True)
def learnt(app: Flask) -> None:
    """The application knows these events."""
    with app.app_context():
        registry.learn(sys.modules[__name__])


def made_tea(
    network: Network, place: str, *, seen_by: Visibility = Visibility.PUBLIC, times: int = 1
) -> None:
    asha = Actor(person_id=7, name="Asha Example")
    act = Act(asha, Authority("term:3", "steering"), Door.MEETING, network.id)
    with transaction():
        for _ in range(times):
            record(
                TeaMade(
                    act=act,
                    seen_by=seen_by,
                    place=place,
                )
            )


def test_a_visitor_reads_what_happened_newest_first(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        made_tea(network, "Leeds")
        made_tea(network, "Newcastle")
    text = opened(client, "/uk/record").text
    assert text.index("made tea in Newcastle") < text.index("made tea in Leeds")
    assert "at a meeting" in text


def test_a_network_in_which_nothing_happened_says_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    assert "Nothing has happened yet." in opened(client, "/uk/record").text


def test_an_entry_for_members_has_its_line_but_not_its_words_for_visitors(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        network = a_network()
        made_tea(network, "Belfast", seen_by=Visibility.MEMBERS)
        member = sign_in(app.test_client(), a_member(network))
    text = opened(client, "/uk/record").text
    assert "Belfast" not in text
    assert "Something that only members may read" in text
    assert "Belfast" not in client.get("/uk/record/1.json").text
    assert "made tea in Belfast" in opened(member, "/uk/record").text


def test_only_the_committee_reads_what_is_for_the_committee(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        made_tea(network, "Cardiff", seen_by=Visibility.COMMITTEE)
        member = sign_in(client, a_member(network))
        steering = sign_in(app.test_client(), a_steering_member(network))
    assert "Cardiff" not in opened(member, "/uk/record/1").text
    assert "Cardiff" in opened(steering, "/uk/record/1").text


def test_a_long_record_is_read_page_by_page_and_no_entry_is_lost(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds", times=120)
    numbers: list[int] = []
    url: str | None = "/uk/record.json"
    while url:
        data = client.get(url).get_json()
        numbers += [entry["number"] for entry in data["entries"]]
        url = data["older"]
    assert numbers == list(range(120, 0, -1))
    assert "before=71" in "".join(opened(client, "/uk/record").links)
    assert "before=121" in "".join(opened(client, "/uk/record?before=71").links)


@pytest.mark.parametrize("before", ["0", "-3", "99999999999999999999", "x", "1"])
def test_a_made_up_page_number_is_answered_with_a_page(app: Flask, client: FlaskClient, before: str) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds")
    assert client.get(f"/uk/record?before={before}").status_code == 200


def test_an_entry_says_who_by_what_right_and_how(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds")
    text = opened(client, "/uk/record/1").text
    assert "Asha Example made tea in Leeds" in text
    assert "as somebody with a place on the committee" in text


def test_an_entry_that_does_not_exist_is_no_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_network()
    opened(client, "/uk/record/1", status=404)


def test_erased_words_leave_a_gap_that_is_shown(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        made_tea(network, "Leeds")
        with transaction():
            entry = queries.entry(network.id, 1)
            assert entry is not None
            erase_words(entry)
    text = opened(client, "/uk/record/1").text
    assert "somebody made tea in …" in text
    assert "Text was removed" in text


def test_a_stranger_can_check_an_entry_with_what_the_data_page_gives(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds")
    entry = client.get("/uk/record/1.json").get_json()
    assert salted_digest(entry["facts_salt"], canonical(entry["facts"])) == entry["facts_digest"]
    assert salted_digest(entry["words_salt"], canonical(entry["words"])) == entry["words_digest"]
    head = json.loads(client.get("/uk/record.json").text)["head"]
    assert head == {"number": 1, "hash": entry["hash"]}


def test_a_page_of_fifty_entries_asks_no_more_than_a_page_of_one(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds", times=60)
        with counted() as statements:
            client.get("/uk/record")
    assert len(statements) <= 5, statements


def test_visitors_get_the_record_without_a_cookie_and_may_keep_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        made_tea(a_network(), "Leeds")
    first = client.get("/uk/record")
    assert "Set-Cookie" not in first.headers
    assert client.get("/uk/record", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_visitor_does_not_read_what_is_about_one_person(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        network = a_network()
        made_tea(network, "Derry", seen_by=Visibility.SUBJECT)
    assert "Derry" not in client.get("/uk/record").text
