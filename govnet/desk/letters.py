"""Letters on the officers' desk: those that nobody is left to send, and those whose reply is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.desk.tasks import DeskTask
from govnet.letters import queries
from govnet.letters.models import Letter
from govnet.letters.rules import LetterState


def left_over(network: Network) -> Iterator[DeskTask]:
    """Acts of an officer in place of an author who does not act, or has gone."""
    for letter in queries.left_over(network.id):
        yield DeskTask(
            since=_since(letter),
            kind=_("Letter"),
            words=_words(letter),
            url=url_for("letters.letter", letter_id=letter.id),
        )


def _since(letter: Letter) -> datetime:
    return letter.reminded_at or letter.closed_at or letter.opened_at


def _words(letter: Letter) -> str:
    if letter.state is LetterState.SENT:
        return str(_("The reply to “%(title)s” is overdue", title=letter.title))
    return str(_("“%(title)s” is to be sent, and the member who started it has left", title=letter.title))
