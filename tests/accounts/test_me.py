"""The page "You": what waits, what happened, and what is marked as read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from govnet.accounts import news, tasks
from govnet.accounts.models import CaughtUp
from govnet.accounts.news import Group, Sort
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import ONESELF, Act, Door
from govnet.kernel.clock import MovedClock
from govnet.kernel.tasks import TaskKind, task_rows
from govnet.kernel.transaction import transaction
from govnet.people.models import Organisation, Person
from govnet.record import registry
from govnet.record.actions import record
from govnet.record.events import Event, Visibility
from govnet.record.models import Entry
from tests import builders
from tests.committee.test_pages import an_application
from tests.pages import opened, send
from tests.statements import counted


class Decided(Event):
    """Something was decided."""

    verb: ClassVar[str] = "test.decided"
    sentence: ClassVar[Any] = "%(what)s was decided"
    subject: ClassVar[str] = "thing"
    thing: object
    what: str


class Answered(Event):
    """Somebody answered somebody."""

    verb: ClassVar[str] = "test.answered"
    sentence: ClassVar[Any] = "%(actor)s answered"
    subject: ClassVar[str] = "to"
    to: object


@pytest.fixture
def little_features(app, monkeypatch):
    """Organisations wait for everybody; two verbs are news."""
    with app.app_context():
        for event in (Decided, Answered):
            monkeypatch.setitem(registry.events(), event.verb, event)

    def link(network, key):
        return f"/{network.slug}/things/{key}"

    def rows(person_id, now):
        columns = task_rows(Network.id, Organisation.id, Organisation.name, Organisation.created_at)
        return columns.join(Network, Network.slug == "uk")

    def undated(person_id, now):
        columns = task_rows(Network.id, Person.id, Person.name).join(Network, Network.slug == "uk")
        return columns.where(Person.id == person_id, Person.name == "Ann Waits")

    kinds = (
        TaskKind("test.organisation", rows, asks="Your answer", link=link),
        TaskKind("test.person", undated, asks="Your word", link=link),
    )
    monkeypatch.setattr(tasks, "KINDS", kinds)
    answers = Sort((Answered,), lambda person: Entry.subject == f"person:{person}")
    groups = ((Group.ANSWERS, (answers,)), (Group.DECIDED, (Sort((Decided,)),)))
    monkeypatch.setattr(news, "GROUPS", groups)


def happened(network_id, what="The quorum", by=None, seen_by=None, to=None):
    network = db.session.get_one(Network, network_id)
    actor = builders.acting(by or builders.a_person("Bob Example"), network)
    common = {"act": Act(actor, ONESELF, Door.WEB, network.id)}
    with transaction():
        if to is not None:
            record(Answered(**common, to=db.session.get_one(Person, to)))
        else:
            record(Decided(**common, thing=network, what=what, seen_by=seen_by))


def test_when_nothing_waits_the_page_says_so(little_features, ann_here):
    page = opened(ann_here, "/me")
    assert "Nothing waits for you" in page.text
    assert "Nothing new since you were here." in page.text
    assert "The UK network member" in page.text


def test_tasks_are_listed_soonest_first_and_undated_last(app, little_features, ann_here, ann, time):
    with app.app_context():
        network = db.session.get_one(Network, ann.network_id)
        builders.an_organisation(network, "Later Shed")
        time.move(timedelta(days=-1))
        builders.an_organisation(network, "Sooner Shed")
        time.move(timedelta(days=1))
        with transaction():
            db.session.get_one(Person, ann.id).name = "Ann Waits"
    page = opened(ann_here, "/me")
    assert page.title.startswith("3 things wait for you")
    assert page.text.index("Sooner Shed") < page.text.index("Later Shed") < page.text.index("Your word")
    assert "Your answer · until yesterday, Sun 12 Apr 2015, 10:00 BST" in page.text
    assert "/uk/things/1" in page.links


def test_the_number_beside_you_costs_one_statement_and_none_for_visitors(app, little_features, ann_here, ann):
    with app.app_context():
        builders.an_organisation(db.session.get_one(Network, ann.network_id), "The Open Shed")
    with app.app_context(), counted() as statements:
        page = opened(ann_here, "/me/security")
    assert "You 1 wait for you" in page.text
    assert len([s for s in statements if "organisation.name" in s and "count" in s]) == 1
    with app.app_context(), counted() as statements:
        app.test_client().get("/sign-in")
    assert not [s for s in statements if "organisation" in s]


def test_the_page_asks_at_most_eight_times_however_much_there_is(app, little_features, ann_here, ann):
    with app.app_context():
        for n in range(5):
            builders.an_organisation(db.session.get_one(Network, ann.network_id), f"Shed {n}")
            happened(ann.network_id, f"Thing {n}")
    with app.app_context(), counted() as statements:
        opened(ann_here, "/me")
    assert len(statements) <= 8, statements


def test_the_news_are_in_groups_with_counts_and_links_to_the_rest(app, little_features, ann_here, ann):
    with app.app_context():
        for n in range(8):
            happened(ann.network_id, f"Thing {n}")
        happened(ann.network_id, to=ann.id)
        happened(ann.network_id, to=builders.a_person("Cy").id)
    text = opened(ann_here, "/me").text
    assert "Answers to you 1" in text
    assert "Decided 8" in text
    assert text.index("Answers to you") < text.index("Decided")
    assert "Thing 7 was decided" in text
    assert "Thing 1 was decided" not in text
    assert "and 2 more" in text


def test_no_more_is_counted_than_anybody_reads(app, little_features, ann_here, ann, monkeypatch):
    monkeypatch.setattr(news, "COUNTED", 7)
    with app.app_context():
        for n in range(9):
            happened(ann.network_id, f"Thing {n}")
        happened(ann.network_id, to=ann.id)
    text = opened(ann_here, "/me").text
    assert "Decided 7+" in text
    assert "Thing 8 was decided" in text
    assert "and many more" in text
    assert "Answers to you 1" in text


def test_ann_s_own_acts_are_no_news_to_her(app, little_features, ann_here, ann):
    with app.app_context():
        happened(ann.network_id, by=db.session.get_one(Person, ann.id))
    assert "was decided" not in opened(ann_here, "/me").text


def test_news_for_the_committee_are_shown_to_it_only(app, little_features, client, ann_here, ann):
    with app.app_context():
        happened(ann.network_id, "A secret", seen_by=Visibility.COMMITTEE)
        happened(ann.network_id, "A word", seen_by=Visibility.MEMBERS)
        sam = builders.a_steering_member(db.session.get_one(Network, ann.network_id))
        sams = app.test_client()
        builders.sign_in(sams, sam)
    assert "A secret" not in opened(ann_here, "/me").text
    assert "A word" in opened(ann_here, "/me").text
    text = opened(sams, "/me").text
    assert "A secret" in text
    assert "on the committee" in text


def test_i_have_read_all_this_marks_exactly_what_was_shown(app, little_features, ann_here, ann):
    with app.app_context():
        happened(ann.network_id, "Seen")
    page = opened(ann_here, "/me")
    with app.app_context():
        happened(ann.network_id, "Meanwhile")
    form = next(f for f in page.forms if f["action"] == "/me/read")
    fields = {f["name"]: f["value"] for f in form["fields"] if f["name"]}
    assert fields[f"upto-{ann.network_id}"] == "1"
    ann_here.post("/me/read", data=fields)
    text = opened(ann_here, "/me").text
    assert "Meanwhile was decided" in text
    assert "Seen was decided" not in text
    ann_here.post("/me/read", data={**fields, f"upto-{ann.network_id}": "0"})
    assert "Seen was decided" not in opened(ann_here, "/me").text


def test_nobody_marks_what_is_not_there_yet(app, little_features, ann_here, ann):
    with app.app_context():
        happened(ann.network_id, "Seen")
    page = opened(ann_here, "/me")
    fields = {f["name"]: f["value"] for form in page.forms for f in form["fields"] if f["name"]}
    strange = {
        f"upto-{ann.network_id}": "999999",
        "upto-77": "5",
        "upto-x": "1",
        "upto-1e3": "²",
        "upto-" + "9" * 30: "1",
    }
    assert ann_here.post("/me/read", data={**fields, **strange}).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(CaughtUp.number)).all() == [1]
        happened(ann.network_id, "Afterwards")
    assert "Afterwards was decided" in opened(ann_here, "/me").text


def test_two_weeks_are_shown_to_somebody_who_never_marked_anything(app, little_features, ann_here, ann, time):
    with app.app_context():
        happened(ann.network_id, "Long ago")
    time.move(timedelta(days=15))
    with app.app_context():
        happened(ann.network_id, "Lately")
    text = opened(ann_here, "/me").text
    assert "Lately was decided" in text
    assert "Long ago was decided" not in text


def test_reading_the_page_marks_nothing(app, little_features, ann_here, ann):
    with app.app_context():
        happened(ann.network_id)
    opened(ann_here, "/me")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CaughtUp)) == 0


def test_somebody_in_two_networks_sees_both(app, little_features, ann_here, ann):
    with app.app_context():
        scot = builders.a_network("scot")
        with builders._joined():
            builders._belongs(scot, person_id=ann.id, kind="individual")
        happened(ann.network_id, "The first")
        happened(scot.id, "The second")
    page = opened(ann_here, "/me")
    assert "The SCOT network since" in page.text
    assert "The UK network since" in page.text
    send(ann_here, "/me", {}, action="/me/read")
    assert "was decided" not in opened(ann_here, "/me").text


def test_people_in_no_network_read_how_to_join_one(app, client):
    with app.app_context():
        builders.a_network()
        builders.sign_in(client, builders.a_person("Nina New"))
    page = opened(client, "/me")
    assert "You are not in a network yet." in page.text
    assert "/uk/join" in page.links


def test_a_thing_can_be_answered_in_place(app, little_features, ann_here, ann, monkeypatch):
    from jinja2 import ChoiceLoader, DictLoader

    pieces = DictLoader({"here.html": "<p>Here: {{ thing.title }}, {{ thing.extra }}</p>"})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([app.jinja_env.loader, pieces]))
    asked = []

    def load(person_id, keys):
        asked.append(list(keys))
        return {key: f"extra {key}" for key in keys}

    kind = replace(tasks.KINDS[0], in_place="here.html", load=load)
    monkeypatch.setattr(tasks, "KINDS", (kind,))
    with app.app_context():
        for name in ("One Shed", "Two Shed"):
            builders.an_organisation(db.session.get_one(Network, ann.network_id), name)
    text = opened(ann_here, "/me").text
    assert "Here: One Shed, extra 1" in text
    assert len(asked) == 1


def test_an_officer_s_desk_stands_on_the_page_you_and_counts_beside_you_everywhere(
    client: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        network = builders.a_network()
        sam = builders.a_steering_member(network, "Sam Lantern")
        an_application(network, "Ada Newcomer")
        builders.sign_in(client, sam)
    page = opened(client, "/me")
    assert "The officers’ desk" in page.text
    assert "Ada Newcomer asks to join" in page.text
    assert "/uk/desk" in page.links
    for url in ("/me", "/uk/", "/uk/decisions", "/me/data"):
        assert "You 1 wait for you" in opened(client, url).text, url
        assert "/uk/desk" in opened(client, url).links, url


def test_a_new_member_is_greeted_for_two_weeks(client: FlaskClient, app: Flask, time: MovedClock) -> None:
    with app.app_context():
        joined = builders.a_member(builders.a_network(), start=date(2015, 4, 13))
        builders.sign_in(client, joined)
    assert "Welcome to The UK network" in opened(client, "/me").text
    time.move(timedelta(days=14))
    assert "Welcome to The UK network" not in opened(client, "/me").text
