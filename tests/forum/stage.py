"""A network with a discussion, as a browser meets it."""

from __future__ import annotations

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import queries
from govnet.forum.models import Thread
from govnet.forum.moderation import actions
from govnet.forum.states import HidingKind
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from tests import builders
from tests.forum.made import a_post, a_thread, a_topic


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
                made = actions.hide(post, by=sam, kind=kind, reason="It is rude.", via=Door.WEB)
            return made.id
