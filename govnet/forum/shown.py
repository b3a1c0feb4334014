"""Posts as a thread's page shows them: what is the same for all of them is worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup

from govnet.forum.kinds import PostState
from govnet.forum.thread_page import Reading
from govnet.kernel.actor import Door
from govnet.kernel.pages import instant

Action = Mapping[str, Any]


class Viewer(NamedTuple):
    """What the reader of a page may do with its posts."""

    person_id: int | None
    replies: bool
    thanks: bool
    hides: bool
    reports: bool = True


class Place(NamedTuple):
    """Where a page's links lead."""

    zone: str
    thread: str
    """The thread's address."""
    posts: str
    """The address under which posts have theirs, with a slash at the end."""
    log: str
    """The moderation log's address."""


class Shown(NamedTuple):
    """One post, ready for the template."""

    number: int
    author: str
    when: Markup
    url: str
    door: str
    html: Markup
    edited_url: str
    hidden: Any
    new: bool
    thanks: int
    actions: tuple[Action, ...]


def shown(reading: Reading, viewer: Viewer, place: Place) -> list[Shown]:
    """Every post of the page."""
    doors = {Door.MAIL: _("by mail"), Door.MEETING: _("at a meeting"), Door.LIST: _("on the list")}
    words = _words()
    return [_one(row, reading, viewer, place, doors, words) for row in reading.posts]


def _words() -> dict[str, str]:
    return {"gone": _("Somebody who has left"), "thank": _("Thanks"), "quote": _("Quote"), "change": _("Change"),
            "report": _("Report"), "hide": _("Hide")}  # fmt: skip


def _one(
    row: Any,
    reading: Reading,
    viewer: Viewer,
    place: Place,
    doors: Mapping[Door, str],
    words: Mapping[str, str],
) -> Shown:
    visible = row.state is PostState.VISIBLE
    mine = viewer.person_id is not None and row.author_id == viewer.person_id
    page = f"?page={reading.page}" if reading.page > 1 else ""
    return Shown(
        row.number,
        row.author or words["gone"],
        instant(row.at, place.zone),
        f"{place.thread}{page}#post-{row.number}",
        doors.get(row.door, ""),
        Markup(row.html),  # noqa: S704 - made by render(), when it was written
        f"{place.posts}{row.id}/versions" if row.revision > 1 and visible else "",
        "" if visible and row.html else hidden_words(row, place),
        reading.mark is not None and row.number > reading.mark and not mine,
        row.thanks if viewer.person_id and not viewer.thanks else 0,
        tuple(_actions(row, mine, viewer, place, words)) if visible else (),
    )


def hidden_words(row: Any, place: Place) -> Markup:
    """Instead of the text: that it is hidden, why, and where that was decided."""
    if row.state is PostState.VISIBLE:
        return Markup("{}").format(
            _("Its text was removed and should not have been. Its author can write it again.")
        )
    if row.state is PostState.TAKEN_BACK:
        return Markup("{}").format(_("Its author has left, and has taken this back."))
    said = _("Hidden by the committee:") if row.state is PostState.HIDDEN else _("Removed by the committee:")
    link = Markup('<a href="{}/{}">{}</a>').format(place.log, row.hiding_id, _("how this was decided"))
    return Markup("{} {} · {}").format(said, row.reason or "", link)


def _actions(row: Any, mine: bool, viewer: Viewer, place: Place, words: Mapping[str, str]) -> list[Action]:
    here = f"{place.posts}{row.id}/"
    found: list[Action] = []
    if viewer.thanks and not mine:
        found.append({"label": words["thank"], "url": here + "thanks", "post": True, "icon": "heart",
                      "pressed": bool(row.thanked), "count": row.thanks})  # fmt: skip
    if viewer.replies:
        found.append({"label": words["quote"], "url": f"{place.thread}?quote={row.number}#reply"})
    if mine:
        found.append({"label": words["change"], "url": here + "edit"})
    elif viewer.reports:
        found.append({"label": words["report"], "url": here + "report"})
    if viewer.hides:
        found.append({"label": words["hide"], "url": here + "hide"})
    return found
