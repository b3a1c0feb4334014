"""The later steps of a letter: closed early, taken back, sent, answered."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.letters import closing, queries, sending
from govnet.letters.blueprint import bp
from govnet.letters.forms import LetterReasonForm, LetterReplyForm, SentForm
from govnet.letters.models import Letter
from govnet.letters.sending import Reply, Sending
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.forms import Form
from govnet.web.pages import page


def _form_view(what: str, letter: Letter, form: Form, do: Callable[[], None]) -> Response:
    """The page with the needed fields; once it is done, the letter."""
    letter_id = letter.id

    def show(status: int) -> Response:
        whole, count = queries.whole(letter_id), queries.count_of(letter_id)
        return page(f"letters/{what}.html", status, letter=whole, count=count, form=form)

    return form_view(form, do, url_for(".letter", letter_id=letter_id), show)


@bp.route("/<network:network>/letters/<int:letter_id>/close", methods=["GET", "POST"])
@allows(Can.KEEP_LETTER, letter=Letter)
def close(network: Network, letter: Letter) -> Response:
    """Take no more names, with a reason."""
    form = LetterReasonForm(about=letter)

    def do() -> None:
        closing.close_early(letter, form.reason.data or "", by=current_actor(), via=Door.WEB)

    return _form_view("close", letter, form, do)


@bp.route("/<network:network>/letters/<int:letter_id>/withdraw", methods=["GET", "POST"])
@allows(Can.KEEP_LETTER, letter=Letter)
def withdraw(network: Network, letter: Letter) -> Response:
    """Take it back, with a reason."""
    form = LetterReasonForm(about=letter)

    def do() -> None:
        closing.withdraw(letter, form.reason.data or "", by=current_actor(), via=Door.WEB)

    return _form_view("withdraw", letter, form, do)


@bp.route("/<network:network>/letters/<int:letter_id>/sent", methods=["GET", "POST"])
@allows(Can.FOLLOW_LETTER, letter=Letter)
def sent(network: Network, letter: Letter) -> Response:
    """Write down when and how it was sent."""
    form = SentForm(about=letter, data={"sent_on": clock.today(network.zone)})

    def do() -> None:
        assert form.sent_on.data is not None
        parcel = Sending(form.sent_on.data, form.how.data or "", form.reply_due.data)
        sending.sent(letter, parcel, by=current_actor(), via=Door.WEB)

    return _form_view("sent", letter, form, do)


@bp.route("/<network:network>/letters/<int:letter_id>/reply", methods=["GET", "POST"])
@allows(Can.FOLLOW_LETTER, letter=Letter)
def reply(network: Network, letter: Letter) -> Response:
    """Write down when the reply came and what it says."""
    form = LetterReplyForm(about=letter, data={"replied_on": clock.today(network.zone)})

    def do() -> None:
        assert form.replied_on.data is not None
        came = Reply(form.replied_on.data, form.text.data or "", form.url.data or "")
        sending.answered(letter, came, by=current_actor(), via=Door.WEB)

    return _form_view("reply", letter, form, do)
