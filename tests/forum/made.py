"""Topics, threads and posts for tests, made by the actions themselves."""

from __future__ import annotations

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.models import Post, Thread, Topic
from govnet.forum.threads import actions as threads_actions
from govnet.forum.topics import actions
from govnet.kernel.actor import SYSTEM, Actor, Door
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from tests import builders

PROGRAM = Actor(system=True)


def a_topic(network: Network, title: str = "General", **about: object) -> Topic:
    """A topic, opened by the program."""
    with transaction():
        network = db.session.merge(network)
        return actions.open_topic(network, actions.TopicInput(title=title, **about), by=PROGRAM, via=Door.CLI)


def a_thread(
    topic: Topic, by: Person, *, title: str = "Who belongs?", body: str = "Let us begin.", **draft: object
) -> Thread:
    """A discussion with its first post."""
    with transaction():
        network = db.session.get_one(Network, topic.network_id)
        actor = builders.acting(by, network)
        made = threads_actions.ThreadInput(title=title, body=body, **draft)
        return threads_actions.start_thread(topic, made, by=actor, via=Door.WEB)


def a_post(thread: Thread, by: Person, body: str = "I agree with that.") -> Post:
    """A reply."""
    with transaction():
        network = db.session.get_one(Network, thread.network_id)
        return threads_actions.reply(thread, by=builders.acting(by, network), body=body, via=Door.WEB)


__all__ = ["PROGRAM", "SYSTEM", "a_post", "a_thread", "a_topic"]
