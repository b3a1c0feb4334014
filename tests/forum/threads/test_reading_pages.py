"""Reading the forum, as visitors and members do."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import models
from govnet.forum.models import ReadMark, Thread
from govnet.forum.states import Readership
from govnet.kernel.transaction import transaction
from tests import builders
from tests.forum.made import a_thread, a_topic
from tests.forum.stage import Forum
from tests.pages import opened
from tests.statements import counted


def test_a_visitor_reads_topics_and_discussions_and_is_offered_to_sign_in(client, forum):
    page = opened(client, "/uk/forum")
    assert "Membership of the network" in page.text
    assert "/uk/forum/membership-of-the-network" in page.links
    opened(client, "/uk/forum/membership-of-the-network")
    page = opened(client, forum.url())
    assert "Post number 3" in page.text
    assert "Sign in to reply" in page.text
    assert page.forms == []


def test_a_visitors_page_has_no_cookie_and_is_not_sent_twice(client, forum):
    first = client.get(forum.url())
    assert "Set-Cookie" not in first.headers
    tag = first.headers["ETag"]
    assert client.get(forum.url(), headers={"If-None-Match": tag}).status_code == 304
    forum.write(forum.bo)
    assert client.get(forum.url(), headers={"If-None-Match": tag}).status_code == 200


def test_every_button_and_link_of_a_post_leads_somewhere(client, forum):
    forum.signed_in(client, forum.sam)
    text = client.get(forum.url()).text
    adapter = forum.app.url_map.bind("")
    found = set(re.findall(r'(?:formaction|href)="(/uk/forum/[^"#?]*)', text))
    assert {url.rpartition("/")[2] for url in found} >= {
        "thanks",
        "report",
        "hide",
        "follow",
        "frame",
        "close",
    }
    for url in found:
        method = "POST" if f'formaction="{url}"' in text else "GET"
        assert adapter.match(url, method=method)


def test_new_posts_since_last_time_are_marked(client, forum, time):
    forum.signed_in(client, forum.sam)
    assert "is-new" not in client.get(forum.url()).text
    time.move(timedelta(hours=1))
    forum.write(forum.bo, "News")
    assert "1 new" in opened(client, "/uk/forum").text
    page = opened(client, forum.url())
    assert "New" in page.words
    assert f"{forum.url()}?page=1#post-4" in page.links
    time.move(timedelta(hours=1))
    assert "is-new" not in client.get(forum.url()).text


def test_reading_moves_the_mark_at_most_once_in_five_minutes(client, forum, time):
    forum.signed_in(client, forum.sam)
    opened(client, forum.url())
    time.move(timedelta(minutes=1))
    forum.write(forum.bo)
    opened(client, forum.url())
    assert forum.row(ReadMark, (forum.sam, forum.thread)).number == 3
    time.move(timedelta(minutes=5))
    opened(client, forum.url())
    assert forum.row(ReadMark, (forum.sam, forum.thread)).number == 4


def test_a_browser_that_fetches_in_advance_marks_nothing_as_read(client, forum):
    forum.signed_in(client, forum.sam)
    for name, purpose in (
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Moz", "prefetch"),
    ):
        assert client.get(forum.url(), headers={name: purpose}).status_code == 200
        assert forum.row(ReadMark, (forum.sam, forum.thread)) is None


def test_a_discussion_that_somebody_never_opened_is_marked_as_unread(client, forum):
    assert "3 new" not in opened(client, "/uk/forum").text
    forum.signed_in(client, forum.sam)
    assert "3 new" in opened(client, "/uk/forum").text
    opened(client, forum.url())
    assert "3 new" not in opened(client, "/uk/forum").text


def test_a_discussion_begins_from_the_page_of_all_topics(client, forum):
    assert "Start a discussion" not in opened(client, "/uk/forum").text
    forum.signed_in(client, forum.bo)
    page = opened(client, "/uk/forum")
    assert "/uk/forum/membership-of-the-network/new" in page.links


def test_topics_with_the_newest_posts_come_first(client, forum, time):
    with forum.app.app_context():
        network = db.session.get(Network, forum.network)
        a_topic(network, "Silence")
        time.move(timedelta(hours=1))
        a_thread(a_topic(network, "Yesterday’s meeting"), db.session.get(builders.Person, forum.ann))
    text = opened(client, "/uk/forum").text
    assert text.index("Yesterday’s meeting") < text.index("Membership of the network") < text.index("Silence")


def test_members_discussions_are_shown_to_members_only(client, forum):
    with forum.app.app_context():
        topic = db.session.get(models.Topic, forum.topic)
        ann = db.session.get(builders.Person, forum.ann)
        inside = a_thread(topic, ann, title="Among ourselves", audience=Readership.MEMBERS).id
    assert "Among ourselves" not in opened(client, "/uk/forum").text
    assert "Among ourselves" not in str(client.get("/uk/forum.json").json)
    assert client.get(f"/uk/forum/{inside}").status_code == 303
    assert client.get(f"/uk/forum/{inside}.json").status_code == 403
    forum.signed_in(client, forum.bo)
    assert "Among ourselves" in opened(client, "/uk/forum").text
    assert "Members only" in opened(client, f"/uk/forum/{inside}").text


def test_the_forum_is_there_as_data(client, forum):
    topics = client.get("/uk/forum.json").json["topics"]
    assert [t["title"] for t in topics] == ["Membership of the network"]
    topic = client.get(topics[0]["url"]).json
    thread = client.get(topic["threads"][0]["url"]).json
    assert [p["author"] for p in thread["posts"]] == ["Ann Author", "Ann Author", "Bo Reader"]
    assert thread["posts"][2]["html"] == "<p>Post number 3</p>\n"


def test_a_long_discussion_has_pages_and_lasting_addresses(client, app):
    forum = Forum(app, posts=45)
    page = opened(client, forum.url("?page=2"))
    assert "Post number 21" in page.text
    assert "Post number 40" in page.text
    assert "Post number 41" not in page.text
    assert forum.url("?page=3") in page.links
    assert client.get(forum.url("/posts/41")).location.endswith(forum.url("?page=3#post-41"))
    assert "Post number 45" in opened(client, forum.url("?page=99")).text
    assert client.get(forum.url(".json?page=3")).json["posts"][0]["number"] == 41
    for odd in ("0", "-1", "x", "1e9"):
        assert client.get(forum.url(f"?page={odd}")).status_code == 200


NOWHERE = (
    "99",
    "none",
    "1/posts/99",
    "moderation/99",
    "posts/99/versions",
    "posts/99/report",
    "9999999999999",
)


@pytest.mark.parametrize("rest", NOWHERE)
def test_a_missing_thing_is_not_found(client, forum, rest):
    assert client.get(f"/uk/forum/{rest}").status_code == 404


def test_another_networks_discussion_is_not_found_here(client, forum):
    with forum.app.app_context():
        builders.a_network("wales")
    assert client.get(f"/wales/forum/{forum.thread}").status_code == 404


@pytest.mark.parametrize("page", ["", "?page=2"])
def test_a_signed_in_page_of_twenty_posts_takes_at_most_eight_statements(client, app, page):
    forum = Forum(app, posts=41)
    forum.signed_in(client, forum.bo)
    with app.app_context(), counted() as statements:
        assert client.get(forum.url(page)).status_code == 200
    assert len(statements) <= 8, statements


def test_lists_of_topics_and_discussions_take_at_most_eight_statements(client, app):
    forum = Forum(app)
    with app.app_context():
        network, ann = db.session.get(Network, forum.network), db.session.get(builders.Person, forum.ann)
        for n in range(6):
            topic = a_topic(network, f"Topic {n}")
            for _ in range(4):
                a_thread(topic, ann)
    for person in (None, forum.sam):
        if person:
            forum.signed_in(client, person)
        for url in ("/uk/forum", "/uk/forum/topic-3", "/uk/forum.json", "/uk/forum/moderation"):
            with app.app_context(), counted() as statements:
                assert client.get(url).status_code == 200
            desk = 2 if person else 0  # what waits on an officer's desk is counted on every page
            marks = 1  # of all those named on it
            assert len(statements) <= 8 + marks + desk, (url, statements)


def test_lists_say_that_a_discussion_is_past_its_day(client, app, time):
    forum = Forum(app)
    with app.app_context():
        network, ann = db.session.get(Network, forum.network), db.session.get(builders.Person, forum.ann)
        thread = a_thread(a_topic(network, "Ending"), ann, title="Until tomorrow")
        thread_id = thread.id
        with transaction():
            db.session.get(Thread, thread_id).until = date(2015, 4, 14)
    for days, said in ((1, False), (1, True)):
        time.move(timedelta(days=days))
        for url in ("/uk/forum", "/uk/forum/ending"):
            assert ("Past its day" in opened(client, url).text) is said, (url, said)
