"""Posts as a thread's page shows them. What two readers see alike is rendered once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from govnet.forum import quoting
from govnet.forum.kinds import PostState
from govnet.forum.models import Thread
from govnet.forum.thread_page import Reading
from govnet.kernel.actor import Door
from govnet.kernel.pages import moment
from govnet.membership.marks import mark_in, signature

Action = Mapping[str, Any]
KEPT = 2_000
"""Rendered posts in memory: some 8 MB."""
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


class Seen(NamedTuple):
    """Everything that decides how a post looks."""

    place: Place
    number: int
    key: int
    author: str
    mark: str
    """The author's office, or for whom they speak."""
    html: str
    door: Door
    when: Markup
    """In words that go with the day: "yesterday, 18:00"."""
    revision: int
    state: PostState
    hiding_id: int | None
    reason: str | None
    mine: bool
    new: bool
    signed_in: bool
    replies: bool
    writes: bool
    hides: bool
    thankable: bool
    thanked: bool
    thanks: int


def shown(
    reading: Reading, viewer: Viewer, thread: Thread, zone: str, address: str, home: str, *, inside: bool
) -> list[Markup]:
    """Every post of the page. `inside`: the reader sees who the members are."""
    query = f"?page={reading.page}" if reading.page > 1 else ""
    place = Place(zone, address, f"{home}/posts/", f"{home}/moderation", query, str(get_locale()))
    mark = reading.mark if reading.mark is not None else 1 << 62
    return [
        _article(
            _seen(
                row,
                quoting.named(row.html, thread.id, reading.quoted),
                place,
                viewer,
                mark,
                _author(row, thread.network_id, inside=inside),
            )
        )
        for row in reading.posts
    ]


def _seen(row: Any, named: str, place: Place, viewer: Viewer, mark: int, by: tuple[str, str]) -> Seen:
    me, replies, thanks, hides, writes = viewer
    number, key, author_id, _name, _html, door, at, revision, state, count, hiding_id, reason, thanked = row[
        :13
    ]
    mine = author_id == me and me is not None
    return Seen(
        place, number, key, *by, named, door,
        moment(at, place.zone), revision, state, hiding_id, reason, mine,
        number > mark and not mine,
        me is not None, replies, writes, hides and not mine, thanks and not mine, bool(thanked), count if me else 0,
    )  # fmt: skip


def _author(row: Any, network_id: int, *, inside: bool) -> tuple[str, str]:
    """The name and its mark; where only a namesake asks for one, the page fills it in."""
    mark = mark_in(row, inside=inside)
    if mark or not row.namesake:
        return row.author or "", mark
    return signature(row.author, row.author_id, network_id, chip=True), ""


_DOORS = {Door.MAIL: _l("by mail"), Door.MEETING: _l("at a meeting"), Door.LIST: _l("on the list")}


@lru_cache(maxsize=KEPT)
def _article(seen: Seen) -> Markup:
    macro = current_app.jinja_env.get_template("components/post.html").module.post  # type: ignore[attr-defined]
    visible = seen.state is PostState.VISIBLE
    article: Markup = macro(
        seen.number,
        seen.author or _("A former member"),
        seen.when,
        f"{seen.place.thread}{seen.place.page}#post-{seen.number}",
        role=seen.mark,
        door=str(_DOORS.get(seen.door, "")),
        edited_url=f"{seen.place.posts}{seen.key}/versions" if seen.revision > 1 and visible else "",
        actions=list(_actions(seen)) if visible else [],
        hidden="" if visible and seen.html else _hidden(seen),
        new=seen.new,
        thanks=0 if seen.thankable else seen.thanks,
        caller=lambda: Markup(seen.html),  # noqa: S704 - made by render(), when it was written
    )
    return article


def _hidden(seen: Seen) -> Markup:
    """Instead of the text: that it is hidden, why, and where that was decided."""
    if seen.state is PostState.VISIBLE:
        return Markup("{}").format(
            _("Its text was removed and should not have been. Its author can write it again.")
        )
    if seen.state is PostState.TAKEN_BACK:
        return Markup("{}").format(_("Its author has taken this back."))
    hidden = seen.state is PostState.HIDDEN
    said = _("Hidden by the committee:") if hidden else _("Removed by the committee:")
    link = Markup('<a href="{}/{}">{}</a>').format(seen.place.log, seen.hiding_id, _("how this was decided"))
    return Markup("{} {} · {}").format(said, seen.reason or "", link)


def _actions(seen: Seen) -> list[Action]:
    here = f"{seen.place.posts}{seen.key}/"
    found: list[Action] = []
    if seen.thankable:
        found.append({"label": _("Thanks"), "url": here + "thanks", "form": FORM, "icon": "heart", "pressed": seen.thanked,
                      "count": seen.thanks})  # fmt: skip
    if seen.replies:
        found.append({"label": _("Quote"), "url": f"{seen.place.thread}/replies", "form": REPLY, "name": "quote",
                      "value": seen.number})  # fmt: skip
    if seen.mine and seen.writes:
        found.append({"label": _("Change"), "url": here + "edit"})
    if not seen.mine:
        found.append({"label": _("Report"), "url": here + "report"})
    if seen.hides:
        found.append({"label": _("Hide"), "url": here + "hide"})
    return found
