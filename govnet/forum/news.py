"""Which entries of the record are news for somebody: about posts in their discussions, or in those they follow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, literal, select, union_all

from govnet.forum.models import Post, Thread
from govnet.mail.models import Following, Target
from govnet.mail.volume import Stance
from govnet.record.models import Entry


def _named(table: str, key: Any) -> Any:
    return literal(f"{table}:") + cast(key, String)


def answers(person_id: int) -> Any:
    """Entries about posts in the discussions that the person started."""
    mine = select(_named("post", Post.id)).join(Thread, Thread.id == Post.thread_id)
    return Entry.subject.in_(mine.where(Thread.author_id == person_id))


def followed(person_id: int) -> Any:
    """Entries about the discussions that the person follows, and the posts in them."""
    threads = select(Following.target_id).where(
        Following.person_id == person_id, Following.target == Target.THREAD, Following.stance == Stance.FOLLOW
    )
    posts = select(_named("post", Post.id)).where(Post.thread_id.in_(threads))
    heads = select(_named("thread", Thread.id)).where(Thread.id.in_(threads))
    return Entry.subject.in_(union_all(posts, heads))  # an OR of the two would read all that was said
