"""Reading one page of a thread: everything that it shows beside the thread itself, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, case, literal, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum import queries, quotes, rules
from govnet.forum.models import Hiding, Post, PostVersion, ReadMark, Thanks, Thread
from govnet.kernel.clock import now, today
from govnet.kernel.statements import another, rows
from govnet.mail.models import Following, Target
from govnet.mail.volume import Stance
from govnet.membership import name_marks
from govnet.people.models import Person

_THREAD = bindparam("thread", type_=Integer)
_ME = bindparam("me", type_=Integer)


@dataclass(frozen=True, slots=True)
class Reading:
    """A page of posts, and what the reader has to do with the thread."""

    posts: Sequence[Any]
    page: int
    pages: int
    summary_by: str = ""
    mark: int | None = None
    marked_at: datetime | None = None
    stance: Stance | None = None
    quoted: Mapping[int, str] = field(default_factory=dict)
    """The names of those whose posts of this discussion are quoted on the page, by number."""

    @property
    def last_seen(self) -> int:
        """The number of the last post on this page."""
        return self.posts[-1].number if self.posts else 0

    def moved(self) -> int | None:
        """How far the reader has now read, where that is worth a write."""
        if not self.posts:
            return None
        number = rules.marked(self.mark, self.posts[0].number, self.last_seen)
        return number if number != self.mark and rules.may_mark(self.marked_at, now()) else None


def _one(column: Any, *where: Any) -> Any:
    return select(column).where(*where).scalar_subquery()


_MARK = (ReadMark.thread_id == _THREAD, ReadMark.person_id == _ME)
_STANCE = (Following.person_id == _ME, Following.target == Target.THREAD, Following.target_id == _THREAD)


@cache
def _posts() -> Any:
    """Built once: it is the statement asked most."""
    writer = another(Person, "writer")
    return (
    select(
        Post.number, Post.id, Post.author_id, writer.name.label("author"), Post.html, Post.door, Post.at, Post.revision,
        Post.state, Post.thanks, Hiding.id.label("hiding_id"), Hiding.reason,
        case((Thanks.person_id.is_not(None), literal(1)), else_=literal(0)).label("thanked"),
        _one(ReadMark.number, *_MARK).label("mark"),
        _one(ReadMark.at, *_MARK).label("marked_at"),
        _one(Following.stance, *_STANCE).label("stance"),
        _one(Person.name, Person.id == bindparam("summed_up", type_=Integer)).label("summary_by"),
        *name_marks.columns(Post.author_id, bindparam("network", type_=Integer), bindparam("day", type_=Date)),
        name_marks.has_namesake(writer.id, writer.name_key, bindparam("network", type_=Integer)).label("namesake"),
    )
    .select_from(Post)
    .outerjoin(writer, writer.id == Post.author_id)
    .outerjoin(Hiding, and_(Hiding.post_id == Post.id, Hiding.lifted_at.is_(None)))
    .outerjoin(Thanks, and_(Thanks.post_id == Post.id, Thanks.person_id == _ME))
    .where(Post.thread_id == _THREAD, Post.number.between(bindparam("first"), bindparam("last")))
    .order_by(Post.number)
)  # fmt: skip


def read(thread: Thread, page: int, person_id: int | None) -> Reading:
    """The posts of a page (the last one, where there are not so many), and the reader's marks."""
    pages = rules.page_of(thread.posts)
    page = min(max(page, 1), pages)
    first, last = rules.span(page)
    day = today(db.session.get_one(Network, thread.network_id).zone)
    asked = {"thread": thread.id, "day": day, "network": thread.network_id, "me": person_id or 0, "first": first, "last": last,
             "summed_up": thread.summary_by_id or 0}  # fmt: skip
    posts = rows(_posts(), asked)
    if not posts:
        return Reading((), page, pages)
    one = posts[0]
    return Reading(posts, page, pages, one.summary_by or "", one.mark, one.marked_at,
                   one.stance, _quoted(thread.id, posts))  # fmt: skip


def _quoted(thread_id: int, posts: Sequence[Any]) -> Mapping[int, str]:
    """The authors quoted; asked of the database only if they wrote on another page."""
    wanted = quotes.numbers((row.html for row in posts), thread_id)
    here = {row.number: row.author or "" for row in posts if row.number in wanted}
    return {**here, **queries.authors(thread_id, wanted - set(here))}


def earlier_versions(post: Post) -> Sequence[Any]:
    """A post's texts before its edits, the last one first: revision, source, html and when it was written."""
    query = select(PostVersion.revision, PostVersion.source, PostVersion.html, PostVersion.at)
    return db.session.execute(
        query.where(PostVersion.post_id == post.id).order_by(PostVersion.revision.desc())
    ).all()
