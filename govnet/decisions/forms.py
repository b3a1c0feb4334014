"""The forms of the decisions room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.validators import AnyOf, InputRequired, Optional

from govnet.charter import parameters as p
from govnet.charter.fields import fields_for, name_of, options, typed
from govnet.charter.kinds import Parameter
from govnet.charter.rules import Charter
from govnet.decisions.book import NoteKind
from govnet.decisions.words import FACES, label
from govnet.kernel.forms import Body, Form, Text
from govnet.kernel.said import Said
from govnet.kernel.words import say

TEXT_LIMIT = 20_000
REASON_LIMIT = 4_000
QUESTION_LIMIT = 140
"""With what a mail's subject says besides, a line that mail programs show."""


class AnswerForm(Form):
    """One answer, for oneself or for one's organisation."""

    version = HiddenField()
    party = RadioField(_l("For whom do you answer?"), validators=[Optional()])
    answer = RadioField(_l("Your answer"), validators=[InputRequired(_l("Choose one of the answers."))])
    reason = Body(_l("Why? What should others know?"), limit=REASON_LIMIT)
    remedy = Body(_l("If you say Stop: what would let you live with it?"), limit=REASON_LIMIT)
    named = BooleanField(_l("Visitors may see my name beside my answer"))
    recused = BooleanField(_l("I have an interest in this: show my answer, but don’t count it"))

    def __init__(self, *args: Any, parties: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = options((face, label(kind)) for kind, face in FACES.items())
        self.party.choices = options(parties)


class WordsForm(Form):
    """What people are asked."""

    question = Text(
        _l("The question, in one sentence"),
        missing=_l("Enter the question in one sentence."),
        limit=QUESTION_LIMIT,
    )
    text = Body(
        _l("What exactly is proposed, and why"),
        missing=_l("Enter what exactly is proposed."),
        limit=TEXT_LIMIT,
    )
    rules = HiddenField()
    """Only a place for what is wrong with the rules together."""


class ProposeForm(WordsForm):
    """Something to ask."""

    closes = DateField(
        _l("Answers close on"), validators=[InputRequired(_l("Enter the day on which answers close."))]
    )
    replaces = SelectField(_l("Does it replace an earlier decision?"), coerce=int, default=0)
    review = DateField(_l("Look at it again on"), validators=[Optional()])


class RewordForm(WordsForm):
    """The same in other words."""

    because = Text(
        _l("What changed, and why"), missing=_l("Say what changed: everybody is asked again."), limit=500
    )


class RecordForm(WordsForm):
    """What a meeting or the list decided."""

    matter = RadioField(_l("What is it about?"), validators=[InputRequired(_l("Choose what it is about."))])
    door = RadioField(
        _l("Where was it decided?"),
        choices=options([("meeting", _l("At a meeting")), ("list", _l("On the e-mail list"))]),
        validators=[InputRequired(_l("Choose where it was decided."))],
    )
    taken_by = RadioField(
        _l("Who decided?"),
        choices=options([("all", _l("All members")), ("committee", _l("The committee"))]),
        validators=[InputRequired(_l("Choose who decided."))],
    )
    taken_on = DateField(_l("On which day?"), validators=[InputRequired(_l("Enter the day."))])
    where = Text(_l("Which meeting, or which thread of the list?"), missing=_l("Enter which one it was."))
    evidence = Body(
        _l("How do we know? Who was there, what was said"), missing=_l("Enter how we know."), limit=4_000
    )
    url = Text(_l("A link to the minutes or the mail"), limit=500)
    replaces = SelectField(_l("Does it replace an earlier decision?"), coerce=int, default=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter.choices = options((key, say(Said(words))) for key, words in p.MATTERS.items())


class ReasonForm(Form):
    """A reason for what one is about to do."""

    reason = Body(_l("Why?"), missing=_l("Say why."), limit=REASON_LIMIT)


class CommentForm(Form):
    """Words that came too late to be counted, as a comment."""

    body = Body(_l("Your words"), missing=_l("Write something."))


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
    text = Body(_l("The note"), missing=_l("Enter the note."), limit=TEXT_LIMIT)


def with_rules(
    form: type[WordsForm], wanted: Iterable[Parameter[Any]], charter: Charter
) -> tuple[type[Any], list[Parameter[Any]]]:
    """The form with fields for the rules that are to change, filled in with what holds now."""
    chosen = list(wanted)
    fields = {name: field for each in chosen for name, field in fields_for(each, charter[each]).items()}
    return type(form.__name__, (form,), fields), chosen


def rules_in(form: Form, wanted: Iterable[Parameter[Any]]) -> dict[str, Any]:
    """What the form says of the rules, as JSON has it."""
    return {each.key: typed(form, each) for each in wanted if name_of(each) in form}
