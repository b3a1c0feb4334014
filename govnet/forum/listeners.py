"""What the forum brings to the page "You", to the export of what is somebody's, and to her leaving."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, literal, select, union_all

from govnet.accounts.waiting import Group, news
from govnet.accounts.yours import forget, yours
from govnet.forum import leaving, moderation, verifying
from govnet.forum.models import Post, Thread
from govnet.kernel.duties import duty
from govnet.kernel.signals import listen
from govnet.mail.models import Following, Target
from govnet.mail.volume import Stance
from govnet.people.addresses import PersonErased
from govnet.record.models import Entry


def bind() -> None:
    """Say what is news for whom, what is held about a person, and how it is let go."""
    yours("forum", leaving.held)
    forget(leaving.forget)
    listen(PersonErased, leaving.forget_addresses)
    verifying.bind()
    duty("remove what the law wants gone", moderation.remove_due, seconds=60)
    news(Group.ANSWERS, "forum.replied", where=answers)
    news(Group.FOLLOWED, "forum.replied", "forum.framed", "forum.closed", "forum.reopened", where=followed)
    news(Group.NEWS, "forum.started", "forum.topic_opened")


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
