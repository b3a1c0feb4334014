"""The forms of the decisions room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SubmitField
from wtforms.validators import AnyOf, InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from govnet.charter import parameters as p
from govnet.charter.fields import options
from govnet.decisions.labels import FACES, label
from govnet.decisions.offsite.actions import Taken
from govnet.decisions.offsite.evidence import LARGEST, readable
from govnet.decisions.pages.option_forms import OptionLines, say_later
from govnet.decisions.proposals.opening import More, digest
from govnet.decisions.register.models import NoteKind
from govnet.decisions.rules.methods import CHOOSING
from govnet.decisions.rules.outcome import FIVE, AnswerKind
from govnet.decisions.rules.text_diff import passage, put_into, shown
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import Said
from govnet.kernel.numbers import whole_number
from govnet.kernel.text import LONGEST_TITLE
from govnet.kernel.translation import say
from govnet.mail.incoming.parser import Incoming
from govnet.web.days import Day
from govnet.web.forms import SAME_FOR, Form, MarkdownField, Text

TEXT_LIMIT = 20_000
MORE_LIMIT = 4_000
REASON_LIMIT = 4_000


def _is_offered(_form: Any, field: Any) -> None:
    """It is one of those on the page."""
    if field.data not in {str(choice.value) for choice in field.choices or ()}:
        raise ValidationError(gettext("Choose one of the answers."))


_ONE_OF_THEM = [InputRequired(_l("Choose one of the answers.")), _is_offered]
_FROM_ELSEWHERE = options([("meeting", _l("At a meeting")), ("list", _l("On the e-mail list"))])


class AnswerForm(Form):
    """One answer, for oneself or for one's organisation."""

    version = HiddenField()
    party = RadioField(_l("For whom do you answer?"), validators=[Optional()])
    answer = RadioField(_l("Your answer"), validators=_ONE_OF_THEM, validate_choice=False)
    reason = MarkdownField(_l("Why? What should others know?"), limit=REASON_LIMIT)
    remedy = MarkdownField(_l("If you say Stop: what would let you live with it?"), limit=REASON_LIMIT)
    principle = SelectField(_l("If you say Stop: which of our principles does it rest on?"), default="")
    named = BooleanField(_l("Visitors may see my name beside my answer"))

    def __init__(
        self,
        *args: Any,
        parties: Iterable[tuple[str, str]] = (),
        principles: Iterable[str] = (),
        offered: Iterable[AnswerKind] = FIVE,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = options((FACES[kind], label(kind)) for kind in offered)
        self.party.choices = options(parties)
        self.principle.choices = options([("", _l("Choose one")), *((each, each) for each in principles)])


class WordsForm(Form):
    """The fields of a proposal."""

    question = Text(
        _l("The question, in one sentence"),
        missing=_l("Enter the question in one sentence."),
        limit=LONGEST_TITLE,
    )
    text = MarkdownField(
        _l("What exactly is proposed, and why"),
        missing=_l("Enter what exactly is proposed."),
        limit=TEXT_LIMIT,
    )
    rules = HiddenField()
    """The version of our rules in force when the form was opened; and a place for mistakes in them together."""
    considered = MarkdownField(_l("What other options were considered, and why not those?"), limit=MORE_LIMIT)
    sources = MarkdownField(_l("What is it based on? Write one source on each line"), limit=MORE_LIMIT)
    in_force_on = Day(_l("New rules hold from"), validators=[Optional()])
    trial_until = Day(_l("On trial until"), validators=[Optional()])
    trial_signs = MarkdownField(_l("How shall we know whether it works?"), limit=MORE_LIMIT)


class ProposeForm(WordsForm):
    """Something to ask."""

    same_for = SAME_FOR
    way = RadioField(_l("How is it decided?"), validators=[InputRequired(_l("Choose how it is decided."))])
    choosing = SelectField(
        _l("Between options, people choose"),
        choices=options((key, say_later(said)) for key, said in CHOOSING.items()),
        validators=[Optional()],
    )
    options = OptionLines(_l("The options"))
    draft = SubmitField(_l("Save as a draft"))

    closes = Day(
        _l("Answers close on"), validators=[InputRequired(_l("Enter the day on which answers close."))]
    )
    replaces = SelectField(_l("Does it replace an earlier decision?"), coerce=int, default=0)
    review = Day(_l("Look at it again on"), validators=[Optional()])


def with_matter(form_class: type[Any], matters: Sequence[str]) -> type[Any]:
    """The form with a field for what it is about, where there are matters to choose from."""
    if not matters:
        return form_class
    field = RadioField(
        _l("What is it about?"),
        choices=options((key, say(Said(p.MATTERS[key]))) for key in matters),
        validators=[InputRequired(_l("Choose what it is about, so that we know who decides."))],
    )
    return type(form_class.__name__, (form_class,), {"matter": field})


class DraftForm(ProposeForm):
    """A draft with another text."""

    seen = HiddenField()
    """The digest of the text that was there when it was opened to be changed."""


class RewordForm(WordsForm):
    """The same with another text."""

    because = Text(
        _l("What changed, and why"), missing=_l("Say what changed: everybody is asked again."), limit=500
    )
    seen = HiddenField()
    """The number of the version that was there to be changed."""

    def began_with(self) -> int:
        """That number; 0 where it is none, so that the form counts as stale."""
        return whole_number(self.seen.data) or 0


class RecordForm(WordsForm):
    """A decision of a meeting or a list: the labels speak of a decision, not of a question."""

    same_for = SAME_FOR
    question = Text(
        _l("What was decided, in one sentence"),
        missing=_l("Enter what was decided, in one sentence."),
        limit=LONGEST_TITLE,
    )
    text = MarkdownField(
        _l("What exactly was decided, and why"),
        missing=_l("Enter what exactly was decided."),
        limit=TEXT_LIMIT,
    )
    considered = MarkdownField(_l("What other options were considered, and why not those?"), limit=MORE_LIMIT)
    sources = MarkdownField(_l("What was it based on? Write one source on each line"), limit=MORE_LIMIT)
    in_force_on = Day(_l("The new rules hold from"), validators=[Optional()])
    matter = RadioField(_l("What was it about?"), validators=[InputRequired(_l("Choose what it was about."))])
    door = RadioField(
        _l("Where was it decided?"),
        choices=_FROM_ELSEWHERE,
        validators=[InputRequired(_l("Choose where it was decided."))],
    )
    taken_by = RadioField(
        _l("Who decided?"),
        choices=options([("all", _l("All members")), ("committee", _l("The committee"))]),
        validators=[InputRequired(_l("Choose who decided."))],
    )
    taken_on = Day(_l("On which day?"), validators=[InputRequired(_l("Enter the day."))])
    where = Text(
        _l("Which meeting was it, or which thread of the list?"),
        missing=_l("Enter which meeting or thread it was."),
    )
    present = MarkdownField(_l("Who was there?"), limit=2_000)
    evidence = MarkdownField(
        _l("How do we know? What was said there"), missing=_l("Enter how we know."), limit=4_000
    )
    url = Text(_l("A link to the minutes or the mail"), limit=500)
    replaces = SelectField(_l("Did it replace an earlier decision?"), coerce=int, default=0)
    late_because = Text(_l("Why is it recorded late?"), limit=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter.choices = options((key, say(Said(words))) for key, words in p.MATTERS.items())

    def taken(self) -> Taken:
        """How it was decided, and how we know."""
        assert self.taken_on.data is not None
        return Taken(
            on=self.taken_on.data,
            by=self.taken_by.data,
            where=self.where.data or "",
            evidence=self.evidence.data or "",
            url=self.url.data or "",
            present=self.present.data or "",
            late_because=self.late_because.data or "",
        )


class MeetingNoteForm(Form):
    """A note of something said or reported at a meeting or on the list, which asks nobody."""

    same_for = SAME_FOR
    title = Text(
        _l("What is the note about?"), missing=_l("Enter what the note is about."), limit=LONGEST_TITLE
    )
    text = MarkdownField(_l("The note"), missing=_l("Enter the note."), limit=TEXT_LIMIT)
    door = RadioField(
        _l("Where was it?"),
        choices=_FROM_ELSEWHERE,
        validators=[InputRequired(_l("Choose where it was."))],
    )
    taken_on = Day(_l("On which day?"), validators=[InputRequired(_l("Enter the day."))])
    where = Text(
        _l("Which meeting was it, or which thread of the list?"),
        missing=_l("Enter which meeting or thread it was."),
    )
    present = MarkdownField(_l("Who was there?"), limit=2_000)
    url = Text(_l("A link to the minutes or the mail"), limit=500)


class KeepMailForm(Form):
    """A mail, as a file."""

    file = FileField(
        _l("The mail, as a file"),
        validators=[FileRequired(_l("Choose the file that you saved the mail as."))],
    )
    raw: bytes
    mail: Incoming

    def validate_file(self, field: FileField) -> None:
        """It is read before anything is locked."""
        self.raw = field.data.read(LARGEST + 1)
        try:
            self.mail = readable(self.raw)
        except RuleBroken as broken:
            raise ValidationError(say(broken.message)) from broken


class ReasonForm(Form):
    """A reason for what one is about to do."""

    reason = MarkdownField(_l("Why?"), missing=_l("Say why."), limit=REASON_LIMIT)


class ExtendForm(ReasonForm):
    """A later day."""

    closes = Day(
        _l("Answers close on"), validators=[InputRequired(_l("Enter the day on which answers close."))]
    )


class ReasonReplyForm(Form):
    """The proposer's reply to a reason."""

    text = MarkdownField(_l("Your reply"), missing=_l("Write your reply."), limit=2_000)


class HiddenText(MarkdownField):
    """A text that comes along unseen."""

    widget = HiddenInput()  # type: ignore[assignment]


class SuggestForm(Form):
    """A suggestion: the text as somebody would have it, and why."""

    text = MarkdownField(
        _l("The text as you suggest it"),
        missing=_l("Nothing would be left of the text. Change only some of it."),
        limit=TEXT_LIMIT,
    )
    before = HiddenText(limit=TEXT_LIMIT)
    """The text as it stood when the form was opened."""
    looked = HiddenField()
    """Which difference was looked at."""
    why = Text(_l("Why?"), missing=_l("Say why your text is better."), limit=500)
    difference: Sequence[tuple[str, str]] = ()
    """The page to check before sending."""
    replaced = ""
    """The text typed before the version changed."""
    change = ("", "")
    """A passage of the text as it stands, and what should stand there instead, once the difference was looked at."""

    def begin(self, text: str) -> SuggestForm:
        """Fill it in with the text as it stands."""
        self.text.data = self.before.data = text
        return self

    def looked_at(self, now: str) -> bool:
        """Whether the difference from the text as it stands now was looked at: `change` then holds it.

        A change typed into an earlier text is put into the newer one if that passage is still there. RuleBroken if
        nothing was changed.
        """
        if (self.before.data or "").strip() != now.strip():
            self.replaced = self.text.data or ""
            self.text.data = put_into(now, self.before.data or "", self.replaced) or self.replaced
            self.before.data = now
        wanted = self.text.data or ""
        if wanted.strip() == now.strip():
            raise RuleBroken(
                gettext("You have not changed the text yet. Change some of it, then look at the difference."),
                field="text",
            )
        mark = digest(f"{digest(now)} {digest(wanted)}")
        looked, self.looked.data = self.looked.data, mark
        if looked == mark:
            self.change = passage(now, wanted)
            return True
        self.difference = shown(now, wanted)
        return False


class InterestForm(Form):
    """A declared interest in a proposal."""

    interest = Text(_l("What is your interest?"), missing=_l("Say what your interest is."), limit=300)


class EnterForm(AnswerForm):
    """Somebody else's answer."""

    party = SelectField(  # type: ignore[assignment]
        _l("Whose answer is it?"), validators=[InputRequired(_l("Choose whose answer it is."))]
    )
    answer = RadioField(_l("Their answer"), validators=_ONE_OF_THEM, validate_choice=False)
    how = RadioField(_l("How did it come?"), validators=[InputRequired(_l("Choose how the answer came."))])


class CommentForm(Form):
    """A comment on a proposal: typed on its page, or an answer that came too late to be counted."""

    body = MarkdownField(_l("Your comment"), missing=_l("Write something."))


class ReviewForm(Form):
    """Asking that a decision is looked at again."""

    reason = MarkdownField(_l("Why? (if you like)"), limit=1_000)


class NoteForm(Form):
    """Something beside a decision."""

    kind = RadioField(
        _l("What is it?"),
        choices=options(
            [
                (NoteKind.HEARD.value, _l("What we heard, and what changed")),
                (NoteKind.MINORITY.value, _l("What the minority says")),
                (NoteKind.ERRATUM.value, _l("A slip in the text")),
            ]
        ),
        validators=[InputRequired(_l("Choose what it is.")), AnyOf([kind.value for kind in NoteKind])],
    )
    text = MarkdownField(_l("The note"), missing=_l("Enter the note."), limit=TEXT_LIMIT)


def more_in(form: WordsForm) -> More:
    """The form's input beside the text."""
    return More(
        considered=form.considered.data or "",
        sources=form.sources.data or "",
        in_force_on=form.in_force_on.data,
        trial_until=form.trial_until.data,
        trial_signs=form.trial_signs.data or "",
    )


class AskDraftForm(Form):
    """Until when a draft is asked."""

    same_for = SAME_FOR
    closes = Day(
        _l("Answers close on"), validators=[InputRequired(_l("Enter the day on which answers close."))]
    )


class HideAnswersForm(Form):
    """How long answers stay hidden."""

    visible = RadioField(
        _l("Members see each other’s answers"),
        validators=[InputRequired(_l("Choose from when they are shown."))],
    )

    def __init__(self, *args: Any, tighter: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visible.choices = options((each, say_later(p.VISIBLE.options[each])) for each in tighter)
