"""Writing in the forum, as a browser without scripts does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.models import Post, Thread
from govnet.forum.threads import actions
from govnet.kernel.actor import Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.mail.queries import stance_of
from govnet.mail.volume import Stance
from tests import builders
from tests.forum.stage import Forum
from tests.pages import HERE, Html, opened, send


def test_a_member_starts_a_discussion_with_a_frame(client, forum):
    forum.signed_in(client, forum.bo)
    values = {
        "title": "Who pays?",
        "body": "Who *should*?",
        "question": "Who pays for it?",
        "until": "2015-05-15",
    }
    response = send(client, "/uk/forum/membership-of-the-network/new", values)
    assert "Your discussion has started" in response.text
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


def test_words_sent_after_the_session_ended_are_sent_on_after_signing_in_and_stand_once(client, forum):
    forum.signed_in(client, forum.bo)
    form = next(f for f in opened(client, forum.url()).forms if f["action"].endswith("/replies"))
    typed = {f["name"]: f["value"] for f in form["fields"] if f["name"] not in (None, "look")}
    with client.session_transaction() as session:
        session.clear()
    refused = client.post(form["action"], data=typed | {"body": "Kept"}, headers=HERE)
    again = Html(refused.text).forms[0]
    forum.signed_in(client, forum.bo)
    token = Html(client.get(forum.url()).text).forms[-1]
    data = {f["name"]: f["value"] for f in again["fields"] if f["name"]}
    data["csrf_token"] = next(f["value"] for f in token["fields"] if f["name"] == "csrf_token")
    answers = [client.post(again["action"], data=data) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert forum.row(Thread, forum.thread).posts == 4


def test_going_back_and_sending_again_leads_to_the_discussion_that_was_begun(client, forum, time):
    forum.signed_in(client, forum.bo)
    values = {"title": "Who pays?", "body": "Who should?"}
    address = "/uk/forum/membership-of-the-network/new"
    first, second = (send(client, address, values, follow=False).location for _ in range(2))
    assert first == second
    time.move(timedelta(minutes=11))
    assert send(client, address, values, follow=False).location != first


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


TOO_MUCH = f"[a]: /{'b' * 500}\n\n" + "[a]" * 2_000


@pytest.mark.parametrize("look", [{}, {"look": "1"}], ids=["posted", "previewed"])
def test_a_text_that_would_make_too_large_a_page_is_kept_on_the_form(client, forum, look):
    forum.signed_in(client, forum.bo)
    response = send(client, forum.url(), {"body": TOO_MUCH, **look})
    assert response.status_code == 422
    assert "many times its own length" in response.text
    assert "[a][a][a]" in response.text
    assert forum.row(Thread, forum.thread).posts == 3


@pytest.mark.parametrize(
    "path", ["/uk/forum/preview", "/uk/forum/{thread}/replies", "/uk/forum/membership-of-the-network/new"]
)
def test_nothing_is_previewed_for_somebody_who_may_not_write_here(client, app, forum, path, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    address, data = path.format(thread=forum.thread), {"title": "A", "body": "*x*", "look": "1"}
    assert "<em>x</em>" not in client.post(address, data=data).text
    with app.app_context():
        stranger = builders.a_person("Sid Stranger")
        db.session.commit()
        builders.sign_in(client, stranger)
    response = client.post(address, data=data)
    assert response.status_code == 403
    assert "<em>x</em>" not in response.text


def test_the_script_learns_why_there_is_no_preview(client, app, forum, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    forum.signed_in(client, forum.bo)
    response = client.post("/uk/forum/preview", data={"body": TOO_MUCH})
    assert response.status_code == 422
    assert "many times its own length" in response.text


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


def test_a_changed_post_is_marked_and_shows_its_earlier_text(client, forum):
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


def test_a_day_that_is_over_is_refused_beside_its_field_and_one_that_went_by_may_stay(client, forum, time):
    forum.signed_in(client, forum.ann)
    new = {"title": "Who pays?", "body": "Who should?", "until": "1 May 2010"}
    refused = send(client, "/uk/forum/membership-of-the-network/new", new)
    assert refused.status_code == 422
    assert "This day is in the past. Choose today or a later day." in refused.text
    changed = send(client, forum.url("/frame"), {"title": "Changed", "until": "12 April 2015"})
    assert changed.status_code == 422
    assert 'id="until-error"' in changed.text
    assert send(client, forum.url("/frame"), {"until": "13 April 2015"}, follow=False).status_code == 303
    time.move(timedelta(days=1))
    forum.signed_in(client, forum.ann)
    assert send(client, forum.url("/frame"), {"title": "Later"}, follow=False).status_code == 303


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


def test_the_button_for_thanks_does_what_it_shows_however_often_it_is_pressed(client, forum):
    forum.signed_in(client, forum.bo)
    url = f"/uk/forum/posts/{forum.post_id(2)}/thanks"
    for expected in (1, 0):
        page = client.get(forum.url())
        button = re.search(f'formaction="{url}"( name="take_back" value="y")?', page.text)
        token = next(
            f["value"] for f in opened(client, forum.url()).forms[0]["fields"] if f["name"] == "csrf_token"
        )
        sent = {"csrf_token": token, **({"take_back": "y"} if button[1] else {})}
        for _ in range(2):
            assert client.post(url, data=sent).location == f"{forum.url()}#post-2"
        assert forum.row(Post, forum.post_id(2)).thanks == expected


def test_two_officers_who_change_a_topic_at_once_see_both(client, forum):
    forum.signed_in(client, forum.sam)
    send(client, "/uk/forum/new", {"title": "Money", "description": "Who pays"})
    where = "/uk/forum/money/change"
    seen = next(each["value"] for each in opened(client, where).forms[-1]["fields"] if each["name"] == "seen")
    assert send(client, where, {"description": "Who pays whom", "archived": "on"}).status_code == 200
    late = send(client, where, {"title": "Grants", "description": "Who gives", "seen": seen})
    assert late.status_code == 409
    for words in ("This was changed while you were writing.", "Who pays whom", "Who gives", "Grants"):
        assert words in late.text
    fields = {each["name"]: each["value"] for each in Html(late.text).forms[-1]["fields"] if each["name"]}
    assert client.post(where, data=fields | {"audience": "public"}).status_code == 303
    assert "Who gives" in opened(client, "/uk/forum/money").text


def test_officers_add_and_change_topics(client, forum):
    forum.signed_in(client, forum.sam)
    response = send(client, "/uk/forum/new", {"title": "Money", "description": "Who pays"})
    assert "Who pays" in response.text
    response = send(client, "/uk/forum/money/change", {"title": "Money and time"})
    assert "Money and time" in response.text
    forum.signed_in(client, forum.bo)
    assert client.get("/uk/forum/new").status_code == 403


def test_a_discussion_past_its_day_says_so_and_takes_no_replies(client, app, time):
    forum = Forum(app)
    with app.app_context(), transaction():
        db.session.get_one(Thread, forum.thread).until = time.at.date()
    bo = forum.signed_in(client, forum.bo)
    assert "Post your reply" in bo.get(forum.url()).text
    time.move(timedelta(days=1))
    over = opened(bo, forum.url())
    assert "Past its day" in over.text
    assert "takes no more replies" in over.text
    assert "Post your reply" not in over.text
    assert "Quote" not in over.text
    with app.app_context(), pytest.raises(RuleBroken, match="ran until"):
        forum.write(forum.bo, "Too late")
    ann = forum.signed_in(app.test_client(), forum.ann)
    assert "Give it a later day" in opened(ann, forum.url()).text
