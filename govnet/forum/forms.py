"""The forum's forms."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from govnet.forum.states import AppealOutcome, HidingKind, Readership
from govnet.forum.threads.actions import Frame
from govnet.kernel.messages import N_
from govnet.kernel.numbers import whole_number
from govnet.kernel.text import LONGEST_TITLE
from govnet.people.fields import EmailAddress
from govnet.web.days import Day
from govnet.web.forms import SAME_FOR, Form, MarkdownField, NameText, Text

AUDIENCES = {
    Readership.PUBLIC: _l("Everybody, with your name"),
    Readership.MEMBERS: _l("Members only"),
    Readership.COMMITTEE: _l("The committee and the coordinator only"),
}


class ThreadReplyForm(Form):
    """A post at the thread's end."""

    body = MarkdownField(_l("Your reply"), missing=_l("Write your reply first"))


class FrameFields(Form):
    """The frame of a discussion."""

    question = Text(_l("The question"), limit=300)
    can_change = Text(_l("What can change"), limit=500)
    decides = Text(_l("Who decides"), limit=200)
    until = Day(_l("Until"), [Optional()])

    def frame(self) -> Frame:
        """The frame as it was typed."""
        return Frame(
            question=self.question.data or "",
            can_change=self.can_change.data or "",
            decides=self.decides.data or "",
            until=self.until.data,
        )


class NewThreadForm(FrameFields):
    """A new discussion."""

    same_for = SAME_FOR
    title = Text(_l("Title"), missing=_l("Enter a title for the discussion"), limit=LONGEST_TITLE)
    body = MarkdownField(_l("Your first post"), missing=_l("Write the first post"))
    audience = RadioField(_l("Who can read it?"), [InputRequired(_l("Choose who can read it"))])

    def offer(self, audiences: list[Readership]) -> None:
        """Only what the topic and the writer's own rights allow."""
        self.audience.choices = [SelectChoice(audience.value, AUDIENCES[audience]) for audience in audiences]


class FrameForm(FrameFields):
    """The top of a discussion."""

    title = Text(_l("Title"), missing=_l("Enter a title for the discussion"), limit=LONGEST_TITLE)
    summary = MarkdownField(_l("Summary so far"), limit=10_000)
    revision = HiddenField()


class EditForm(Form):
    """Another text for one's own post."""

    body = MarkdownField(_l("Your post"), missing=_l("Write something, or leave the text as it was"))
    revision = HiddenField()


class PostReportForm(Form):
    """A member reports a post."""

    reason = MarkdownField(_l("What is wrong with it?"), missing=_l("Say what is wrong with it"), limit=2_000)


class VisitorReportForm(PostReportForm):
    """A visitor reports a post, and leaves an address for the answer."""

    name = NameText(_l("Your name"), missing=_l("Enter your name"))
    email = EmailAddress(_l("Your e-mail address"))


class DismissForm(Form):
    """The post stands."""

    answer = MarkdownField(_l("Why does it stand?"), missing=_l("Say why the post stands"), limit=2_000)


LAW = "law"
"""The choice in the form; stored, it is a hiding with a day on which the text goes."""


class HideForm(Form):
    """The post does not stand."""

    kind = RadioField(
        _l("What happens to it?"),
        [InputRequired(_l("Choose what happens to it"))],
        choices=[
            SelectChoice(HidingKind.HIDDEN.value, _l("Hide it")),
            SelectChoice(HidingKind.REMOVED.value, _l("Hide it, and have its text removed for good")),
            SelectChoice(LAW, _l("Hide it, because the law requires its text to be removed")),
        ],
    )
    reason = MarkdownField(_l("Why?"), missing=_l("Give the reason; everybody can read it"), limit=1_000)


class RemoveForm(Form):
    """A second person wants the text gone, too."""

    reason = MarkdownField(_l("Why?"), missing=_l("Give the reason; everybody can read it"), limit=1_000)


class LiftForm(Form):
    """It is shown again."""

    why = MarkdownField(_l("Why is it shown again?"), missing=_l("Say why it is shown again"), limit=1_000)


class HidingAppealForm(Form):
    """The author disagrees."""

    text = MarkdownField(_l("Why should it stand?"), missing=_l("Say why it should stand"), limit=5_000)


class HidingHearingForm(Form):
    """One of two others answers an appeal."""

    outcome = RadioField(
        _l("What do you say?"),
        [InputRequired(_l("Choose what you say"))],
        choices=[
            SelectChoice(AppealOutcome.UPHELD.value, _l("It stays hidden")),
            SelectChoice(AppealOutcome.LIFTED.value, _l("It is shown again")),
        ],
    )
    reason = MarkdownField(_l("Why?"), missing=_l("Give the reason; everybody can read it"), limit=1_000)


class TopicForm(Form):
    """A topic."""

    title = NameText(_l("Title"), person=False, missing=_l("Enter a title for the topic"), limit=100)
    description = Text(_l("What belongs here, in one sentence"), limit=300)
    audience = RadioField(
        _l("Who can read it?"),
        [InputRequired(_l("Choose who can read it"))],
        choices=[
            SelectChoice(Readership.PUBLIC.value, _l("Everybody")),
            SelectChoice(Readership.MEMBERS.value, _l("Members only")),
            SelectChoice(Readership.COMMITTEE.value, _l("The committee and the coordinator only")),
        ],
        default=Readership.PUBLIC.value,
    )
    archived = BooleanField(_l("Takes no new discussions"))
    seen = HiddenField()
    """How the topic stood when it was opened to be changed."""


PROMISE = N_("remove")
"""The word to type to confirm that it is meant."""


class TakeBackForm(Form):
    """Everything that one has written, gone."""

    word = Text(_l("Are you sure?"), missing=_l("To confirm, type the word"), limit=40)

    def validate_word(self, field: Any) -> None:
        """The word, in the reader's language, whatever its case."""
        if field.data.strip("“”\"'.").casefold() != str(gettext(PROMISE)).casefold():
            raise ValidationError(gettext("To confirm, type the word “%(word)s”", word=gettext(PROMISE)))


def number_in(field: Any) -> int:
    """A hidden revision; 0 where it is none, so that the form counts as stale."""
    return whole_number(field.data) or 0
