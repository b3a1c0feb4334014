"""Changing a topic, and noticing that two officers do so at once."""

from __future__ import annotations

import hashlib

from flask_babel import gettext as _

from govnet.extensions import db
from govnet.forum import events, queries, rules
from govnet.forum.actions import About, describe, network_of
from govnet.forum.models import Topic
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import Stale
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.record.events import Visibility


def about(topic: Topic) -> About:
    """The topic as it stands."""
    archived = topic.archived_at is not None
    return About(
        title=topic.title, description=topic.description, audience=topic.visibility, archived=archived
    )


def fingerprint(topic: Topic) -> str:
    """What a form has seen, so that two who change at once notice."""
    return hashlib.sha256(repr(about(topic)).encode()).hexdigest()[:16]


def change_topic(topic: Topic, new: About, *, seen: str | None = None, by: Actor, via: Door) -> None:
    """Another title, description or audience, or no new discussions; its threads stay as they are.

    Stale when it changed since the fingerprint `seen`, unless to just this.
    """
    authority = require(by, Can.KEEP_TOPICS, topic)
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
    record(events.TopicChanged(network=network_of(topic), by=by, under=authority, via=via, topic=topic, title=new.title,
                               archived=new.archived, seen_by=Visibility(new.audience.value)))  # fmt: skip
