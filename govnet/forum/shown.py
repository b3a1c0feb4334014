"""Posts as a thread's page shows them. Each shape of a post is drawn once, and filled for each post."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from govnet.forum import quoting
from govnet.forum.kinds import PostState
from govnet.forum.models import Thread
from govnet.forum.thread_page import Reading
from govnet.kernel.actor import Door
from govnet.membership.marks import mark_in, signature
from govnet.web.fragments import Drawn, gap
from govnet.web.pages import moment

Action = Mapping[str, Any]
FORM = "press"
"""The one form whose buttons stand in all posts."""
REPLY = "reply-form"
"""The form for a reply: what is typed there goes with the button that quotes a post."""


class Viewer(NamedTuple):
    """What the reader of a page may do with its posts."""

    person_id: int | None
    replies: bool
    thanks: bool
    hides: bool
    writes: bool
    """Could write here, were it open: so their own posts can be changed."""


class Place(NamedTuple):
    """Where a page's links lead, and in which zone and language it is."""

    zone: str
    thread: str
    """The thread's address."""
    posts: str
    """The address under which posts have theirs, with a slash at the end."""
    log: str
    """The moderation log's address."""
    page: str
    """The page's query, empty on the first."""
    locale: str


class Shape(NamedTuple):
    """Which pieces a post has; what they say is filled in."""

    locale: str
    marked: bool
    """The author's office stands beside the name, or for whom they speak."""
    door: Door
    edited: bool
    new: bool
    readable: bool
    thanks: bool
    """How many said thanks is in words, because the reader cannot say it here."""
    actions: tuple[str, ...]
    pressed: bool
    counted: bool


def shown(
    reading: Reading, viewer: Viewer, thread: Thread, zone: str, address: str, home: str, *, inside: bool
) -> list[Markup]:
    """Every post of the page. `inside`: the reader sees who the members are."""
    query = f"?page={reading.page}" if reading.page > 1 else ""
    place = Place(zone, address, f"{home}/posts/", f"{home}/moderation", query, str(get_locale()))
    mark = reading.mark if reading.mark is not None else 1 << 62
    return [
        _article(
            row,
            quoting.named(row.html, thread.id, reading.quoted),
            place,
            viewer,
            mark,
            _author(row, thread.network_id, inside=inside),
        )
        for row in reading.posts
    ]


def _article(row: Any, named: str, place: Place, viewer: Viewer, mark: int, by: tuple[str, str]) -> Markup:
    number, key, author_id, _name, _html, door, at, revision, state, count, hiding_id, reason, thanked = row[
        :13
    ]
    mine = author_id == viewer.person_id is not None
    visible = state is PostState.VISIBLE
    author, role = by
    thankable = viewer.thanks and not mine
    thanks = count if viewer.person_id is not None else 0
    readable = visible and bool(named)
    shape = Shape(
        place.locale, bool(role), door, revision > 1 and visible, number > mark and not mine, readable,
        bool(thanks) and not thankable, _actions(viewer, mine) if visible else (), bool(thanked), bool(count),
    )  # fmt: skip
    return _drawn(shape).filled({
        "number": number,
        "author": author or _("A former member"),
        "role": role,
        "when": moment(at, place.zone),
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
def _drawn(shape: Shape) -> Drawn:
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


def _action(name: str, shape: Shape) -> Action:
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
