"""Reading topics and lists of threads, and who is concerned by what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import and_, func, literal, null, or_, select, union, union_all

from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.extensions import db
from govnet.forum import quotes, rules
from govnet.forum.models import Post, ReadMark, Report, Thread, Topic
from govnet.forum.rules import ForumTerms
from govnet.forum.states import PostState, Readership, ReportState
from govnet.kernel.actor import Actor
from govnet.kernel.clock import today
from govnet.kernel.text import excerpt
from govnet.mail.models import Following, Target
from govnet.mail.volume import Stance
from govnet.membership.models import Membership, MembershipState
from govnet.offices.queries import officers
from govnet.people.models import Person, Representation

THREADS = 30
"""Threads on a topic's page."""


def reach(actor: Actor) -> frozenset[Readership]:
    """The threads that the actor may read."""
    return rules.audiences(member=actor.is_member, officer=actor.is_officer)


def terms_of(network_id: int) -> ForumTerms:
    """The charter's rules for talking, as in force."""
    return rules.terms(rules_in_force(network_id))


class TopicLine(NamedTuple):
    """A topic in the list of topics, with its newest discussions."""

    topic: Topic
    threads: int
    newest: list[Any]


def topics(network_id: int, actor: Actor, *, newest: int = 3) -> list[TopicLine]:
    """Every topic that the actor may read, with its newest discussions: two statements."""
    seen = reach(actor)
    counted = func.count(Thread.id)
    query = (
        select(Topic, counted)
        .outerjoin(Thread, and_(Thread.topic_id == Topic.id, Thread.visibility.in_(seen)))
        .where(Topic.network_id == network_id, Topic.visibility.in_(seen))
        .group_by(Topic.id)
        .order_by(Topic.archived_at.is_not(None), Topic.position, Topic.id)
    )
    lines = [TopicLine(topic, threads, []) for topic, threads in db.session.execute(query)]
    by_topic = {line.topic.id: line.newest for line in lines}
    for row in db.session.execute(_newest(by_topic, seen, actor.person_id, newest)) if by_topic else ():
        by_topic[row.topic_id].append(row)
    return lines


def _lines(person_id: int | None) -> Any:
    """Columns of a thread in a list; `mark` is how far the person has read."""
    query = select(
        Thread.id, Thread.title, Thread.posts, Thread.last_post_at, Thread.state, Thread.visibility, Thread.topic_id,
        Person.name.label("by"), Thread.last_post_by_id, Thread.until,
        (ReadMark.number if person_id else null()).label("mark"),
    ).outerjoin(Person, Person.id == Thread.last_post_by_id)  # fmt: skip
    if person_id is None:
        return query
    return query.outerjoin(ReadMark, and_(ReadMark.thread_id == Thread.id, ReadMark.person_id == person_id))


def _newest(topics: Iterable[int], seen: Collection[Readership], person_id: int | None, limit: int) -> Any:
    """The newest threads of each topic: each topic's by the index, however many there are."""
    order = (Thread.last_post_at.desc(), Thread.id.desc())
    parts = []
    for topic_id in topics:
        first = select(Thread.id).where(Thread.topic_id == topic_id, Thread.visibility.in_(seen))
        parts.append(select(first.order_by(*order).limit(limit).subquery().c.id))
    found = union_all(*parts).subquery()
    return _lines(person_id).join(found, found.c.id == Thread.id).order_by(*order)


def topic_by_slug(network_id: int, slug: str) -> Topic | None:
    """The topic with that address."""
    return db.session.scalar(select(Topic).where(Topic.network_id == network_id, Topic.slug == slug))


def topics_to_choose(network_id: int) -> Sequence[Topic]:
    """Every topic, in its order."""
    query = select(Topic).where(Topic.network_id == network_id)
    return db.session.scalars(query.order_by(Topic.position, Topic.id)).all()


def threads(topic: Topic, actor: Actor, page: int = 1) -> tuple[Sequence[Any], bool]:
    """A page of a topic's discussions, those with the newest posts first, and whether there are older ones."""
    query = (
        _lines(actor.person_id)
        .where(Thread.topic_id == topic.id, Thread.visibility.in_(reach(actor)))
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
        .offset((page - 1) * THREADS)
        .limit(THREADS + 1)
    )
    rows = db.session.execute(query).all()
    return rows[:THREADS], len(rows) > THREADS


class PostMention(NamedTuple):
    """A post as other pages mention it."""

    thread_id: int
    title: str
    number: int
    author: str
    words: str
    at: datetime
    author_id: int | None


def latest_posts(network_id: int, limit: int = 3, actor: Actor | None = None) -> list[PostMention]:
    """The newest post of each of the discussions that somebody wrote in last, as far as the actor may read."""
    seen = reach(actor) if actor else frozenset({Readership.PUBLIC})
    query = (
        select(Thread.id, Thread.title, Post.number, Person.name, Post.source, Post.at, Post.author_id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == Thread.posts))
        .outerjoin(Person, Person.id == Post.author_id)
        .where(Thread.network_id == network_id, Thread.visibility.in_(seen), Post.state == PostState.VISIBLE)
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    return [
        PostMention(*row[:3], row[3] or "", excerpt(quotes.own_words(row[4])), *row[5:])
        for row in db.session.execute(query)
    ]


def thread_of(thread_id: int) -> Thread:
    """One thread."""
    return db.session.get_one(Thread, thread_id)


def post_of(post_id: int) -> Post:
    """One post, with its thread."""
    return db.session.get_one(Post, post_id)


def post_numbered(thread_id: int, number: int) -> Post | None:
    """The thread's post with that number."""
    return db.session.scalar(select(Post).where(Post.thread_id == thread_id, Post.number == number))


def authors(thread_id: int, numbers: Collection[int]) -> dict[int, str]:
    """The names of those who wrote these posts of a thread, by number; empty where the person has gone."""
    if not numbers:
        return {}
    query = select(Post.number, Person.name).outerjoin(Person, Person.id == Post.author_id)
    found = db.session.execute(query.where(Post.thread_id == thread_id, Post.number.in_(numbers)))
    return {number: name or "" for number, name in found}


def with_names(thread_id: int, source: str) -> str:
    """A text of a discussion with the names of those whom it quotes."""
    return quotes.named_source(source, thread_id, authors(thread_id, quotes.numbers((source,), thread_id)))


def pages_with_names(thread_id: int, pages: Sequence[str]) -> list[str]:
    """The same for texts that were made into HTML: one statement for all of them."""
    names = authors(thread_id, quotes.numbers(pages, thread_id))
    return [quotes.named(html, thread_id, names) for html in pages]


def page_of_post(post: Post) -> str:
    """A post's HTML with the names of those whom it quotes."""
    return pages_with_names(post.thread_id, [post.html])[0]


def name_of(person_id: int | None) -> str:
    """The name somebody writes under; empty when the person has gone."""
    if person_id is None:
        return ""
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or ""


# who is told


def who_may_read(thread: Thread) -> set[int]:
    """The people who may be notified of a thread: its readers among members, and followers of it or its topic."""
    if thread.visibility is Readership.COMMITTEE:
        return set(officers(thread.network_id))
    belong = members_of(thread.network_id)
    if thread.visibility is Readership.MEMBERS:
        return belong | set(officers(thread.network_id))
    return belong | followers(thread)


def members_of(network_id: int) -> set[int]:
    """The persons who belong to a network today, for themselves or as those who speak for an organisation."""
    return set(db.session.scalars(_members(network_id)))


def _members(network_id: int) -> Any:
    network = db.session.get_one(Network, network_id)
    day = today(network.zone)
    current = (
        Membership.network_id == network_id,
        Membership.state == MembershipState.ACTIVE,
        Membership.start <= day,
        or_(Membership.end.is_(None), Membership.end > day),
    )
    speaks = and_(
        Representation.organisation_id == Membership.organisation_id,
        Representation.start <= day,
        or_(Representation.end.is_(None), Representation.end > day),
    )
    return union(
        select(Membership.person_id).where(*current, Membership.person_id.is_not(None)),
        select(Representation.person_id).join(Membership, speaks).where(*current),
    )


def followers(thread: Thread) -> set[int]:
    """The followers of a thread or its topic."""
    of = or_(
        and_(Following.target == Target.THREAD, Following.target_id == thread.id),
        and_(Following.target == Target.TOPIC, Following.target_id == thread.topic_id),
    )
    return set(db.session.scalars(select(Following.person_id).where(of, Following.stance == Stance.FOLLOW)))


def mentioned(post: Post, among: Collection[int]) -> set[int]:
    """Those of these people whom the post names with an @."""
    if "@" not in post.source:
        return set()
    names = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(among)))
    return rules.mentioned(post.source, {row.id: row.name for row in names})


def thread_titles(ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Title and address of these threads, for the page about mail."""
    query = select(Thread.id, Thread.title, Network.slug).join(Network, Network.id == Thread.network_id)
    return {
        row.id: (row.title, url_for("forum.thread", network=row.slug, thread_id=row.id))
        for row in db.session.execute(query.where(Thread.id.in_(ids)))
    }


def topic_titles(ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Title and address of these topics, for the page about mail."""
    query = select(Topic.id, Topic.title, Topic.slug, Network.slug.label("of")).join(
        Network, Network.id == Topic.network_id
    )
    return {
        row.id: (row.title, url_for("forum.topic", network=row.of, slug=row.slug))
        for row in db.session.execute(query.where(Topic.id.in_(ids)))
    }


# what waits for officers


class WaitingReport(NamedTuple):
    """A report or an appeal that somebody has to look at."""

    id: int
    title: str
    number: int
    thread_id: int
    words: str
    at: datetime
    due_at: datetime | None


def reports_waiting(network_id: int, reader: int | None = None) -> list[WaitingReport]:
    """Reports that nobody has answered, oldest first; not those in which the reader is the author or the reporter."""
    query = (
        select(Report.id, Thread.title, Post.number, Thread.id, Report.reason, Report.at, literal(None))
        .join(Post, Post.id == Report.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Report.network_id == network_id,
            Report.state == ReportState.OPEN,
            func.coalesce(Post.author_id, 0) != (reader or -1),
            func.coalesce(Report.reporter_id, 0) != (reader or -1),
        )
        .order_by(Report.at, Report.id)
    )
    return [WaitingReport(*row) for row in db.session.execute(query)]


def network_of(row: Topic | Thread | Post | Any) -> Network:
    """The network that a row belongs to."""
    return db.session.get_one(Network, row.network_id)
