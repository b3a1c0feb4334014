"""The frame around the posts of a thread's page: plain values, so that its parts are rendered once and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from govnet.forum import queries, quotes, rules
from govnet.forum.forms import ThreadReplyForm
from govnet.forum.models import Thread
from govnet.forum.states import PostState, ThreadState
from govnet.forum.threads import slots
from govnet.forum.threads.queries import Reading
from govnet.forum.threads.slots import Beside
from govnet.kernel.actor import Actor, Door
from govnet.kernel.clock import today
from govnet.kernel.form_tokens import form_token
from govnet.kernel.numbers import whole_number
from govnet.kernel.translation import language
from govnet.membership.name_marks import mark_in, signature
from govnet.permissions import Can, can
from govnet.web.forms import MarkdownField
from govnet.web.fragments import Drawn, gap
from govnet.web.pages import last_day, moment, moments
from govnet.web.templates import kept

CSRF, KEY = "@csrf@", "@key@"
"""The gaps for a reader in a kept form."""


class Around(NamedTuple):
    """Everything on the page but the posts; dates as ready text, which goes with the day."""

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
    replies = actor.signed_in and can(actor, Can.REPLY, thread)
    t = _around(thread, reading, actor, zone, replies)
    inside = actor.signed_in and can(actor, Can.SEE_MEMBERS, thread)
    is_open = t.state == ThreadState.OPEN.value
    viewer = Viewer(
        person_id=actor.person_id,
        replies=replies and is_open,
        writes=replies,
        thanks=actor.signed_in and can(actor, Can.THANK, thread),
        hides=actor.signed_in and can(actor, Can.HIDE_POST, thread),
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
        actor.signed_in and can(actor, Can.FRAME_THREAD, thread), tuple(slots.beside(thread.id)),
        tuple(slots.onward(thread)),
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


def quoting_form(thread: Thread, number: str) -> ThreadReplyForm | None:
    """The form with a quote of the post that has that number; None where there is no number."""
    if (wanted := whole_number(number)) is None:
        return None
    form = ThreadReplyForm(about=thread, made=thread.posts)
    add_quote(form.body, thread, wanted)
    return form


def add_quote(body: MarkdownField, thread: Thread, number: int | None) -> None:
    """Put a quote after the typed text; if there is nothing to quote, say so."""
    post = queries.post_numbered(thread.id, number) if number is not None else None
    if post is None or post.state is not PostState.VISIBLE or not post.source.strip():
        body.errors = [_("The post that you quote is no longer there. What you typed is still here.")]
        return
    address = url_for(".post", thread_id=thread.id, number=post.number)
    quote = quotes.quote(post.source, post.number, address, queries.name_of(post.author_id))
    body.data = quotes.appended(body.data or "", quote)


def blank_reply(thread: Thread, t: Around) -> Markup | None:
    """The form with nothing in it: the same for everybody but for its token and its key."""
    if not (t.replies and t.state == "open"):
        return None
    box = kept(
        "forum/threads/_blank_reply.html",
        address=t.address,
        public=t.visibility == "public",
        csrf=CSRF,
        key=KEY,
    )
    return box.replace(CSRF, form_token()).replace(KEY, ThreadReplyForm.key_for(thread, thread.posts))


Action = Mapping[str, Any]


FORM = "press"
"""The one form whose buttons stand in all posts."""


REPLY = "reply-form"
"""The form for a reply: its text goes along with the button that quotes a post."""


class Viewer(NamedTuple):
    """The acts of the reader on the posts of a page."""

    person_id: int | None
    replies: bool
    thanks: bool
    hides: bool
    writes: bool
    """Could write here, were it open: so their own posts can be changed."""


class PageContext(NamedTuple):
    """Where a page's links lead, how it says when something was, and its language."""

    moment: Callable[[datetime], Markup]
    thread: str
    """The thread's address."""
    posts: str
    """The address under which posts have theirs, with a slash at the end."""
    log: str
    """The moderation log's address."""
    page: str
    """The page's query, empty on the first."""
    locale: str


class PostShape(NamedTuple):
    """The pieces of a post; their content is filled in."""

    locale: str
    marked: bool
    """The author's office is beside the name, or the organisation they speak for."""
    door: Door
    edited: bool
    new: bool
    readable: bool
    thanks: bool
    """The number of thanks is in words, because the reader cannot thank here."""
    actions: tuple[str, ...]
    pressed: bool
    counted: bool


def shown(
    reading: Reading, viewer: Viewer, thread: Thread, zone: str, address: str, home: str, *, inside: bool
) -> list[Markup]:
    """Every post of the page. `inside`: the reader sees who the members are."""
    query = f"?page={reading.page}" if reading.page > 1 else ""
    place = PageContext(moments(zone), address, f"{home}/posts/", f"{home}/moderation", query, language())
    mark = reading.mark if reading.mark is not None else 1 << 62
    return [
        _article(
            row,
            quotes.named(row.html, thread.id, reading.quoted),
            place,
            viewer,
            mark,
            _author(row, thread.network_id, inside=inside),
        )
        for row in reading.posts
    ]


def _article(
    row: Any, named: str, place: PageContext, viewer: Viewer, mark: int, by: tuple[str, str]
) -> Markup:
    number, key, author_id, _name, _html, door, at, revision, state, count, hiding_id, reason, thanked = row[
        :13
    ]
    mine = author_id == viewer.person_id is not None
    visible = state is PostState.VISIBLE
    author, role = by
    thankable = viewer.thanks and not mine
    thanks = count if viewer.person_id is not None else 0
    readable = visible and bool(named)
    shape = PostShape(
        place.locale, bool(role), door, revision > 1 and visible, number > mark and not mine, readable,
        bool(thanks) and not thankable, _actions(viewer, mine) if visible else (), bool(thanked), bool(count),
    )  # fmt: skip
    return _drawn(shape).filled({
        "number": number,
        "author": author or _("A former member"),
        "role": role,
        "when": place.moment(at),
        "post": f"{place.thread}{place.page}#post-{number}",
        "here": f"{place.posts}{key}/",
        "thread": place.thread,
        "count": count,
        "thanks": _thanks(thanks, place.locale) if shape.thanks else "",
        "html": Markup(named) if readable else "",  # noqa: S704 - made by render(), when it was written
        "hidden": "" if readable else _hidden(state, reason, f"{place.log}/{hiding_id}"),
    })  # fmt: skip


def _author(row: Any, network_id: int, *, inside: bool) -> tuple[str, str]:
    """The name and its mark; where only a namesake asks for one, the page fills it in."""
    mark = mark_in(row, inside=inside)
    if mark or not row.namesake:
        return row.author or "", mark
    return signature(row.author, row.author_id, network_id, chip=True), ""


def _actions(viewer: Viewer, mine: bool) -> tuple[str, ...]:
    """The names of what the reader can do with a post that everybody sees."""
    offered = {
        "thank": viewer.thanks and not mine,
        "quote": viewer.replies,
        "change": viewer.writes and mine,
        "report": not mine,
        "hide": viewer.hides and not mine,
    }
    return tuple(name for name, is_offered in offered.items() if is_offered)


@lru_cache(maxsize=1_000)
def _thanks(count: int, _locale: str) -> str:
    return str(ngettext("%(num)s person said thanks", "%(num)s people said thanks", count))


def _hidden(state: PostState, reason: str | None, address: str) -> Markup:
    """Instead of the text: that it is hidden, why, and where that was decided."""
    if state is PostState.VISIBLE:
        return Markup("{}").format(
            _("Its text was removed and should not have been. Its author can write it again.")
        )
    if state is PostState.TAKEN_BACK:
        return Markup("{}").format(_("Its author has taken this back."))
    said = _("Hidden by the committee:") if state is PostState.HIDDEN else _("Removed by the committee:")
    link = Markup('<a href="{}">{}</a>').format(address, _("how this was decided"))
    return Markup("{} {} · {}").format(said, reason or "", link)


_DOORS = {Door.MAIL: _l("by mail"), Door.MEETING: _l("at a meeting"), Door.LIST: _l("on the list")}


@lru_cache(maxsize=500)
def _drawn(shape: PostShape) -> Drawn:
    macro = current_app.jinja_env.get_template("components/post.html").module.post  # type: ignore[attr-defined]
    html: str = macro(
        gap("number"),
        gap("author"),
        gap("when"),
        gap("post"),
        role=gap("role") if shape.marked else "",
        door=str(_DOORS.get(shape.door, "")),
        edited_url=gap("here") + "versions" if shape.edited else "",
        actions=[_action(name, shape) for name in shape.actions],
        hidden="" if shape.readable else gap("hidden"),
        new=shape.new,
        thanks=gap("thanks") if shape.thanks else "",
        caller=lambda: gap("html"),
    )
    return Drawn(html)


def _action(name: str, shape: PostShape) -> Action:
    here = gap("here")
    if name == "thank":
        return {"label": _("Thanks"), "url": here + "thanks", "form": FORM, "icon": "heart", "pressed": shape.pressed,
                "count": gap("count") if shape.counted else 0,
                **({"name": "take_back", "value": "y"} if shape.pressed else {})}  # fmt: skip
    if name == "quote":
        return {
            "label": _("Quote"),
            "url": gap("thread") + "/replies",
            "form": REPLY,
            "name": "quote",
            "value": gap("number"),
        }
    labels = {"change": (_("Change"), "edit"), "report": (_("Report"), "report"), "hide": (_("Hide"), "hide")}
    label, address = labels[name]
    return {"label": label, "url": here + address}
