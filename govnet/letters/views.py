"""Reading: the list of letters, and a letter with its names; each as a page and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.forum.threads import slots
from govnet.kernel.actor import current_actor
from govnet.kernel.url_converters import asked_page
from govnet.letters import labels, queries, signature_views
from govnet.letters import page as letters_page
from govnet.letters.blueprint import bp
from govnet.letters.models import Letter
from govnet.letters.queries import PAGE
from govnet.letters.rules import LetterState, SignatureCount
from govnet.permissions import Can, allows, can
from govnet.web.pages import data_page, page

blueprints = (bp,)


def bind(app: Flask) -> None:
    """Discussions lead to letters, and show those that came out of them; templates know the labels."""
    app.jinja_env.globals["letter_words"] = labels
    slots.lines_beside_threads("letter", queries.from_thread, _came_of)
    slots.onward_from_threads(_go_on)


def _came_of(lines: Sequence[slots.ThreadLine]) -> list[slots.Beside]:
    """The letters that came out of a discussion."""
    return [_beside(line) for line in lines]


def _beside(line: slots.ThreadLine) -> slots.Beside:
    """A letter that came out of a discussion."""
    signed = labels.signed_by(SignatureCount(line.members, line.organisations))
    said = _("%(title)s: %(signed)s", title=line.title, signed=signed)
    state, kind = labels.STATES[LetterState(line.state)]
    return slots.Beside(said, url_for("letters.letter", letter_id=line.key), str(state), kind)


def _go_on(thread: Any) -> tuple[str, str, str] | None:
    """From talking to saying it together, in one's own names."""
    if not can(current_actor(), Can.START_LETTER, thread):
        return None
    return _("Start a letter for people to sign"), url_for("letters.start", thread=thread.id), "mail"


@bp.get("/<network:network>/letters", endpoint="letters")
@allows(Can.READ)
def the_letters(network: Network) -> Response:
    """Lists letters that are open, to be sent, waiting for a reply, and answered."""
    number = asked_page()
    going = queries.under_way(network.id) if number == 1 else []
    over = queries.over(network.id, number)
    parts = {state: [row for row in going if row.letter.state is state] for state in LetterState}
    return page("letters/letters.html", parts=parts, over=over[:PAGE], more=len(over) > PAGE, number=number)


@bp.get("/<network:network>/letters.json")
@allows(Can.READ)
def letters_data(network: Network) -> Response:
    """The same as data, a page at a time."""
    number = asked_page()
    going = queries.under_way(network.id) if number == 1 else []
    over = queries.over(network.id, number)
    following = url_for(".letters_data", page=number + 1) if len(over) > PAGE else None
    return data_page(
        {"letters": [letters_page.line(row) for row in (*going, *over[:PAGE])], "next": following}
    )


@bp.get("/<network:network>/letters/<int:letter_id>")
@allows(Can.READ, letter=Letter)
def letter(network: Network, letter: Letter) -> Response:
    """A letter's page: the text, on whose behalf it speaks, its signatures and its later steps."""
    return signature_views.letter_page(letter.id)


@bp.get("/<network:network>/letters/<int:letter_id>.json")
@allows(Can.READ, letter=Letter)
def letter_data(network: Network, letter: Letter) -> Response:
    """The letter as data, with a page of the names under it."""
    number = asked_page()
    found = queries.signed(letter.id, None, ())
    more = letters_page.is_more(found.count, number)
    following = url_for(".letter_data", letter_id=found.letter.id, page=number + 1) if more else None
    names = queries.signatures(found.letter.id, number)
    return data_page({**letters_page.as_data(found.letter, found.count, names), "next": following})
