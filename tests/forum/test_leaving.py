"""A person's posts, when they go or want all of them."""

from __future__ import annotations

import pytest

from govnet.accounts import erasure
from govnet.accounts.export import everything_held
from govnet.extensions import db
from govnet.forum import personal
from govnet.forum.models import Post, PostVersion, ReadMark, Thanks, Thread
from govnet.forum.states import PostState
from govnet.forum.threads import actions, thanks
from govnet.forum.threads.actions import digest
from govnet.kernel.actor import ONESELF, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.transaction import transaction
from govnet.record.queries import entries_about
from tests import builders
from tests.chain import faults_of
from tests.forum.made import a_post, a_thread, a_topic
from tests.pages import opened, send


@pytest.fixture
def room(app):
    """Ids: a network, Ann who goes, Bo who stays, a thread of Ann's with two posts of hers."""
    with app.app_context():
        network = builders.a_network()
        ann, bo = builders.a_member(network, "Ann Author"), builders.a_member(network, "Bo Reader")
        thread = a_thread(a_topic(network), ann)
        post, other = a_post(thread, ann, "Her words"), a_post(thread, bo)
        with transaction():
            by = builders.acting(ann, network)
            thanks.thank(db.session.get(Post, other.id), by=by)
            actions.change_post(
                db.session.get(Post, post.id), by=by, body="Her new words", revision=1, via=Door.WEB
            )
        return network.id, ann.id, bo.id, thread.id, post.id, other.id


def test_her_export_has_everything_she_wrote(app, room):
    with app.app_context():
        held = everything_held(room[1])["forum"]
        assert [row["text"] for row in held["written"]] == ["Let us begin.", "Her new words"]
        assert [row["text"] for row in held["earlier_texts"]] == ["Her words"]
        assert len(held["thanks_said"]) == len(held["read_up_to"]) == 1


def test_when_she_removes_her_name_her_posts_stay_without_it(app, client, room):
    network_id, ann_id, _, thread_id, post_id, other_id = room
    with app.app_context():
        with transaction():
            erasure.erase(db.session.get(builders.Person, ann_id), under=ONESELF, via=Door.WEB)
        post = db.session.get(Post, post_id)
        assert (post.author_id, post.source) == (None, "Her new words")
        assert db.session.get(Post, other_id).thanks == 0
        assert db.session.query(Thanks).filter_by(person_id=ann_id).count() == 0
        assert db.session.query(ReadMark).filter_by(person_id=ann_id).count() == 0
        assert all("Ann" not in (e.words or "") for e in entries_about(network_id, f"post:{post_id}"))
        assert db.session.get(Thread, thread_id).author_id is None
        assert faults_of(network_id) == []
    page = opened(client, f"/uk/forum/{thread_id}")
    assert "Ann Author" not in page.text
    assert "A former member" in page.text
    assert "Her new words" in page.text


def test_she_can_take_back_what_she_wrote(app, client, room):
    network_id, ann_id, _, thread_id, post_id, _ = room
    with app.app_context():
        builders.sign_in(client, db.session.get(builders.Person, ann_id))
    assert "Her new words" in opened(client, "/me/posts").text
    response = send(client, "/me/posts", {"word": "no"})
    assert response.status_code == 422
    assert "To confirm, type the word" in response.text
    response = send(client, "/me/posts", {"word": "Remove"})
    assert "taken back" in response.text
    assert "Her new words" not in opened(client, f"/uk/forum/{thread_id}").text
    with app.app_context():
        post = db.session.get(Post, post_id)
        assert (post.state, post.source) == (PostState.TAKEN_BACK, "")
        assert db.session.query(PostVersion).count() == 0
        assert faults_of(network_id) == []
    lines = client.get("/uk/data/record.jsonl").text
    assert "forum.replied" in lines
    assert not any(digest(text) in lines for text in ("Her words", "Her new words", "Let us begin."))


def test_nothing_can_be_taken_back_twice(app, room):
    with app.app_context():
        network = db.session.get(builders.Network, room[0])
        ann = builders.acting(db.session.get(builders.Person, room[1]), network)
        with transaction():
            assert personal.take_posts_back(by=ann, via=Door.WEB) == 2
        with pytest.raises(RuleBroken), transaction():
            personal.take_posts_back(by=ann, via=Door.WEB)
        assert personal.written(ann.person_id) == 0
