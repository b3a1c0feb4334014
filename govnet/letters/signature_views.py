"""Starting a letter, changing it, putting one's name under it and taking it back. None of it needs scripts."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.numbers import whole_number
from govnet.kernel.text import fitting
from govnet.kernel.url_converters import asked_number, asked_page
from govnet.letters import actions, queries, rules
from govnet.letters.blueprint import bp
from govnet.letters.forms import LetterForm, NewLetterForm, SignForm
from govnet.letters.models import Letter
from govnet.letters.page import shown
from govnet.permissions import Can, allows, can
from govnet.web.form_view import form_view, press
from govnet.web.pages import page


def letter_page(letter_id: int, form: SignForm | None = None, status: int = 200) -> Response:
    """A letter, with the form to sign it for those who can."""
    it = shown(letter_id, current_actor(), asked_page())
    if form is None and it.taking and it.unsigned:
        form = SignForm(about=it.letter, data={"seen": it.letter.version})
    return page("letters/letter.html", status, it=it, form=form)


@bp.route("/<network:network>/letters/new", methods=["GET", "POST"])
@allows(Can.START_LETTER)
def start(network: Network) -> Response:
    """Open a letter for names: the text, the addressee, and the closing time."""
    form = _start_form(network)
    return form_view(
        form,
        lambda: actions.start(
            network,
            form.draft(),
            party=_party(form),
            thread=_thread(network),
            by=current_actor(),
            via=Door.WEB,
        ),
        lambda made: url_for(".letter", letter_id=made.id),
        lambda status: page(
            "letters/start.html", status, form=form, thread=_thread(network), **_days(network)
        ),
        done=_("It is open for signing. Your own name is the first."),
        makes=True,
    )


def _party(form: NewLetterForm) -> str:
    known = [each.key for each in actions.parties(current_actor())]
    return form.party.data or (known[0] if known else "")


def _thread(network: Network) -> Thread | None:
    """The discussion that the letter comes from, if the reader may read it."""
    asked = asked_number("thread")
    found = db.session.get(Thread, asked) if asked else None
    if found is None or found.network_id != network.id or not can(current_actor(), Can.READ_THREAD, found):
        return None
    return found


def _start_form(network: Network) -> NewLetterForm:
    thread = _thread(network)
    charter = charters.rules_in_force(network.id)
    known = actions.parties(current_actor())
    data: dict[str, Any] = {
        "closes": rules.soonest(clock.now(), charter, ZoneInfo(network.zone)),
        "title": fitting(thread.title) if thread else "",
        "party": known[0].key if known else None,
    }
    return NewLetterForm(about=network, parties=known, data=data)


def _days(network: Network, letter: Letter | None = None) -> dict[str, Any]:
    """Between which days names can be gathered, and who asks."""
    opened, zone = letter.opened_at if letter else clock.now(), ZoneInfo(network.zone)
    charter = charters.rules_in_force(network.id)
    return {"soonest": rules.soonest(opened, charter, zone), "latest": rules.latest(opened, zone)}


@bp.route("/<network:network>/letters/<int:letter_id>/edit", methods=["GET", "POST"])
@allows(Can.KEEP_LETTER, letter=Letter)
def edit(network: Network, letter: Letter) -> Response:
    """Change the text while nobody else has signed it."""
    letter_id, day = letter.id, letter.deadline.astimezone(ZoneInfo(network.zone)).date()
    text = {"title": letter.title, "addressed_to": letter.addressed_to, "text": letter.text}
    form = LetterForm(about=letter, data={**text, "closes": day, "seen": str(letter.version)})
    seen = whole_number(form.seen.data) or 0

    def show(status: int) -> Response:
        whole = queries.whole(letter_id)
        return page("letters/edit.html", status, letter=whole, form=form, **_days(network, whole))

    return form_view(
        form,
        lambda: actions.edit(letter, form.draft(), seen=seen, by=current_actor(), via=Door.WEB),
        url_for(".letter", letter_id=letter_id),
        show,
    )


@bp.post("/<network:network>/letters/<int:letter_id>/sign")
@allows(Can.SIGN_LETTER, letter=Letter)
def sign(network: Network, letter: Letter) -> Response:
    """Put the reader's name, or the organisation's, under it."""
    form, letter_id, by = SignForm(about=letter), letter.id, current_actor()
    return form_view(
        form,
        lambda: actions.sign(letter, form.party.data or "", seen=form.seen.data or 0, by=by, via=Door.WEB),
        url_for(".letter", letter_id=letter_id),
        lambda status: letter_page(letter_id, form, status),
        done=_("The letter is signed."),
        makes=True,
    )


@bp.post("/<network:network>/letters/<int:letter_id>/take-back")
@allows(Can.SIGN_LETTER, letter=Letter)
def take_back(network: Network, letter: Letter) -> Response:
    """Take it back while that can be done."""
    letter_id, party, by = letter.id, request.form.get("party", ""), current_actor()
    return press(
        lambda: actions.take_back(letter, party, by=by, via=Door.WEB), url_for(".letter", letter_id=letter_id)
    )
