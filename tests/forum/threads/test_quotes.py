"""Quoting a post: the page and the draft stay, its author is named and its place linked, and an erasure stays true."""

from __future__ import annotations

import re
from time import process_time

import pytest

from govnet.accounts import erasure
from govnet.extensions import db
from govnet.forum import quotes, rules
from govnet.forum.audit import changed_pages, texts
from govnet.forum.models import Post
from govnet.forum.states import HidingKind
from govnet.kernel.actor import OPERATOR_SHELL, Door
from govnet.kernel.text import render
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests.erased import left_of
from tests.forum.made import a_post, a_thread
from tests.forum.stage import Forum
from tests.forum.test_notify import room as room
from tests.pages import HERE, Html, check, defaults, opened, send
from tests.statements import counted

ANN = "Ann Author"


def quoted(client, forum, number, typed="", page=""):
    """Press Quote beside a post, as a browser without scripts does."""
    html = opened(client, forum.url(page))
    form = next(f for f in html.forms if f["action"].endswith("/replies"))
    data = {**defaults(form), "body": typed, "quote": str(number)}
    data.pop("look", None)
    return client.post(form["action"], data=data, headers=HERE)


def box(response):
    html = Html(response.text)
    check(html, "quoting")
    form = next(f for f in html.forms if f["action"].endswith("/replies"))
    return (
        next(field["value"] for field in form["fields"] if field["name"] == "body")
        .replace("\r\n", "\n")
        .removeprefix("\n")
    )


@pytest.mark.parametrize("typed", ["", "What I had typed.", "> an earlier quote\n\nand *words*"])
def test_a_quote_follows_the_typed_text_and_names_its_author_and_place(client, forum, typed):
    forum.signed_in(client, forum.bo)
    response = quoted(client, forum, 2, typed)
    assert response.status_code == 200
    head = f"> Ann Author wrote in [post 2](/uk/forum/{forum.thread}/posts/2):"
    assert box(response).strip() == f"{typed}\n\n{head}\n>\n> Post number 2".strip()
    assert "autofocus" in response.text


def test_two_quotes_stand_one_behind_the_other_and_are_posted_as_they_were_shown(client, forum):
    forum.signed_in(client, forum.bo)
    first = box(quoted(client, forum, 2, "Both:"))
    both = box(quoted(client, forum, 3, first))
    response = send(client, forum.url(), {"body": both + "Yes."}, action="/replies")
    shown = Html(response.text).text
    assert "Ann Author wrote in post 2 : Post number 2" in shown
    assert "Bo Reader wrote in post 3 : Post number 3" in shown
    assert f'href="/uk/forum/{forum.thread}/posts/2"' in response.text


def test_the_button_leads_back_to_the_page_on_which_the_post_stands(client, app):
    forum = Forum(app, posts=45)
    forum.signed_in(client, forum.bo)
    response = quoted(client, forum, 22, "On the second page", "?page=2")
    assert 'id="post-22"' in response.text
    assert "On the second page" in box(response)
    assert f'formaction="{forum.url("/replies")}" name="quote" value="22" formnovalidate' in response.text


@pytest.mark.parametrize("kind", list(HidingKind))
def test_a_hidden_post_cannot_be_quoted_and_the_draft_stays(client, forum, kind):
    forum.hide(2)
    if kind is HidingKind.REMOVED:
        with forum.app.app_context(), transaction():
            post = db.session.get(Post, forum.post_id(2))
            post.source, post.html = "", ""
    forum.signed_in(client, forum.bo)
    response = quoted(client, forum, 2, "My draft")
    assert response.status_code == 422
    assert "The post that you quote is no longer there" in response.text
    assert box(response) == "My draft"
    assert "Post number 2" not in client.get(forum.url("?quote=2")).text


@pytest.mark.parametrize("odd", ["", "0", "99", "x", "-1", "9" * 30, "1e9"])
def test_a_number_that_is_no_posts_quotes_nothing_and_keeps_the_draft(client, forum, odd):
    forum.signed_in(client, forum.bo)
    response = quoted(client, forum, odd, "My draft")
    assert response.status_code in (200, 422)
    assert box(response).startswith("My draft")


def test_a_visitor_and_somebody_who_may_not_write_here_quote_nothing(client, forum):
    assert "quote" not in client.get(forum.url()).text.replace("blockquote", "")
    answer = client.post(forum.url("/replies"), data={"quote": "2"}, headers=HERE)
    assert "wrote in" not in answer.text
    assert answer.status_code in (302, 303, 400, 403)


def test_a_long_post_is_quoted_in_part(client, forum):
    forum.write(forum.ann, "All of it is here. " * 400)
    forum.signed_in(client, forum.bo)
    text = box(quoted(client, forum, 4))
    assert len(text) < rules.QUOTED + 200
    assert text.rstrip().endswith("…")


def test_people_who_change_a_post_see_the_name_and_it_is_not_kept(client, forum):
    key = forum.write(
        forum.bo, f"> Ann Author wrote in [post 2](/uk/forum/{forum.thread}/posts/2):\n>\n> Words\n\nYes."
    )
    assert ANN not in forum.row(Post, key).source
    forum.signed_in(client, forum.bo)
    address = f"/uk/forum/posts/{key}/edit"
    assert "Ann Author wrote in [post 2]" in client.get(address).text
    send(
        client,
        address,
        {"body": f"> Ann Author wrote in [post 2]({forum.url('/posts/2')}):\n>\n> Words\n\nNo."},
    )
    assert ANN not in forum.row(Post, key).source
    earlier = opened(client, f"/uk/forum/posts/{key}/versions").text
    assert earlier.count("Ann Author wrote in post 2") == 2


def test_after_an_erasure_the_quote_stays_and_the_name_does_not(client, forum, time):
    key = forum.write(
        forum.bo, f"> Ann Author wrote in [post 2](/uk/forum/{forum.thread}/posts/2):\n>\n> Words"
    )
    with forum.app.app_context():
        with transaction():
            erasure.erase(db.session.get(Person, forum.ann), under=OPERATOR_SHELL, via=Door.CLI)
        assert left_of([ANN]) == {}
        network = forum.network
        assert list(changed_pages(network)) == []
        assert (f"post:{key}", 1) in dict(texts(network))
    text = opened(client, forum.url()).text
    assert "A former member wrote in post 2" in text
    assert "Words" in text
    assert ANN not in text
    assert "A former member" in client.get(forum.url(".json")).text


def test_a_changed_name_changes_in_quotes(client, forum):
    forum.write(forum.bo, f"> [post 2](/uk/forum/{forum.thread}/posts/2):\n>\n> Words")
    with forum.app.app_context(), transaction():
        db.session.get(Person, forum.ann).name = "Ann <b>Married</b> & Co"
    response = client.get(forum.url())
    assert "<bdi>Ann &lt;b&gt;Married&lt;/b&gt; &amp; Co</bdi> wrote in <a" in response.text


def test_no_name_is_put_to_a_link_into_another_discussion(client, forum):
    """Its readers may be fewer."""
    forum.write(forum.bo, "> [post 2](/uk/forum/999/posts/2):\n>\n> Words")
    assert "wrote in" not in opened(client, forum.url()).text


def test_pages_on_which_a_quote_is_looked_at_name_its_author(client, forum):
    key = forum.write(forum.bo, f"> [post 2](/uk/forum/{forum.thread}/posts/2):\n>\n> Words")
    forum.signed_in(client, forum.sam)
    for address in (forum.url(), f"/uk/forum/posts/{key}/report", f"/uk/forum/posts/{key}/hide"):
        assert "Ann Author wrote in post 2" in opened(client, address).text
    assert "Ann Author</bdi> wrote in" in client.get(forum.url(".json")).json["posts"][3]["html"]


def test_home_and_lists_show_a_post_s_own_text_and_not_its_quotes(client, forum):
    forum.write(forum.bo, f"> [post 2](/uk/forum/{forum.thread}/posts/2):\n>\n> Words\n\nMy own answer.")
    text = opened(client, "/uk/").text
    assert "My own answer." in text
    assert "posts/2" not in text


def test_the_mail_says_whom_a_reply_quotes_in_both_its_halves(room):
    thread = a_thread(room.topic, room.ann, body="For the **room**")
    a_post(thread, room.con, f"> [post 1](/uk/forum/{thread.id}/posts/1):\n>\n> For the room\n\nYes.")
    assert "Eve" in room.told("forum/replied")
    _subject, letter = room.letter("forum/replied")
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    site = re.search(r"\((http[^)]*)/uk/forum", text)[1]
    assert f"> Ann Author wrote in post 1 ({site}/uk/forum/{thread.id}/posts/1):" in " ".join(
        text.split("\n")
    )
    assert f'href="{site}/uk/forum/{thread.id}/posts/1"' in html


def test_quotes_from_other_pages_cost_one_statement_together(client, app):
    forum = Forum(app, posts=41)
    for number in (1, 2, 3, 30):
        forum.write(forum.bo, f"> [post {number}](/uk/forum/{forum.thread}/posts/{number}):\n>\n> Words")
    forum.signed_in(client, forum.bo)
    with app.app_context(), counted() as statements:
        assert client.get(forum.url("?page=3")).status_code == 200
    assert len(statements) <= 9, statements


NAMES = [
    "Ann Author",
    "Jo [Joey] *Star*",
    "<b>",
    "a_b_c",
    "O'Neil & Sons",
    "Zoë 你好",
    "x](/uk/forum/7/posts/3):",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_goes_into_the_text_and_out_of_it_whole(name):
    """A property of any name: what is kept never has it, and what is shown says it as it is."""
    quote = quotes.quote("Some words", 2, "/uk/forum/7/posts/2", name)
    kept = quotes.nameless(quote, 7)
    assert kept == "> [post 2](/uk/forum/7/posts/2):\n>\n> Some words\n\n"
    assert quotes.numbers([kept], 7) == quotes.numbers([render(kept)], 7) == {2}
    assert quotes.named_source(kept, 7, {2: name}) == quote
    shown = Html(render(quote)).text
    assert shown.startswith(f"{name or 'A former member'} wrote in post 2")
    assert Html(quotes.named(render(kept), 7, {2: name})).text == shown


def test_a_quote_from_another_discussion_is_left_as_it_was_typed():
    for text in (
        "Ann wrote in [post 2](/uk/forum/7/posts/2):",
        "> Ann wrote in [post 2](/uk/forum/8/posts/2):",
        "> Ann wrote in [post 2](https://example.org/uk/forum/7/posts/2):",
        "> See Ann's [post 2](/uk/forum/7/posts/2), and more",
    ):
        assert quotes.nameless(text, 7) == text


def test_quotes_are_found_in_time_that_grows_with_the_text():
    for flood in (
        "> " * 25_000,
        "> [" * 16_000,
        "> x[post](/uk/forum/7/posts/" * 1_700,
        "> " + "[a](/uk/forum/7/posts/2)" * 2_000,
    ):
        began = process_time()
        assert quotes.nameless(flood, 7) == flood
        assert quotes.numbers([f"{flood}/forum/7/posts/"], 7) == set()
        assert process_time() - began < 1
