"""A network is founded in short pages: forward where nothing is wrong, back always, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.models import Topic
from govnet.offices.models import Seat, Term
from govnet.operations.founding.file import TOPICS
from govnet.operations.founding.forms import STEPS
from tests.builders import a_network
from tests.operations.test_pages import COORDINATOR, SEAT, TYPED, a_link
from tests.pages import Html, check, defaults, opened

WORDS = {name: str(words) for name, words in (
    ("network", "Name and purpose"), ("charter", "How it decides"), ("topics", "What it talks about"),
    ("places", "Its places"), ("people", "The first people"), ("look", "Check everything, and found the network"),
)}  # fmt: skip
HERE = {
    "network": {name: text for name, text in TYPED.items() if not name.startswith("charter")},
    "charter": {name: text for name, text in TYPED.items() if name.startswith("charter")},
    "topics": {"topics": "Allotments: who digs where\nThe annual fair"},
    "places": {"seat2_name": SEAT["seat2_name"], "committee_name": "Board"},
    "people": {**{name: text for name, text in SEAT.items() if name != "seat2_name"}, **COORDINATOR},
    "look": {},
}


def press(client: FlaskClient, link: str, page: Html, name: str, value: str = "1", **typed: Any) -> Any:
    """Send the page's form by one of its buttons, with what was typed into fields that it shows."""
    (form,) = (each for each in page.forms if each["method"] == "post")
    seen = {each["name"] for each in form["fields"] if each["type"] != "hidden"}
    assert name in seen
    assert set(typed) <= seen, set(typed) - seen
    return client.post(link, data={**defaults(form), **typed, name: value})


def walked(client: FlaskClient, link: str, to: str = "look") -> Html:
    """Through the steps, each filled in."""
    page = opened(client, link)
    for step in STEPS:
        check(page, step)
        assert WORDS[step] in page.text
        if step == to:
            return page
        answer = press(client, link, page, "go", **HERE[step])
        assert answer.status_code == 200, Html(answer.text).text
        page = Html(answer.text)
    raise AssertionError(to)


def test_each_step_is_short_and_the_last_founds_what_was_typed(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    last = walked(client, link)
    for text in (
        "Allotments: who digs where",
        "Board",
        "Involve",
        "sam@example.org",
        "Minutes of 9 June 2014.",
    ):
        assert text in last.text
    done = press(client, link, last, "found")
    assert (done.status_code, done.location) == (303, link)
    assert press(client, link, last, "found").location == link
    with app.app_context():
        assert len(db.session.scalars(select(Network)).all()) == 1
        topics = db.session.scalars(select(Topic).order_by(Topic.id)).all()
        assert [topic.title for topic in topics] == ["Allotments", "The annual fair"]
        assert db.session.scalars(select(Seat.name)).all() == ["First place"]
        assert db.session.scalars(select(Term)).one().evidence == "Minutes of 9 June 2014."


@pytest.mark.parametrize("step", list(STEPS))
def test_no_step_shows_what_another_asks(client: FlaskClient, app: Flask, step: str) -> None:
    page = walked(client, a_link(app), step)
    (form,) = (each for each in page.forms if each["method"] == "post")
    seen = {each["name"] for each in form["fields"] if each["type"] not in ("hidden", "submit")}
    mine = set(HERE[step])
    assert mine <= seen
    assert not seen & {name for other, typed in HERE.items() if other != step for name in typed}
    names = [each["name"] for each in form["fields"] if each["type"] != "radio"]
    assert len(names) == len(set(names)) or step == "look"


def test_going_back_and_forth_loses_nothing_and_asks_for_nothing(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    page = walked(client, link, "people")
    page = Html(press(client, link, page, "back", coordinator_person="Half a na").text)
    page = Html(press(client, link, page, "back").text)
    assert WORDS["topics"] in page.text
    for _ in range(2):
        page = Html(press(client, link, page, "go").text)
    (form,) = (each for each in page.forms if each["method"] == "post")
    kept = defaults(form)
    assert kept["coordinator_person"] == "Half a na"
    assert kept["topics"].strip().splitlines() == HERE["topics"]["topics"].splitlines()
    assert kept["network_name"] == TYPED["network_name"]


def test_from_the_last_page_each_step_can_be_changed(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    last = walked(client, link)
    for step in STEPS:
        if step != "look":
            page = Html(press(client, link, last, "to", step).text)
            assert WORDS[step] in page.text
            assert "Go on" in page.text


@pytest.mark.parametrize(
    ("step", "typed", "field"),
    [
        ("network", {"network_slug": "forum"}, "network_slug"),
        ("network", {"network_slug": "taken"}, "network_slug"),
        ("network", {"network_purpose": ""}, "network_purpose"),
        ("network", {"contact_email": "nobody"}, "contact_email"),
        ("topics", {"topics": ""}, "topics"),
        ("topics", {"topics": "One\none: again"}, "topics"),
        ("topics", {"topics": ": about nothing"}, "topics"),
        ("topics", {"topics": "\n".join(map(str, range(31)))}, "topics"),
        ("people", {"seat2_evidence": ""}, "seat2_evidence"),
        ("people", {"coordinator_end": "some day"}, "coordinator_end"),
    ],
)
def test_a_mistake_in_a_step_is_named_there_and_nothing_else_is(
    client: FlaskClient, app: Flask, step: str, typed: dict[str, str], field: str
) -> None:
    with app.app_context():
        a_network("taken")
    link = a_link(app)
    answer = press(client, link, walked(client, link, step), "go", **{**HERE[step], **typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert answer.text.count('-error"') <= 3
    assert WORDS[step] in Html(answer.text).text


def test_the_topics_that_are_suggested_belong_to_no_network(client: FlaskClient, app: Flask) -> None:
    page = walked(client, a_link(app), "topics")
    (form,) = (each for each in page.forms if each["method"] == "post")
    suggested = defaults(form)["topics"]
    for topic in TOPICS:
        assert topic.title in suggested
        assert "government" not in f"{topic.title} {topic.about}".lower()


def test_a_step_that_there_is_not_is_the_first(client: FlaskClient, app: Flask) -> None:
    link = a_link(app)
    page = opened(client, link)
    sent = defaults(page.forms[-1])
    for forged in ({"step": "x", "back": "1"}, {"to": "nowhere"}, {"step": "network", "back": "1"}):
        assert WORDS["network"] in Html(client.post(link, data={**sent, **forged}).text).text
