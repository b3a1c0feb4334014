"""What becomes of a letter: closed early, taken back, sent, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.letters import follows, queries
from govnet.letters.blueprint import bp
from govnet.letters.follows import Reply, Sending
from govnet.letters.forms import LetterReasonForm, LetterReplyForm, SentForm
from govnet.letters.models import Letter
from govnet.permissions import Can, allows
from govnet.web.forms import Form
from govnet.web.pages import page, see


def _asked(what: str, letter_id: int, form: Form, status: int = 200) -> Response:
    """The page that asks for what is needed."""
    letter, count = queries.whole(letter_id), queries.count_of(letter_id)
    return page(f"letters/{what}.html", status, letter=letter, count=count, form=form)


def _done(what: str, letter: Letter, form: Form, act: Callable[[], Any]) -> Response:
    """Do it and go to the letter, or say on the form what is wrong."""
    letter_id = letter.id
    if form.validate_on_submit():
        with form.catching(), transaction():
            act()
            return see(".letter", letter_id=letter_id)
    return _asked(what, letter_id, form, 422)


@bp.get("/<network:network>/letters/<int:letter_id>/close")
@allows(Can.KEEP_LETTER, letter=Letter)
def close(network: Network, letter: Letter) -> Response:
    """Ask for the reason, and say what happens."""
    return _asked("close", letter.id, LetterReasonForm(about=letter))


@bp.post("/<network:network>/letters/<int:letter_id>/close")
@allows(Can.KEEP_LETTER, letter=Letter)
def close_now(network: Network, letter: Letter) -> Response:
    """Take no more names."""
    form, by = LetterReasonForm(about=letter), current_actor()
    act = lambda: follows.close_early(letter, form.reason.data or "", by=by, via=Door.WEB)  # noqa: E731
    return _done("close", letter, form, act)


@bp.get("/<network:network>/letters/<int:letter_id>/withdraw")
@allows(Can.KEEP_LETTER, letter=Letter)
def withdraw(network: Network, letter: Letter) -> Response:
    """Ask for the reason, and say what happens."""
    return _asked("withdraw", letter.id, LetterReasonForm(about=letter))


@bp.post("/<network:network>/letters/<int:letter_id>/withdraw")
@allows(Can.KEEP_LETTER, letter=Letter)
def withdraw_now(network: Network, letter: Letter) -> Response:
    """Take it back."""
    form, by = LetterReasonForm(about=letter), current_actor()
    act = lambda: follows.withdraw(letter, form.reason.data or "", by=by, via=Door.WEB)  # noqa: E731
    return _done("withdraw", letter, form, act)


@bp.get("/<network:network>/letters/<int:letter_id>/sent")
@allows(Can.FOLLOW_LETTER, letter=Letter)
def sent(network: Network, letter: Letter) -> Response:
    """Ask when and how it was sent."""
    return _asked("sent", letter.id, SentForm(about=letter, data={"sent_on": clock.today(network.zone)}))


@bp.post("/<network:network>/letters/<int:letter_id>/sent")
@allows(Can.FOLLOW_LETTER, letter=Letter)
def sent_now(network: Network, letter: Letter) -> Response:
    """Write down that it was sent."""
    form, by = SentForm(about=letter), current_actor()

    def act() -> None:
        assert form.sent_on.data is not None
        sending = Sending(form.sent_on.data, form.how.data or "", form.reply_due.data)
        follows.sent(letter, sending, by=by, via=Door.WEB)

    return _done("sent", letter, form, act)


@bp.get("/<network:network>/letters/<int:letter_id>/reply")
@allows(Can.FOLLOW_LETTER, letter=Letter)
def reply(network: Network, letter: Letter) -> Response:
    """Ask when the reply came and what it says."""
    return _asked(
        "reply", letter.id, LetterReplyForm(about=letter, data={"replied_on": clock.today(network.zone)})
    )


@bp.post("/<network:network>/letters/<int:letter_id>/reply")
@allows(Can.FOLLOW_LETTER, letter=Letter)
def reply_now(network: Network, letter: Letter) -> Response:
    """Write down the reply."""
    form, by = LetterReplyForm(about=letter), current_actor()

    def act() -> None:
        assert form.replied_on.data is not None
        came = Reply(form.replied_on.data, form.text.data or "", form.url.data or "")
        follows.answered(letter, came, by=by, via=Door.WEB)

    return _done("reply", letter, form, act)
