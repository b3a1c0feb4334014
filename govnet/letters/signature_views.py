"""Starting a letter, changing it, putting one's name under it and taking it back. None of it needs scripts."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.numbers import whole_number
from govnet.kernel.paths import asked_number, asked_page
from govnet.kernel.text import fitting
from govnet.kernel.transaction import transaction
from govnet.letters import actions, queries, rules
from govnet.letters.blueprint import bp
from govnet.letters.forms import LetterForm, NewLetterForm, SignForm
from govnet.letters.models import Letter
from govnet.letters.page import shown
from govnet.permissions import Can, allows, can
from govnet.web.forms import once
from govnet.web.pages import page, see


def letter_page(letter_id: int, form: SignForm | None = None, status: int = 200) -> Response:
    """A letter, with the form to sign it for whoever can."""
    it = shown(letter_id, current_actor(), asked_page())
    if form is None and it.taking and it.unsigned:
        form = SignForm(about=it.letter, data={"seen": it.letter.version})
    return page("letters/letter.html", status, it=it, form=form)


@bp.get("/<network:network>/letters/new")
@allows(Can.START_LETTER)
def start(network: Network) -> Response:
    """The words, to whom, and until when."""
    return _start_page(network, _start_form(network, fresh=True))


@bp.post("/<network:network>/letters/new")
@allows(Can.START_LETTER)
def start_now(network: Network) -> Response:
    """Open it for names."""
    form, by = _start_form(network), current_actor()
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: actions.start(
                    network, form.draft(), party=_party(form), thread=_thread(network), by=by, via=Door.WEB
                ),
                lambda made: url_for(".letter", letter_id=made.id),
                done=_("It is open for names. Your own is the first."),
            )
    return _start_page(network, form, 422)


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


def _start_form(network: Network, fresh: bool = False) -> NewLetterForm:
    thread = _thread(network) if fresh else None
    charter = charters.rules_in_force(network.id)
    known = actions.parties(current_actor())
    data: dict[str, Any] = {
        "closes": rules.soonest(clock.now(), charter, ZoneInfo(network.zone)),
        "title": fitting(thread.title) if thread else "",
        "party": known[0].key if known else None,
    }
    return NewLetterForm(about=network, parties=known, data=data)


def _start_page(network: Network, form: NewLetterForm, status: int = 200) -> Response:
    return page("letters/start.html", status, form=form, thread=_thread(network), **_days(network))


def _days(network: Network, letter: Letter | None = None) -> dict[str, Any]:
    """Between which days names can be gathered, and who asks."""
    opened, zone = letter.opened_at if letter else clock.now(), ZoneInfo(network.zone)
    charter = charters.rules_in_force(network.id)
    return {"soonest": rules.soonest(opened, charter, zone), "latest": rules.latest(opened, zone)}


@bp.get("/<network:network>/letters/<int:letter_id>/edit")
@allows(Can.KEEP_LETTER, letter=Letter)
def edit(network: Network, letter: Letter) -> Response:
    """The words as they are, to be changed while nobody else has signed."""
    day = letter.deadline.astimezone(ZoneInfo(network.zone)).date()
    words = {"title": letter.title, "addressed_to": letter.addressed_to, "text": letter.text}
    form = LetterForm(about=letter, data={**words, "closes": day, "seen": str(letter.version)})
    return page("letters/edit.html", letter=letter, form=form, **_days(network, letter))


@bp.post("/<network:network>/letters/<int:letter_id>/edit")
@allows(Can.KEEP_LETTER, letter=Letter)
def edit_now(network: Network, letter: Letter) -> Response:
    """Change them."""
    form, letter_id = LetterForm(about=letter), letter.id
    seen = whole_number(form.seen.data) or 0
    if form.validate_on_submit():
        with form.catching(), transaction():
            actions.edit(letter, form.draft(), seen=seen, by=current_actor(), via=Door.WEB)
            return see(".letter", letter_id=letter_id)
    again = queries.whole(letter_id)
    return page("letters/edit.html", 422, letter=again, form=form, **_days(network, again))


@bp.post("/<network:network>/letters/<int:letter_id>/sign")
@allows(Can.SIGN_LETTER, letter=Letter)
def sign(network: Network, letter: Letter) -> Response:
    """Put the reader's name, or the organisation's, under it."""
    form, letter_id, by = SignForm(about=letter), letter.id, current_actor()
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: actions.sign(
                    letter, form.party.data or "", seen=form.seen.data or 0, by=by, via=Door.WEB
                ),
                lambda _made: url_for(".letter", letter_id=letter_id),
                done=_("The name stands under the letter."),
            )
    return letter_page(letter_id, form, 422)


@bp.post("/<network:network>/letters/<int:letter_id>/take-back")
@allows(Can.SIGN_LETTER, letter=Letter)
def take_back(network: Network, letter: Letter) -> Response:
    """Take it back while that can be done."""
    letter_id, form = letter.id, SignForm(about=letter)
    with form.catching(), transaction():
        actions.take_back(letter, form.party.data or "", by=current_actor(), via=Door.WEB)
        return see(".letter", letter_id=letter_id)
    return letter_page(letter_id, form, 422)
