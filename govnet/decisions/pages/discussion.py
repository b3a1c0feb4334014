"""The newest of the discussion that a proposal came from, for those who may read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.extensions import db
from govnet.forum.models import Post, Thread
from govnet.forum.queries import pages_with_names
from govnet.forum.states import PostState
from govnet.kernel.actor import Actor
from govnet.permissions import Can, can

NEWEST = 5


@dataclass(frozen=True)
class Discussion:
    """A thread and its newest posts, oldest of them first."""

    thread: Thread
    posts: tuple[tuple[Post, str], ...]
    """Each post with its HTML, in which the quoted people are named."""


def of_thread(thread_id: int | None, actor: Actor) -> Discussion | None:
    """The discussion, or None where there is none or the actor may not read it."""
    thread = db.session.get(Thread, thread_id) if thread_id else None
    if thread is None or not can(actor, Can.READ_THREAD, thread):
        return None
    query = (
        select(Post)
        .where(Post.thread_id == thread.id, Post.state == PostState.VISIBLE)
        .options(joinedload(Post.author))
        .order_by(Post.number.desc())
        .limit(NEWEST)
    )
    posts = db.session.scalars(query).all()[::-1]
    pages = pages_with_names(thread.id, [post.html for post in posts])
    return Discussion(thread, tuple(zip(posts, pages, strict=True)))
