"""Opening a topic and changing it, and noticing that two officers do so at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import events, queries, rules
from govnet.forum.models import Topic
from govnet.forum.states import Readership
from govnet.kernel.actor import Actor, Door
from govnet.kernel.clock import now
from govnet.kernel.errors import Stale
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.record.events import Visibility


def about(topic: Topic) -> TopicInput:
    """The topic as it stands."""
    archived = topic.archived_at is not None
    return TopicInput(
        title=topic.title, description=topic.description, audience=topic.visibility, archived=archived
    )


def fingerprint(topic: Topic) -> str:
    """The state that a form has seen, so that two people who change it at once notice."""
    return hashlib.sha256(repr(about(topic)).encode()).hexdigest()[:16]


def change_topic(topic: Topic, new: TopicInput, *, seen: str | None = None, by: Actor, via: Door) -> None:
    """Another title, description or audience, or no new discussions; its threads stay as they are.

    Stale when it changed since the fingerprint `seen`, unless to just this.
    """
    act = require(by, Can.KEEP_TOPICS, topic, via)
    db.session.refresh(topic, with_for_update=True)
    if seen is not None and new != about(topic) and fingerprint(topic) != seen:
        raise Stale(
            _("Somebody changed this while you were writing."),
            newer=topic.description,
            yours=new.description,
        )
    if new == about(topic):
        return  # sent twice
    if new.audience is not topic.visibility:
        rules.check_audience(new.audience, queries.terms_of(topic.network_id))
    describe(topic, new)
    record(
        events.TopicChanged(
            act=act,
            topic=topic,
            title=new.title,
            archived=new.archived,
            seen_by=Visibility(new.audience.value),
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicInput:
    """A topic as somebody wants it."""

    title: str
    description: str = ""
    audience: Readership = Readership.PUBLIC
    archived: bool = False


def open_topic(network: Network, about: TopicInput, *, by: Actor, via: Door, slug: str = "") -> Topic:
    """Something new to talk about, last in the list."""
    act = require(by, Can.KEEP_TOPICS, network, via)
    rules.check_audience(about.audience, queries.terms_of(network.id))
    others = queries.topics_to_choose(network.id)
    topic = Topic(
        network_id=network.id,
        slug=_free_slug(slug or rules.slug_of(about.title), {other.slug for other in others}),
        position=max((other.position for other in others), default=0) + 1,
    )
    describe(topic, about)
    db.session.add(topic)
    record(
        events.TopicOpened(act=act, topic=topic, title=about.title, seen_by=Visibility(about.audience.value))
    )
    return topic


def _free_slug(slug: str, taken: set[str]) -> str:
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def describe(topic: Topic, about: TopicInput) -> None:
    """Make the topic what somebody wants it to be."""
    topic.title, topic.description, topic.visibility = about.title, about.description, about.audience
    if about.archived != (topic.archived_at is not None):
        topic.archived_at = now() if about.archived else None
