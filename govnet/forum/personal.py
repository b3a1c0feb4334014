"""The forum's data about a person, and its fate when she goes: her posts stay, her name does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import events, quotes
from govnet.forum.models import Post, PostVersion, Thanks, Thread
from govnet.forum.moderation.actions import erase_digests
from govnet.forum.states import PostState
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.text import excerpt
from govnet.permissions import Can, require
from govnet.record.actions import record

_IN_BULK = {"synchronize_session": False}


def forget(person_id: int) -> None:
    """Take back their thanks; their posts stay, without their name."""
    thanked = select(Thanks.post_id).where(Thanks.person_id == person_id)
    _run(update(Post).where(Post.id.in_(thanked)).values(thanks=Post.thanks - 1))


def _run(statement: Any) -> None:
    db.session.execute(statement.execution_options(**_IN_BULK))


class Own(NamedTuple):
    """A post in its author's list."""

    thread_id: int
    number: int
    title: str
    words: str
    state: PostState
    at: datetime
    network: str
    slug: str
    zone: str


def posts_of(person_id: int, page: int, *, limit: int = 30) -> tuple[list[Own], bool]:
    """A page of somebody's posts in all networks, the newest first; whether there are older ones."""
    query = (
        select(Post.thread_id, Post.number, Thread.title, Post.source, Post.state, Post.at, Network.name, Network.slug,
               Network.zone)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Network, Network.id == Post.network_id)
        .where(Post.author_id == person_id)
        .order_by(Post.at.desc(), Post.id.desc())
        .offset((page - 1) * limit)
        .limit(limit + 1)
    )  # fmt: skip
    rows = [_own(row) for row in db.session.execute(query)]
    return rows[:limit], len(rows) > limit


def _own(row: Any) -> Own:
    thread_id, number, title, source, *rest = row
    return Own(thread_id, number, title, excerpt(quotes.own_words(source)), *rest)


def written(person_id: int) -> int:
    """How many posts of hers have a text."""
    ids = select(Post.id).where(Post.author_id == person_id, Post.state != PostState.TAKEN_BACK)
    return len(db.session.scalars(ids).all())


def take_posts_back(*, by: Actor, via: Door) -> int:
    """Take the text of every post of one's own away for good, with its earlier versions; the places stay."""
    act = require(by, Can.OWN, None, via)
    mine = (Post.author_id == by.person_id, Post.state.in_((PostState.VISIBLE, PostState.HIDDEN)))
    counts: dict[int, int] = {}
    ids = []
    for post in db.session.scalars(select(Post).where(*mine)):
        counts[post.network_id] = counts.get(post.network_id, 0) + 1
        ids.append(post.id)
        erase_digests(post)
    if not ids:
        raise RuleBroken(_("There is nothing of yours to take back."))
    of_mine = select(Post.id).where(Post.author_id == by.person_id)
    _run(delete(PostVersion).where(PostVersion.post_id.in_(of_mine)))
    _run(update(Post).where(*mine).values(state=PostState.TAKEN_BACK, source="", html=""))
    for network_id, count in sorted(counts.items()):
        record(events.PostsTakenBack(act=replace(act, network_id=network_id), count=count))
    return len(ids)
