"""What stands around the posts of a thread's page: plain values, so that its parts are rendered once and kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from govnet.forum import queries, quoting, registry, rights, rules
from govnet.forum.forms import ReplyForm
from govnet.forum.kinds import PostState, ThreadState
from govnet.forum.models import Thread
from govnet.forum.registry import Beside
from govnet.forum.shown import Viewer, shown
from govnet.forum.thread_page import Reading
from govnet.kernel.actor import Actor
from govnet.kernel.clock import today
from govnet.kernel.form_tokens import form_token
from govnet.kernel.numbers import whole_number
from govnet.membership.marks import signature
from govnet.permissions import Can, can
from govnet.web.forms import Body
from govnet.web.pages import last_day, moment
from govnet.web.templates import kept

CSRF, KEY = "@csrf@", "@key@"
"""Where a kept form gets what is its reader's own."""


class Around(NamedTuple):
    """Everything on the page but the posts; dates as ready words, which go with the day."""

    thread_id: int
    title: str
    topic: str
    slug: str
    began: Markup
    state: str
    visibility: str
    closed: Markup
    question: str
    can_change: str
    decides: str
    until_day: Markup
    summary: str
    summary_by: str
    summed_up: Markup
    posts: int
    page: int
    pages: int
    address: str
    new: int
    first_new: str
    stance: str
    signed_in: bool
    replies: bool
    """Could write here, were it open."""
    frames: bool
    beside: tuple[Beside, ...]
    onward: tuple[tuple[str, str, str], ...]


def page_parts(thread: Thread, reading: Reading, actor: Actor, zone: str) -> dict[str, Any]:
    """The template's values: the posts, and what is around them."""
    replies = actor.signed_in and can(actor, rights.to_reply(reading.terms), thread)
    t = _around(thread, reading, actor, zone, replies)
    inside = actor.signed_in and can(actor, Can.SEE_MEMBERS, thread)
    is_open = t.state == ThreadState.OPEN.value
    viewer = Viewer(
        person_id=actor.person_id,
        replies=replies and is_open,
        writes=replies,
        thanks=actor.signed_in and can(actor, Can.THANK, thread),
        hides=actor.signed_in and can(actor, rights.to_hide(reading.terms), thread),
    )
    return {
        "t": t,
        "posts": shown(reading, viewer, thread, zone, t.address, url_for(".topics"), inside=inside),
    }


def _around(thread: Thread, reading: Reading, actor: Actor, zone: str, replies: bool) -> Around:
    address = url_for(".thread", thread_id=thread.id)
    return Around(
        thread.id, thread.title, thread.topic.title, thread.topic.slug, moment(thread.at, zone), _state(thread, zone),
        thread.visibility.value, _when(thread.closed_at, zone, on=True), thread.question, thread.can_change, thread.decides,
        last_day(thread.until, zone) if thread.until else Markup(),
        thread.summary_html, _summary_by(thread, reading), _when(thread.summary_at, zone), thread.posts, reading.page,
        reading.pages, address,
        rules.new_since(reading.mark, thread.posts), _first_new(address, reading.mark, thread.posts),
        reading.stance.value if reading.stance else "", actor.signed_in, replies,
        actor.signed_in and can(actor, rights.to_frame(reading.terms), thread), tuple(registry.beside(thread.id)),
        tuple(registry.onward(thread, reading.terms)),
    )  # fmt: skip


def _when(at: datetime | None, zone: str, *, on: bool = False) -> Markup:
    return moment(at, zone, on=on) if at else Markup()


def _summary_by(thread: Thread, reading: Reading) -> str:
    return (
        signature(reading.summary_by, thread.summary_by_id, thread.network_id) if reading.summary_by else ""
    )


def _state(thread: Thread, zone: str) -> str:
    """ "open", "closed", or "over" where its day has gone by and nobody has closed it."""
    over = thread.state is ThreadState.OPEN and rules.is_over(thread.until, today(zone))
    return "over" if over else thread.state.value


def _first_new(address: str, mark: int | None, posts: int) -> str:
    """Where the first post is that the reader has not seen; empty where there is none."""
    if mark is None or mark >= posts:
        return ""
    return f"{address}?page={rules.page_of(mark + 1)}#post-{mark + 1}"


def quoting_form(thread: Thread, number: str) -> ReplyForm | None:
    """The form with a quote of the post that has that number; None where there is no number."""
    if (wanted := whole_number(number)) is None:
        return None
    form = ReplyForm(about=thread, made=thread.posts)
    add_quote(form.body, thread, wanted)
    return form


def add_quote(body: Body, thread: Thread, number: int | None) -> None:
    """Put a quote behind what is typed already; where there is nothing to quote, say so."""
    post = queries.post_numbered(thread.id, number) if number is not None else None
    if post is None or post.state is not PostState.VISIBLE or not post.source.strip():
        body.errors = [_("There is no such post to quote any more. What you typed is still here.")]
        return
    address = url_for(".post", thread_id=thread.id, number=post.number)
    quote = quoting.quote(post.source, post.number, address, queries.name_of(post.author_id))
    body.data = quoting.appended(body.data or "", quote)


def blank_reply(thread: Thread, t: Around) -> Markup | None:
    """The form with nothing in it: the same for everybody but for its token and its key."""
    if not (t.replies and t.state == "open"):
        return None
    box = kept(
        "forum/_blank_reply.html", address=t.address, public=t.visibility == "public", csrf=CSRF, key=KEY
    )
    return box.replace(CSRF, form_token()).replace(KEY, ReplyForm.key_for(thread, thread.posts))
