"""The forum's pages, as a browser without scripts uses them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import actions, moderation, queries
from govnet.forum.kinds import Audience, HidingKind, PostState
from govnet.forum.models import Post, ReadMark, Thread
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.queries import stance_of
from govnet.mail.volume import Stance
from tests import builders
from tests.forum.made import a_post, a_thread, a_topic
from tests.pages import opened, send
from tests.statements import counted


class Forum:
    """Ids of a network with a topic, a discussion of `posts` posts, and people."""

    def __init__(self, app, posts=3):
        self.app = app
        with app.app_context():
            network = builders.a_network()
            ann, bo = builders.a_member(network, "Ann Author"), builders.a_member(network, "Bo Reader")
            sam = builders.a_steering_member(network)
            self.ann, self.bo, self.sam = ann.id, bo.id, sam.id
            topic = a_topic(network, "Membership of the network")
            thread = a_thread(topic, ann)
            for n in range(2, posts + 1):
                a_post(thread, (ann, bo)[n % 2], f"Post number {n}")
            self.network, self.topic, self.thread = network.id, topic.id, thread.id

    def url(self, rest=""):
        return f"/uk/forum/{self.thread}{rest}"

    def signed_in(self, client, person_id):
        with self.app.app_context():
            person = db.session.get(builders.Person, person_id)
            return builders.sign_in(client, person)

    def write(self, person_id, body="More"):
        with self.app.app_context():
            person = db.session.get(builders.Person, person_id)
            return a_post(db.session.get(Thread, self.thread), person, body).id

    def post_id(self, number):
        with self.app.app_context():
            return queries.post_numbered(self.thread, number).id

    def row(self, model, key):
        with self.app.app_context():
            return db.session.get(model, key)

    def hide(self, number, kind=HidingKind.HIDDEN):
        with self.app.app_context():
            network = db.session.get(Network, self.network)
            sam = builders.acting(db.session.get(builders.Person, self.sam), network)
            with transaction():
                post = queries.post_numbered(self.thread, number)
                made = moderation.hide(post, by=sam, kind=kind, reason="It is rude.", via=Door.WEB)
            return made.id


@pytest.fixture
def forum(client, app):
    return Forum(app)


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


def test_a_member_starts_a_discussion_with_a_frame(client, forum):
    forum.signed_in(client, forum.bo)
    values = {
        "title": "Who pays?",
        "body": "Who *should*?",
        "question": "Who pays for it?",
        "until": "2015-05-15",
    }
    response = send(client, "/uk/forum/membership-of-the-network/new", values)
    assert "Your discussion has begun" in response.text
    assert "Who pays for it?" in response.text
    assert "<em>should</em>" in response.text
    assert "Fri 15 May 2015" in response.text


def test_a_discussion_without_a_title_is_not_started_and_keeps_its_words(client, forum):
    forum.signed_in(client, forum.bo)
    response = send(
        client, "/uk/forum/membership-of-the-network/new", {"title": " ", "body": "My long words"}
    )
    assert response.status_code == 422
    assert "Enter a title for the discussion" in response.text
    assert "My long words" in response.text


def test_a_member_replies_and_comes_to_the_new_post(client, forum):
    forum.signed_in(client, forum.bo)
    response = send(client, forum.url(), {"body": "I *agree*."}, follow=False)
    assert response.status_code == 303
    assert response.location.endswith(f"/uk/forum/{forum.thread}#post-4")
    assert "<em>agree</em>" in client.get(response.location).text


def test_a_second_click_makes_one_reply(client, forum):
    forum.signed_in(client, forum.bo)
    page = opened(client, forum.url())
    form = next(f for f in page.forms if f["action"].endswith("/replies"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["name"]} | {"body": "Once"}
    data.pop("look", None)
    answers = [client.post(form["action"], data=data) for _ in range(3)]
    assert {a.location for a in answers} == {answers[0].location}
    assert forum.row(Thread, forum.thread).posts == 4


def test_the_same_words_in_a_fresh_form_are_another_reply(client, forum):
    forum.signed_in(client, forum.bo)
    for _ in range(2):
        assert send(client, forum.url(), {"body": "Yes"}, follow=False).status_code == 303
    assert forum.row(Thread, forum.thread).posts == 5


def test_a_preview_shows_the_words_and_posts_nothing(client, forum):
    forum.signed_in(client, forum.bo)
    response = send(client, forum.url(), {"body": "A **bold** word", "look": "1"})
    assert response.status_code == 200
    assert "<strong>bold</strong>" in response.text
    assert "A **bold** word" in response.text
    assert forum.row(Thread, forum.thread).posts == 3


def test_the_script_gets_a_preview_as_a_fragment(client, forum):
    forum.signed_in(client, forum.bo)
    token = next(
        f["value"]
        for form in opened(client, forum.url()).forms
        for f in form["fields"]
        if f["name"] == "csrf_token"
    )
    response = client.post("/uk/forum/preview", data={"body": "*x* <script>1</script>", "csrf_token": token})
    assert response.text.startswith("<p><em>x</em>")
    assert "<script" not in response.text
    assert client.post("/uk/forum/preview", data={"body": "x"}).status_code == 400


def test_a_post_that_is_too_long_is_given_back_with_the_limit(client, forum):
    forum.signed_in(client, forum.bo)
    response = send(client, forum.url(), {"body": "y" * 50_001})
    assert response.status_code == 422
    assert "at most 50,000 characters" in response.text
    assert "y" * 50_001 in response.text
    assert send(client, forum.url(), {"body": "y" * 50_000}, follow=False).status_code == 303


def test_a_reply_to_a_discussion_that_closed_meanwhile_keeps_the_words(client, forum):
    forum.signed_in(client, forum.bo)
    page = opened(client, forum.url())
    form = next(f for f in page.forms if f["action"].endswith("/replies"))
    data = {f["name"]: f["value"] for f in form["fields"] if f["name"] and f["name"] != "look"}
    with forum.app.app_context(), transaction():
        network = db.session.get(Network, forum.network)
        ann = builders.acting(db.session.get(builders.Person, forum.ann), network)
        actions.close_thread(db.session.get(Thread, forum.thread), by=ann, via=Door.WEB)
    response = client.post(form["action"], data={**data, "body": "Two minutes late"})
    assert response.status_code == 422
    assert "closed on Mon 13 Apr 2015" in response.text
    assert "Two minutes late" in response.text
    assert 'id="reply"' not in client.get(forum.url()).text


def test_a_quote_begins_the_reply(client, forum):
    forum.signed_in(client, forum.bo)
    assert "&gt; Post number 2" in client.get(forum.url("?quote=2")).text
    for odd in ("0", "99", "x", "999999999999"):
        assert client.get(forum.url(f"?quote={odd}")).status_code == 200


def test_a_changed_post_is_marked_and_shows_what_it_said(client, forum):
    forum.signed_in(client, forum.bo)
    post = forum.post_id(3)
    response = send(client, f"/uk/forum/posts/{post}/edit", {"body": "Better words"})
    assert "Better words" in response.text
    assert f"/uk/forum/posts/{post}/versions" in response.text
    client.get("/sign-out")
    assert "Post number 3" in opened(client, f"/uk/forum/posts/{post}/versions").text


def test_two_edits_at_once_show_both_and_the_second_can_be_sent_again(client, forum):
    forum.signed_in(client, forum.bo)
    url = f"/uk/forum/posts/{forum.post_id(3)}/edit"
    data = {f["name"]: f["value"] for form in opened(client, url).forms for f in form["fields"] if f["name"]}
    assert client.post(url, data={**data, "body": "From my phone"}).status_code == 303
    stale = client.post(url, data={**data, "body": "From my desk"})
    assert stale.status_code == 409
    assert "From my phone" in stale.text
    assert "From my desk" in stale.text
    again = re.search(r'name="revision"[^>]*value="(\d+)"', stale.text)
    assert again[1] == "2"
    assert client.post(url, data={**data, "body": "From my desk", "revision": "2"}).status_code == 303
    assert forum.row(Post, forum.post_id(3)).source == "From my desk"


def test_two_who_sum_up_at_once_see_both(client, forum):
    forum.signed_in(client, forum.ann)
    url = forum.url("/frame")
    data = {f["name"]: f["value"] for form in opened(client, url).forms for f in form["fields"] if f["name"]}
    assert client.post(url, data={**data, "summary": "First"}).status_code == 303
    stale = client.post(url, data={**data, "summary": "Second"})
    assert stale.status_code == 409
    assert "First" in stale.text
    assert "Second" in stale.text
    assert "First" in opened(client, forum.url()).text


def test_nobody_else_opens_the_form_for_a_post(client, forum):
    forum.signed_in(client, forum.sam)
    assert client.get(f"/uk/forum/posts/{forum.post_id(3)}/edit").status_code == 403
    assert client.get(forum.url("/frame")).status_code == 200


def test_following_and_muting_take_each_others_place(client, forum):
    forum.signed_in(client, forum.sam)
    for stance, kept in (("follow", Stance.FOLLOW), ("mute", Stance.MUTE), ("", None), ("nonsense", None)):
        page = opened(client, forum.url())
        token = next(f["value"] for f in page.forms[0]["fields"] if f["name"] == "csrf_token")
        client.post(forum.url("/follow"), data={"stance": stance, "csrf_token": token})
        with forum.app.app_context():
            assert stance_of(forum.sam, "thread", forum.thread) is kept


def test_a_topic_can_be_followed(client, forum):
    forum.signed_in(client, forum.sam)
    page = send(client, "/uk/forum/membership-of-the-network", {"stance": "follow"})
    assert 'aria-pressed="true"' in page.text
    with forum.app.app_context():
        assert stance_of(forum.sam, "topic", forum.topic) is Stance.FOLLOW


def test_thanks_are_said_and_taken_back_with_one_button(client, forum):
    forum.signed_in(client, forum.bo)
    url = f"/uk/forum/posts/{forum.post_id(2)}/thanks"
    for expected in (1, 0):
        page = client.get(forum.url())
        assert f'formaction="{url}"' in page.text
        token = next(
            f["value"] for f in opened(client, forum.url()).forms[0]["fields"] if f["name"] == "csrf_token"
        )
        assert client.post(url, data={"csrf_token": token}).location == f"{forum.url()}#post-2"
        assert forum.row(Post, forum.post_id(2)).thanks == expected


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


def test_what_is_new_since_last_time_is_marked(client, forum, time):
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


def test_a_hidden_post_says_why_and_leads_to_how_it_was_decided(client, forum):
    case = forum.hide(2)
    page = opened(client, forum.url())
    assert "Post number 2" not in page.text
    assert "It is rude." in page.text
    assert f"/uk/forum/moderation/{case}" in page.links
    page = opened(client, f"/uk/forum/moderation/{case}")
    assert "Post number 2" not in page.text
    assert "It is rude." in opened(client, "/uk/forum/moderation").text
    assert "Post number 2" not in str(client.get(forum.url(".json")).json)
    assert client.get(f"/uk/forum/posts/{forum.post_id(2)}/versions").status_code == 404


def test_its_author_reads_a_hidden_post_and_appeals(client, forum):
    case = forum.hide(2)
    forum.signed_in(client, forum.ann)
    url = f"/uk/forum/moderation/{case}"
    assert "Post number 2" in opened(client, url).text
    response = send(client, url, {"text": "It is not rude at all."})
    assert "Two others decide by" in response.text
    assert client.post(url + "/appeal", data={"text": "again"}).status_code == 400


def test_a_committee_member_answers_a_report_by_hiding(client, forum):
    with forum.app.app_context():
        network = db.session.get(Network, forum.network)
        with transaction():
            bo = builders.acting(db.session.get(builders.Person, forum.bo), network)
            post = queries.post_numbered(forum.thread, 2)
            report = moderation.report(post, by=bo, reason="Look at this", via=Door.WEB)
        report_id = report.id
    forum.signed_in(client, forum.sam)
    assert f"/uk/forum/reports/{report_id}" in opened(client, "/uk/forum/moderation").links
    assert "Look at this" in opened(client, f"/uk/forum/reports/{report_id}").text
    values = {"kind": "removed", "reason": "Private"}
    response = send(client, f"/uk/forum/posts/{forum.post_id(2)}/hide", values)
    assert "Its text was removed" in response.text
    assert forum.row(Post, forum.post_id(2)).state is PostState.REMOVED
    assert "was answered" in opened(client, f"/uk/forum/reports/{report_id}").text


def test_a_visitor_reports_a_post_with_a_name_and_an_address(client, forum):
    url = f"/uk/forum/posts/{forum.post_id(2)}/report"
    assert url in opened(client, forum.url()).links
    response = send(client, url, {"reason": "Rude", "name": "Vi", "email": "nonsense"})
    assert response.status_code == 422
    assert "name@example.org" in response.text
    response = send(client, url, {"reason": "Rude", "name": "Vi", "email": "vi@example.org"})
    assert "the committee will look at it" in response.text
    with forum.app.app_context():
        assert [w.words for w in queries.reports_waiting(forum.network)] == ["Rude"]


def test_too_many_reports_are_refused_with_when_to_try_again(client, forum):
    url = f"/uk/forum/posts/{forum.post_id(2)}/report"
    for n in range(10):
        send(client, url, {"reason": f"Rude {n}", "name": "Vi", "email": "vi@example.org"})
    response = send(client, url, {"reason": "Rude again", "name": "Vi", "email": "vi@example.org"})
    assert response.status_code == 429
    assert "Rude again" in response.text


def test_members_discussions_are_shown_to_members_only(client, forum):
    with forum.app.app_context():
        topic = db.session.get(queries.Topic, forum.topic)
        ann = db.session.get(builders.Person, forum.ann)
        inside = a_thread(topic, ann, title="Among ourselves", audience=Audience.MEMBERS).id
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
def test_what_is_not_there_is_not_found(client, forum, rest):
    assert client.get(f"/uk/forum/{rest}").status_code == 404


def test_another_networks_discussion_is_not_found_here(client, forum):
    with forum.app.app_context():
        builders.a_network("wales")
    assert client.get(f"/wales/forum/{forum.thread}").status_code == 404


def test_officers_add_and_change_topics(client, forum):
    forum.signed_in(client, forum.sam)
    response = send(client, "/uk/forum/new", {"title": "Money", "description": "Who pays"})
    assert "Who pays" in response.text
    response = send(client, "/uk/forum/money/change", {"title": "Money and time"})
    assert "Money and time" in response.text
    forum.signed_in(client, forum.bo)
    assert client.get("/uk/forum/new").status_code == 403


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
            assert len(statements) <= 8, (url, statements)
