"""What the forum brings to the page "You", to the export of what is somebody's, and to her leaving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import String, cast, literal, or_, select

from govnet.accounts.waiting import Group, news
from govnet.accounts.yours import forget, yours
from govnet.extensions import db
from govnet.forum import leaving
from govnet.forum.models import Post, PostVersion, Thread
from govnet.mail.models import Following, Target
from govnet.mail.volume import Stance
from govnet.record import registry
from govnet.record.models import Entry


def bind() -> None:
    """Say what is news for whom, what is held about a person, and how it is let go."""
    yours("forum", leaving.held)
    forget(leaving.forget)
    registry.keeps("forum.started", "forum.replied", "forum.changed", said=said, texts=texts)
    news(Group.ANSWERS, "forum.replied", where=answers)
    news(Group.FOLLOWED, "forum.replied", "forum.framed", "forum.closed", "forum.reopened", where=followed)
    news(Group.NEWS, "forum.started", "forum.topic_opened")


def _named(table: str, key: Any) -> Any:
    return literal(f"{table}:") + cast(key, String)


def said(facts: Mapping[str, Any]) -> tuple[tuple[str, int], str]:
    """Which post, as which edit left it, and the digest of its text."""
    post = facts.get("post") or facts["subject"]
    return (post, facts.get("revision", 1)), facts["text_digest"]


def texts(network_id: int) -> Iterator[tuple[tuple[str, int], str]]:
    """Every post of the network as it is, and as it was before each edit."""
    now = select(Post.id, Post.revision, Post.source).where(Post.network_id == network_id)
    earlier = (
        select(PostVersion.post_id, PostVersion.revision, PostVersion.source)
        .join(Post, Post.id == PostVersion.post_id)
        .where(Post.network_id == network_id)
    )
    for key, revision, source in db.session.execute(now.union_all(earlier)):
        yield (f"post:{key}", revision), source


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
    return or_(Entry.subject.in_(posts), Entry.subject.in_(heads))
