"""The fields with which options are given, and with which people choose between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import NumberInput

from govnet.charter import parameters as p
from govnet.charter.fields import options
from govnet.decisions import queries
from govnet.decisions.answers.actions import AnswerInput
from govnet.decisions.rules.methods import WAYS
from govnet.decisions.rules.option_count import HIGHEST_SCORE, NONE, OPTIONS
from govnet.decisions.rules.outcome import AnswerKind
from govnet.kernel.messages import Said
from govnet.kernel.numbers import whole_number
from govnet.kernel.translation import say
from govnet.web.forms import Form, MarkdownField, Text

if TYPE_CHECKING:
    from govnet.decisions.models import Proposal, ProposalVersion
    from govnet.decisions.pages.proposal import ProposalPage

REASON_LIMIT = 4_000


def say_later(words: str) -> LazyString:
    """A marked text in the reader's language."""
    return LazyString(lambda: say(Said(words)))


class OptionLines(MarkdownField):
    """Options, one a line; empty lines and blanks around mean nothing."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(label, limit=5_000, **kwargs)

    @property
    def lines_given(self) -> tuple[str, ...]:
        """The typed text, line by line."""
        lines = (" ".join(line.split()) for line in (self.data or "").splitlines())
        return tuple(line for line in lines if line)


def offer_ways(form: Any, ways: Sequence[str]) -> None:
    """Have the form of a proposal offer what the charter allows."""
    form.way.choices = options((way, say(Said(WAYS[way]))) for way in ways)


def method_in(form: Any) -> str:
    """The method that the form of a proposal asks for."""
    way = str(form.way.data or "")
    if way != "options":
        return way
    return str(form.choosing.data) if form.choosing.data in OPTIONS else OPTIONS[0]


def with_options(form: type[Any], version: ProposalVersion) -> tuple[type[Any], dict[str, str]]:
    """The form with a field for the options, and its values, if people choose between some."""
    if version.method not in OPTIONS:
        return form, {}
    titles = queries.options_of([version.id])[version.id]
    return type(form.__name__, (form,), {"options": OptionLines(_l("The options"))}), {
        "options": "\n".join(titles)
    }


class ChoiceForm(Form):
    """One answer between options; a field for each option is added by `choice_form`."""

    version = HiddenField()
    party = RadioField(_l("For whom do you answer?"), validators=[Optional()])
    no_view = BooleanField(_l("No view"))
    reason = MarkdownField(_l("Why? What should others know?"), limit=REASON_LIMIT)
    named = BooleanField(_l("Visitors may see my name beside my answer"))
    numbers: Sequence[int] = ()

    @property
    def option_fields(self) -> list[Any]:
        """The fields of the options, in the order of the page."""
        return [self[_name(each)] for each in self.numbers]

    def choices(self) -> dict[int, int]:
        """The typed value; -1 if it cannot be read, which no method takes."""
        typed = {each: str(self[_name(each)].data or "").strip() for each in self.numbers}
        return {each: _number(words) for each, words in typed.items() if words}

    def given(self) -> AnswerInput:
        """The answer; with "No view" ticked there is none, whatever else is in the form."""
        return AnswerInput(
            AnswerKind.NO_VIEW if self.no_view.data else AnswerKind.CHOICE,
            reason=self.reason.data or "",
            named=bool(self.named.data),
            choices={} if self.no_view.data else self.choices(),
        )

    def forget(self) -> None:
        """Empty the choice: the numbers may mean other options now."""
        for field in self.option_fields:
            field.data = None

    def fill(self, given: Mapping[int, int]) -> None:
        """Fill in what somebody chose before."""
        for each, value in given.items():
            if each in self.numbers:
                self[_name(each)].data = str(value)


class EnterChoiceForm(ChoiceForm):
    """Somebody else's choice."""

    party = SelectField(  # type: ignore[assignment]
        _l("Whose answer is it?"), validators=[InputRequired(_l("Choose whose answer it is."))]
    )
    how = RadioField(_l("How did it come?"), validators=[InputRequired(_l("Choose how the answer came."))])


def enter_form(proposal: Proposal, version: ProposalVersion) -> EnterChoiceForm | None:
    """The form with which an officer enters what a member chose; None where nothing is chosen between."""
    titles = queries.options_of([version.id]).get(version.id) if version.method in OPTIONS else None
    if titles is None:
        return None
    numbered = [*enumerate(titles, 1), (NONE, _("None of these"))]
    dots = queries.charter_of(version)[p.DOTS]
    made = choice_form(proposal, version.method, numbered, dots, (), EnterChoiceForm)
    return cast("EnterChoiceForm", made)


def _name(number: int) -> str:
    return f"option_{number}"


def _number(words: str) -> int:
    number = whole_number(words)
    return -1 if number is None else number


def choice_form(
    about: object,
    method: str,
    numbered: Sequence[tuple[int, str]],
    dots: int,
    parties: Iterable[tuple[str, str]],
    base: type[ChoiceForm] = ChoiceForm,
) -> ChoiceForm:
    """The form that asks for a rank, a score or dots for each option."""
    fields = {_name(number): _field(method, title, len(numbered), dots) for number, title in numbered}
    numbers = tuple(number for number, _title in numbered)
    made: ChoiceForm = type(base.__name__, (base,), {**fields, "numbers": numbers})(about=about)
    made.party.choices = options(parties)
    return made


def _field(method: str, title: str, many: int, dots: int) -> Any:
    if method == "ranked":
        ranks = [("", _("no place")), *((each, _("place %(n)s", n=each)) for each in range(1, many + 1))]
        return SelectField(title, choices=options(ranks), validators=[Optional()])
    if method == "score":
        return RadioField(
            title, choices=options((each, each) for each in range(HIGHEST_SCORE + 1)), validators=[Optional()]
        )
    return Text(title, limit=10, widget=NumberInput(min=0, max=dots))


def form_for(
    found: ProposalPage, parties: Iterable[tuple[str, str]], *, sent: bool = False
) -> ChoiceForm | None:
    """The form on a proposal's page, as it was sent or filled in with the reader's answer; None without options."""
    chosen = found.now.options
    if chosen is None:
        return None
    form = choice_form(found.proposal, chosen.method, chosen.numbered, found.now.rule.dots, parties)
    if sent:
        return form
    form.version.data = str(found.version.id)
    given = found.answered[0] if found.answered else None
    if given is not None:
        form.fill(queries.ballot(given.choices))
        form.no_view.data, form.reason.data = given.kind is AnswerKind.NO_VIEW, given.reason
        form.named.data = given.named
        form.party.data = str(given.entry_id)
    return form
