"""The forum as data: the same facts as the pages; hidden texts are in neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from govnet.forum import quotes
from govnet.forum.models import Thread, Topic
from govnet.forum.queries import TopicLine
from govnet.forum.states import PostState
from govnet.forum.threads.queries import Reading


def topics(lines: Sequence[TopicLine]) -> dict[str, Any]:
    """Every topic with its newest discussions."""
    return {
        "topics": [
            {**topic(line.topic), "threads": line.threads, "newest": threads(line.newest)} for line in lines
        ]
    }


def topic(row: Topic) -> dict[str, Any]:
    """One topic."""
    return {"slug": row.slug, "title": row.title, "description": row.description, "read_by": row.visibility.value,
            "archived": row.archived_at is not None, "url": _url("forum.topic_data", slug=row.slug)}  # fmt: skip


def threads(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Discussions as a list has them."""
    return [
        {"id": row.id, "title": row.title, "posts": row.posts, "last_post_at": _iso(row.last_post_at), "last_post_by": row.by,
         "state": row.state.value, "read_by": row.visibility.value, "url": _url("forum.thread_data", thread_id=row.id)}
        for row in rows
    ]  # fmt: skip


def thread(row: Thread, reading: Reading) -> dict[str, Any]:
    """A discussion with a page of its posts, as Markdown turned into HTML."""
    later = reading.page < reading.pages
    return {
        "id": row.id, "title": row.title, "topic": row.topic.slug, "state": row.state.value, "read_by": row.visibility.value,
        "started_at": _iso(row.at), "frame": _frame(row), "summary": _summary(row, reading),
        "post_count": row.posts, "page": reading.page, "pages": reading.pages,
        "posts": [_post(post, quotes.named(post.html, row.id, reading.quoted)) for post in reading.posts],
        "next": _url("forum.thread_data", thread_id=row.id, page=reading.page + 1) if later else None,
    }  # fmt: skip


def _frame(row: Thread) -> dict[str, Any] | None:
    if not (row.question or row.can_change or row.decides or row.until):
        return None
    return {
        "question": row.question,
        "can_change": row.can_change,
        "decides": row.decides,
        "until": _iso(row.until),
    }


def _summary(row: Thread, reading: Reading) -> dict[str, Any] | None:
    if not row.summary:
        return None
    return {"html": row.summary_html, "by": reading.summary_by, "at": _iso(row.summary_at)}


def _post(row: Any, html: str) -> dict[str, Any]:
    facts = {"number": row.number, "author": row.author or None, "at": _iso(row.at), "door": row.door.value,
             "changed": row.revision > 1, "state": row.state.value}  # fmt: skip
    if row.state is PostState.VISIBLE:
        return {**facts, "html": html}
    return {**facts, "reason": row.reason}


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None


def _url(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)
