"""Two people at the same moment."""

from __future__ import annotations

import threading

import pytest

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.models import Post, ReadMark, Thanks, Thread
from govnet.forum.threads import actions, read_marks, thanks
from govnet.kernel.actor import Door
from govnet.kernel.errors import Stale
from govnet.kernel.transaction import transaction
from tests import builders
from tests.chain import faults_of
from tests.forum.made import a_post, a_thread, a_topic


@pytest.fixture
def ids(app):
    with app.app_context():
        network = builders.a_network()
        people = [builders.a_member(network, f"Member {n}").id for n in range(4)]
        thread = a_thread(a_topic(network), db.session.get(builders.Person, people[0]))
        return network.id, thread.id, people


def together(app, acts):
    """Run all of these at once, each with a connection of its own; what they raised."""
    start, raised = threading.Barrier(len(acts)), []

    def run(act):
        with app.app_context():
            start.wait()
            try:
                act()
            except Exception as error:
                raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def acting(person_id, network_id):
    return builders.acting(db.session.get(builders.Person, person_id), db.session.get(Network, network_id))


def test_people_who_reply_at_the_same_moment_get_consecutive_numbers(app, ids):
    network_id, thread_id, people = ids

    def reply(person_id):
        def act():
            for n in range(4):
                with transaction():
                    by = acting(person_id, network_id)
                    actions.reply(db.session.get(Thread, thread_id), by=by, body=f"Reply {n}", via=Door.WEB)

        return act

    assert together(app, [reply(person_id) for person_id in people]) == []
    with app.app_context():
        thread = db.session.get(Thread, thread_id)
        numbers = [
            p.number for p in db.session.query(Post).filter_by(thread_id=thread_id).order_by(Post.number)
        ]
        assert numbers == list(range(1, 18))
        assert thread.posts == 17
        assert faults_of(network_id) == []


def test_the_second_of_two_edits_at_once_is_stale(app, ids):
    network_id, thread_id, people = ids
    with app.app_context():
        post_id = a_post(db.session.get(Thread, thread_id), db.session.get(builders.Person, people[0])).id

    def edit(body):
        def act():
            with transaction():
                by, post = acting(people[0], network_id), db.session.get(Post, post_id)
                actions.change_post(post, by=by, body=body, revision=1, via=Door.WEB)

        return act

    raised = together(app, [edit("Phone"), edit("Desk")])
    assert [type(error) for error in raised] == [Stale]
    with app.app_context():
        post = db.session.get(Post, post_id)
        assert post.revision == 2
        assert {post.source, raised[0].yours} == {"Phone", "Desk"}
        assert raised[0].newer == post.source


def test_thanks_of_several_at_the_same_moment_are_all_counted(app, ids):
    network_id, thread_id, people = ids
    with app.app_context():
        post_id = a_post(db.session.get(Thread, thread_id), db.session.get(builders.Person, people[0])).id

    def thank(person_id):
        def act():
            with transaction():
                thanks.thank(db.session.get(Post, post_id), by=acting(person_id, network_id))

        return act

    assert together(app, [thank(person_id) for person_id in people[1:] * 2]) == []
    with app.app_context():
        assert db.session.get(Post, post_id).thanks == db.session.query(Thanks).count() == 3


def test_reading_does_not_wait_for_a_writer(app, ids):
    network_id, thread_id, people = ids
    writing, read = threading.Event(), threading.Event()

    def writer():
        with app.app_context(), transaction():
            db.session.get(Network, network_id).purpose = "Being written"
            db.session.flush()
            writing.set()
            assert read.wait(20)

    thread = threading.Thread(target=writer)
    thread.start()
    assert writing.wait(20)
    with app.app_context():
        read_marks.try_to_mark(thread_id, people[1], 1)
    read.set()
    thread.join(20)
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        with app.app_context():
            assert db.session.get(ReadMark, (people[1], thread_id)) is None
