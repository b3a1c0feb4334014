"""The number beside You: not asked for at each page, and never from before one's own last form."""

from __future__ import annotations

from datetime import timedelta

from govnet.accounts import badge
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.people.models import Person
from tests import builders
from tests.accounts.test_me import happened, little_features  # noqa: F401 - the fixture
from tests.pages import opened, send
from tests.statements import counted


def one_more(app, ann, name):
    with app.app_context():
        builders.an_organisation(db.session.get_one(Network, ann.network_id), name)


def number(app, browser):
    """The number on a page of her account, and how often the database was asked for it."""
    with app.app_context(), counted() as statements:
        text = opened(browser, "/me/security").text
    asked = len([s for s in statements if "organisation.name" in s and "count" in s])
    return int(text.split("You ")[1].split(" ")[0]), asked


def test_it_is_asked_for_twice_a_minute(app, little_features, ann_here, ann, time):  # noqa: F811
    one_more(app, ann, "Shed 1")
    assert number(app, ann_here) == (1, 1)
    one_more(app, ann, "Shed 2")
    assert number(app, ann_here) == (1, 0)
    time.move(badge.HOLDS)
    assert number(app, ann_here) == (2, 1)


def test_it_is_asked_for_where_the_clock_went_back(app, little_features, ann_here, ann, time):  # noqa: F811
    one_more(app, ann, "Shed 1")
    assert number(app, ann_here) == (1, 1)
    time.move(-timedelta(days=1))
    assert number(app, ann_here) == (1, 1)


def test_after_a_form_it_is_asked_for_anew_by_every_process(app, little_features, ann_here, ann):  # noqa: F811
    one_more(app, ann, "Shed 1")
    with app.app_context():
        happened(ann.network_id)
    assert number(app, ann_here) == (1, 1)
    of_this_process = app.extensions.pop("govnet.badge")
    send(ann_here, "/me", {}, action="/me/read")
    one_more(app, ann, "Shed 2")
    app.extensions["govnet.badge"] = of_this_process
    assert number(app, ann_here) == (2, 1)


def test_the_page_that_lists_all_that_waits_says_the_number(app, little_features, ann_here, ann):  # noqa: F811
    assert "Nothing waits for you" in opened(ann_here, "/me").text
    one_more(app, ann, "Shed 1")
    assert opened(ann_here, "/me").title.startswith("One thing waits for you")
    assert number(app, ann_here) == (1, 0)


def test_another_sign_in_has_its_own(app, little_features, ann_here, ann):  # noqa: F811
    one_more(app, ann, "Shed 1")
    assert number(app, ann_here) == (1, 1)
    with app.app_context():
        bob = builders.a_member(db.session.get_one(Network, ann.network_id), "Bob Example")
        browser = builders.sign_in(app.test_client(), bob)
    assert number(app, browser) == (1, 1)


def test_no_more_numbers_are_kept_than_there_is_room_for(
    app,
    little_features,  # noqa: F811
    ann_here,
    ann,
    monkeypatch,
):
    one_more(app, ann, "Shed 1")
    monkeypatch.setattr(badge, "_MOST", 3)
    for _ in range(5):
        with app.app_context():
            browser = builders.sign_in(app.test_client(), db.session.get_one(Person, ann.id))
        assert number(app, browser) == (1, 1)
    assert len(app.extensions["govnet.badge"]) <= 3
