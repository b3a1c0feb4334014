"""The forms of the letters."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from govnet.charter.fields import options
from govnet.kernel.text import LONGEST_TITLE
from govnet.letters.actions import LetterInput, Party
from govnet.web.days import Day
from govnet.web.forms import SAME_FOR, Form, HiddenId, MarkdownField, Text

TEXT_LIMIT = 20_000
REASON_LIMIT = 4_000


class LetterForm(Form):
    """A letter's text, its addressee, and its closing time."""

    title = Text(
        _l("What is the letter about, in one line?"),
        missing=_l("Enter what the letter is about."),
        limit=LONGEST_TITLE,
    )
    addressed_to = Text(_l("To whom is it addressed?"), missing=_l("Enter to whom the letter is addressed."))
    text = MarkdownField(_l("The letter"), missing=_l("Enter what the letter says."), limit=TEXT_LIMIT)
    closes = Day(
        _l("It can be signed until"), validators=[InputRequired(_l("Enter the last day for signing."))]
    )
    seen = HiddenField(default="1")
    """The version of the text that the author began with."""

    def draft(self) -> LetterInput:
        """The typed values."""
        day = self.closes.data
        assert day is not None
        return LetterInput(self.title.data or "", self.addressed_to.data or "", self.text.data or "", day)


class NewLetterForm(LetterForm):
    """A new letter, with its author's name under it."""

    same_for = SAME_FOR
    party = RadioField(_l("In which name do you sign it first?"), validators=[Optional()])

    def __init__(self, *args: Any, parties: list[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.party.choices = options((each.key, each.name) for each in parties)


class SignForm(Form):
    """One's name, or one's organisation's, under the text that one has read."""

    seen = HiddenId(validators=[InputRequired(_l("Please read the letter again."))])
    party = StringField()
    """Which button was pressed: there is one for each name that the reader can give."""


class LetterReasonForm(Form):
    """A reason for what one is about to do."""

    reason = MarkdownField(
        _l("Why?"), missing=_l("Say why: the people who signed will ask."), limit=REASON_LIMIT
    )


class SentForm(Form):
    """When and how a letter was sent, and by when a reply is expected."""

    sent_on = Day(_l("On which day was it sent?"), validators=[InputRequired(_l("Enter the day."))])
    how = Text(_l("How? By post, by e-mail, handed over"))
    reply_due = Day(_l("A reply is due by"), validators=[Optional()])


class LetterReplyForm(Form):
    """The reply."""

    replied_on = Day(_l("On which day did it come?"), validators=[InputRequired(_l("Enter the day."))])
    text = MarkdownField(_l("What does it say?"), limit=TEXT_LIMIT)
    url = Text(_l("A link to it"), limit=500)
