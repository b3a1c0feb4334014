"""Writing in the forum. Texts are rendered here, once; the record has a digest of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import events, queries, quotes, rules
from govnet.forum.models import Post, PostVersion, Thread, Topic
from govnet.forum.queries import network_of
from govnet.forum.states import PostState, Readership, ThreadState
from govnet.forum.threads.read_marks import mark_read
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.clock import now, today
from govnet.kernel.errors import RuleBroken, Stale
from govnet.kernel.text import render
from govnet.mail import queries as mail_queries
from govnet.mail.preferences import actions
from govnet.mail.volume import Stance, Volume
from govnet.permissions import Can, require
from govnet.record.actions import record
from govnet.record.events import Visibility
from govnet.web.pages import weekday_date

_IN_BULK = {"synchronize_session": False}
_ASKED_FOR = (Volume.EVERYTHING, Volume.CONCERNS_ME)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """The frame of a discussion; without any text there is none."""

    question: str = ""
    can_change: str = ""
    decides: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadInput:
    """A discussion that somebody wants to start; without an audience it gets its topic's."""

    title: str
    body: str
    audience: Readership | None = None
    frame: Frame = Frame()


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The top of a discussion as somebody wants it, and the revision that they saw."""

    title: str
    frame: Frame
    summary: str
    revision: int


def digest(text: str) -> str:
    """SHA-256 of a text, in hex: the record keeps it among the words that can be erased."""
    return hashlib.sha256(text.encode()).hexdigest()


def start_thread(topic: Topic, draft: ThreadInput, *, by: Actor, via: Door) -> Thread:
    """Begin a discussion with its first post; its author follows it."""
    network = network_of(topic)
    act = require(by, Can.START_THREAD, topic, via)
    audience = draft.audience or topic.visibility
    if topic.archived_at is not None:
        raise RuleBroken(_("This topic no longer takes new discussions. Please choose another one."))
    rules.check_audience(audience, queries.terms_of(network.id))
    if not rules.within(audience, topic.visibility):
        raise RuleBroken(
            _("Discussions in this topic are for fewer readers. Choose who can read it again."),
            field="audience",
        )
    thread = Thread(network_id=network.id, topic_id=topic.id, title=draft.title, author_id=by.person_id, visibility=audience,
                    at=now(), posts=1, last_post_at=now(), last_post_by_id=by.person_id)  # fmt: skip
    _put_frame(thread, draft.frame)
    db.session.add(thread)
    db.session.flush()  # the first post needs its id
    post = _post(thread, 1, by, draft.body, via)
    record(
        events.ThreadStarted(
            act=act,
            thread=thread,
            title=thread.title,
            topic=topic,
            post=post,
            text_digest=digest(draft.body),
            seen_by=_seen(thread),
        )
    )
    _took_part(thread, 1, by, network)
    return thread


def reply(thread: Thread, *, by: Actor, body: str, via: Door) -> Post:
    """Add a post to the thread's end, with the next number; its followers are notified, and its author becomes one."""
    network = network_of(thread)
    act = require(by, Can.REPLY, thread, via)
    if thread.state is ThreadState.OPEN and rules.is_over(thread.until, today(network.zone)):
        raise RuleBroken(over_words(thread), field="body")
    body = quotes.nameless(body, thread.id)
    post = _post(thread, _next_number(thread, by), by, body, via)
    record(
        events.Replied(
            act=act,
            post=post,
            thread=thread,
            number=post.number,
            title=thread.title,
            text_digest=digest(body),
            seen_by=_seen(thread),
        )
    )
    _took_part(thread, post.number, by, network)
    return post


def _next_number(thread: Thread, by: Actor) -> int:
    """Take the thread's next number under its row's lock; nobody else gets the same. Refuses a closed one."""
    counted = (
        update(Thread)
        .where(Thread.id == thread.id, Thread.state == ThreadState.OPEN)
        .values(posts=Thread.posts + 1, last_post_at=now(), last_post_by_id=by.person_id)
        .returning(Thread.posts)
        .execution_options(**_IN_BULK)
    )
    number: int | None = db.session.scalar(counted)
    if number is None:
        raise RuleBroken(closed_words(thread), field="body")
    return number


def over_words(thread: Thread) -> object:
    """Why nobody can reply after its day."""
    return _(
        "This discussion ran until %(day)s. Your text was not posted; it is still here. The member who "
        "started the discussion, or an officer, can set a later day.",
        day=weekday_date(thread.until) if thread.until else "",
    )


def closed_words(thread: Thread) -> object:
    """Why nobody can reply any more."""
    day = weekday_date(thread.closed_at.date()) if thread.closed_at else ""
    return _("This discussion was closed on %(day)s. Your text was not posted; it is still here.", day=day)


def _post(thread: Thread, number: int, by: Actor, body: str, via: Door) -> Post:
    post = Post(network_id=thread.network_id, thread=thread, number=number, author_id=by.person_id,
                source=body, html=render(body), door=via, at=now())  # fmt: skip
    db.session.add(post)
    return post


def _seen(thread: Thread) -> Visibility:
    return Visibility(thread.visibility.value)


def _took_part(thread: Thread, number: int, by: Actor, network: Network) -> None:
    """An author has read so far, and follows, unless they chose otherwise or want little mail."""
    if by.person_id is None:
        return
    mark_read(thread.id, by.person_id, number)
    if mail_queries.stance_of(by.person_id, "thread", thread.id) is not None:
        return
    if mail_queries.volume_of(by.person_id, network.id) in _ASKED_FOR:
        actions.take_stance(by, network, "thread", thread.id, Stance.FOLLOW)


def change_post(post: Post, *, by: Actor, body: str, revision: int, via: Door) -> Post:
    """Another text for one's own post; the earlier one is kept. Raises Stale when it changed meanwhile."""
    act = require(by, Can.EDIT_POST, post, via)
    if post.state is not PostState.VISIBLE:
        raise RuleBroken(_("This post is hidden now and cannot be changed. You can appeal on its page."))
    body = quotes.nameless(body, post.thread_id)
    if body == post.source:
        return post
    values = {"source": body, "html": render(body), "edited_at": now(), "revision": Post.revision + 1}
    earlier = PostVersion(post_id=post.id, revision=revision, source=post.source, html=post.html,
                          at=post.edited_at or post.at)  # fmt: skip
    own = update(Post).where(Post.id == post.id, Post.revision == revision).values(values)
    if not getattr(db.session.execute(own.execution_options(**_IN_BULK)), "rowcount", 0):
        db.session.refresh(post)
        raise Stale(_("Somebody changed this while you were writing."), newer=post.source, yours=body)
    db.session.add(earlier)
    thread = post.thread
    record(
        events.PostChanged(
            act=act,
            post=post,
            thread=thread,
            number=post.number,
            title=thread.title,
            revision=revision + 1,
            text_digest=digest(body),
            seen_by=_seen(thread),
        )
    )
    return post


def frame_thread(thread: Thread, head: Head, *, by: Actor, via: Door) -> Thread:
    """Another title, frame or summary. Raises Stale when somebody changed them meanwhile."""
    act = require(by, Can.FRAME_THREAD, thread, via)
    changed = _changed(thread, head)
    if not changed:
        return thread
    taken = update(Thread).where(Thread.id == thread.id, Thread.revision == head.revision)
    taken = taken.values(revision=Thread.revision + 1).execution_options(**_IN_BULK)
    if not getattr(db.session.execute(taken), "rowcount", 0):
        raise Stale(
            _("Somebody changed this while you were writing."), newer=thread.summary, yours=head.summary
        )
    _put_head(thread, head, by)
    record(
        events.ThreadFramed(
            act=act,
            thread=thread,
            title=head.title,
            changed=changed,
            text_digest=digest(head.summary),
            seen_by=_seen(thread),
        )
    )
    return thread


def frame_of(thread: Thread) -> Frame:
    """The thread's frame as it stands."""
    return Frame(
        question=thread.question, can_change=thread.can_change, decides=thread.decides, until=thread.until
    )


def _changed(thread: Thread, head: Head) -> tuple[str, ...]:
    pairs = {
        "title": (thread.title, head.title),
        "frame": (frame_of(thread), head.frame),
        "summary": (thread.summary, head.summary),
    }
    return tuple(name for name, (old, new) in pairs.items() if old != new)


def _put_head(thread: Thread, head: Head, by: Actor) -> None:
    thread.title = head.title
    _put_frame(thread, head.frame)
    if head.summary != thread.summary:
        thread.summary, thread.summary_html = head.summary, render(head.summary)
        thread.summary_at = now() if head.summary else None
        thread.summary_by_id = by.person_id if head.summary else None


def _put_frame(thread: Thread, frame: Frame) -> None:
    rules.check_until(frame.until, before=thread.until, today=today(network_of(thread).zone))
    thread.question, thread.can_change = frame.question, frame.can_change
    thread.decides, thread.until = frame.decides, frame.until


def close_thread(thread: Thread, *, by: Actor, via: Door) -> None:
    """Take no more replies; it can be opened again."""
    act = require(by, Can.FRAME_THREAD, thread, via)
    if thread.state is ThreadState.CLOSED:
        return
    thread.state, thread.closed_at = ThreadState.CLOSED, now()
    _record_state(events.ThreadClosed, thread, act)


def reopen_thread(thread: Thread, *, by: Actor, via: Door) -> None:
    """Take replies again."""
    act = require(by, Can.FRAME_THREAD, thread, via)
    if thread.state is ThreadState.OPEN:
        return
    thread.state, thread.closed_at = ThreadState.OPEN, None
    _record_state(events.ThreadReopened, thread, act)


def _record_state(event: type[events.ThreadEvent], thread: Thread, act: Act) -> None:
    record(event(act=act, thread=thread, title=thread.title, seen_by=_seen(thread)))
