"""What the forum holds about a person, and what becomes of it when she goes: her posts stay, her name does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import events, quotes
from govnet.forum.kinds import PostState
from govnet.forum.models import Appeal, Hiding, Post, PostVersion, ReadMark, Report, Thanks, Thread
from govnet.forum.moderation.actions import erase_digests
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.kernel.text import excerpt
from govnet.people.addresses import PersonErased
from govnet.permissions import Can, require
from govnet.record.actions import record

_IN_BULK = {"synchronize_session": False}


def held(person_id: int) -> dict[str, Any]:
    """Everything that she wrote, thanked for, read and reported."""
    thanks = select(Thanks.post_id, Thanks.at).where(Thanks.person_id == person_id)
    marks = select(ReadMark.thread_id, ReadMark.number, ReadMark.at).where(ReadMark.person_id == person_id)
    reports = select(Report.post_id, Report.reason, Report.state, Report.at).where(
        Report.reporter_id == person_id
    )
    return {
        "written": [_post(row) for row in _written(person_id)],
        "earlier_texts": _rows(_versions(person_id)),
        "thanks_said": _rows(thanks),
        "read_up_to": _rows(marks),
        "reported": _rows(reports),
        "appeals": _rows(_appeals(person_id)),
    }


def _written(person_id: int) -> Any:
    query = (
        select(Post, Thread.title)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.author_id == person_id)
    )
    return db.session.execute(query.order_by(Post.id))


def _post(row: Any) -> dict[str, Any]:
    post: Post = row.Post
    return {"network": post.network_id, "discussion": post.thread_id, "title": row.title, "number": post.number,
            "at": post.at.isoformat(), "text": post.source, "state": post.state.value}  # fmt: skip


def _versions(person_id: int) -> Any:
    query = select(PostVersion.post_id, PostVersion.revision, PostVersion.source, PostVersion.at)
    return query.join(Post, Post.id == PostVersion.post_id).where(Post.author_id == person_id)


def _appeals(person_id: int) -> Any:
    query = select(Appeal.text, Appeal.at, Appeal.outcome).join(Hiding, Hiding.id == Appeal.hiding_id)
    return query.join(Post, Post.id == Hiding.post_id).where(Post.author_id == person_id)


def _rows(query: Any) -> list[dict[str, Any]]:
    return [{k: _plain(v) for k, v in row._mapping.items()} for row in db.session.execute(query)]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "value", value)


def forget(person_id: int) -> Iterable[str]:
    """Her posts stay without her name; marks, thanks and what she reported go. Names the rows whose words go too."""
    posts = db.session.scalars(select(Post.id).where(Post.author_id == person_id)).all()
    threads = db.session.scalars(select(Thread.id).where(Thread.author_id == person_id)).all()
    thanked = select(Thanks.post_id).where(Thanks.person_id == person_id)
    _run(update(Post).where(Post.id.in_(thanked)).values(thanks=Post.thanks - 1))
    _run(delete(Thanks).where(Thanks.person_id == person_id))
    _run(delete(ReadMark).where(ReadMark.person_id == person_id))
    _run(update(Report).where(Report.reporter_id == person_id).values(reporter_id=None, reason="-"))
    for model, column in (
        (Post, "author_id"),
        (Thread, "author_id"),
        (Thread, "last_post_by_id"),
        (Thread, "summary_by_id"),
    ):
        _run(update(model).where(getattr(model, column) == person_id).values({column: None}))
    db.session.expire_all()
    return {*(f"post:{i}" for i in posts), *(f"thread:{i}" for i in threads)}


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


def forget_addresses(gone: PersonErased) -> None:
    """Take out of reports the name and address that somebody left as a visitor."""
    theirs = update(Report).where(Report.email.in_(gone.addresses)).values(name="", email="")
    db.session.execute(theirs.execution_options(**_IN_BULK))
