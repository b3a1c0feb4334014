"""Notices of the forum. Mail applies follow, mute and volume afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from govnet.extensions import db
from govnet.forum import events, queries
from govnet.forum.models import Appeal, Hiding, Post, Report, Thread
from govnet.forum.states import HidingKind, PostState, Readership
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.page_addresses import site_url
from govnet.mail.volume import News
from govnet.membership.name_marks import actor_of
from govnet.offices.queries import officers
from govnet.record import registry


def bind() -> None:
    """Bind the notices of these verbs, and entries and followed things to their pages."""
    registry.tell(started, events.ThreadStarted)
    registry.tell(replied, events.Replied)
    registry.tell(reported, events.PostReported)
    registry.tell(appealed, events.Appealed)
    registry.tell(removal, events.RemovalWanted, events.RemovalByLaw)
    registry.link_to("thread", lambda d: url_for("forum.thread", thread_id=int(d["key"])))
    registry.link_to("post", _post_link)


def _post_link(details: Mapping[str, Any]) -> str | None:
    thread = str(details.get("thread") or "").rpartition(":")[2]
    number = details.get("number")
    return url_for("forum.post", thread_id=int(thread), number=number) if thread and number else None


def started(told: ToldEntry) -> Notice | None:
    """A new discussion: to followers of its topic, the people it names, and those who want everything."""
    thread = queries.thread_of(told.key)
    post = queries.post_numbered(thread.id, 1)
    if post is None or post.state is not PostState.VISIBLE:
        return None
    context = {
        "topic": thread.topic.title,
        "question": thread.question,
        "author": _author(told),
    }
    return _said(told, "forum/started", thread, post, context)


def replied(told: ToldEntry) -> Notice | None:
    """A reply: to followers of the discussion, the people it names, and those who want everything."""
    post = queries.post_of(told.key)
    if post.state is not PostState.VISIBLE:
        return None
    return _said(told, "forum/replied", post.thread, post, {"author": _author(told)})


def _author(told: ToldEntry) -> str:
    """The author, with their office."""
    return actor_of(told) or "?"


def _said(told: ToldEntry, template: str, thread: Thread, post: Post, context: Mapping[str, Any]) -> Notice:
    people = queries.who_may_read(thread)
    return Notice(
        template=template,
        news=News.DISCUSSION,
        context={
            **context,
            "title": thread.title,
            "source": queries.with_names(thread.id, post.source),
            "address": _address(told, post),
        },
        people=people,
        concerned=queries.mentioned(post, people),
        thread=thread.id,
        topic=thread.topic_id,
        conversation=f"thread-{thread.id}",
        author=context["author"],
        subscribers=thread.visibility is Readership.PUBLIC,
    )


def _address(told: ToldEntry, post: Post) -> str:
    return site_url("forum.post", network=told.network, thread_id=post.thread_id, number=post.number)


def reported(told: ToldEntry) -> Notice | None:
    """A report: to those who can hide the post, but not its author and the person who reported it."""
    post, report = queries.post_of(told.key), _named(told, Report, "report")
    looking = set(officers(told.network.id)) - {post.author_id, report.reporter_id}
    return Notice(
        template="forum/reported",
        news=News.DISCUSSION,
        context={"title": post.thread.title, "number": post.number, "reason": report.reason,
                 "address": site_url("forum.answer_report", network=told.network, report_id=report.id)},
        people=looking,
        concerned=looking,
        conversation=f"report-{post.id}",
    )  # fmt: skip


def appealed(told: ToldEntry) -> Notice | None:
    """An appeal: those who can decide it, never who hid the post."""
    appeal = _named(told, Appeal, "appeal")
    hiding, thread = appeal.hiding, appeal.hiding.post.thread
    others = set(officers(told.network.id)) - {hiding.by_id, hiding.author_id}
    return Notice(
        template="forum/appealed",
        news=News.VOTE,
        context={"title": thread.title, "number": hiding.post.number, "text": appeal.text, "due": appeal.due_at,
                 "zone": told.network.zone,
                 "address": site_url("forum.case", network=told.network, hiding_id=hiding.id)},
        people=others,
        concerned=others,
        conversation=f"appeal-{appeal.id}",
    )  # fmt: skip


def removal(told: ToldEntry) -> Notice | None:
    """A text is to go for good: the other officers, at once and whatever mail they take; never its author."""
    hiding = _named(told, Hiding, "hiding")
    if hiding.lifted_at is not None or hiding.kind is not HidingKind.HIDDEN:
        return None
    others = set(officers(told.network.id)) - {hiding.by_id, hiding.author_id}
    return Notice(
        template="forum/removal",
        news=News.ALWAYS,
        context={"title": hiding.post.thread.title, "number": hiding.post.number, "reason": told.details.get("reason", ""),
                 "actor": _author(told), "until": hiding.law_until, "zone": told.network.zone,
                 "address": site_url("forum.case", network=told.network, hiding_id=hiding.id)},
        people=others,
        always=others,
        conversation=f"removal-{hiding.id}",
    )  # fmt: skip


def _named(told: ToldEntry, model: type[Any], field: str) -> Any:
    """The row that the entry names in one of its fields."""
    return db.session.get_one(model, int(str(told.details[field]).rpartition(":")[2]))
