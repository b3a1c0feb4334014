"""A form's fields for the charter's parameters, and what they hold afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget, NumberInput

from govnet.charter.kinds import Choice, Choices, OneLine, Parameter, Share, Statements, WholeNumber
from govnet.charter.thresholds import Strictness
from govnet.kernel.messages import Said
from govnet.kernel.translation import say
from govnet.web.forms import Form, MarkdownField, Text

HOW = ((Strictness.AT_LEAST.value, _l("at least")), (Strictness.MORE_THAN.value, _l("more than")))


MOST_RADIOS = 8
"""With more to choose from, a list takes less room."""


def options(pairs: Iterable[tuple[object, object]]) -> list[Any]:
    """The choices of a field as (value, label), for WTForms."""
    return [SelectChoice(str(value), cast("str", words)) for value, words in pairs]


class Boxes(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def name_of(parameter: Parameter[Any]) -> str:
    """The field's name: `decisions__quorum`."""
    return parameter.key.replace(".", "__")


def fields_for(parameter: Parameter[Any], value: Any) -> dict[str, Any]:
    """The fields that ask for a parameter, filled in with its present value."""
    name, title = name_of(parameter), say(Said(parameter.title))
    needed = [InputRequired(_l("Choose an answer."))]
    if isinstance(parameter, WholeNumber):
        missing = _l("Enter a number.")
        widget = NumberInput(min=parameter.least, max=parameter.most)
        return {name: Text(title, missing=missing, limit=10, default=str(value), widget=widget)}
    if isinstance(parameter, Statements):
        return {name: MarkdownField(title, limit=20_000, default="\n".join(value))}
    if isinstance(parameter, OneLine):
        return {name: Text(title, limit=parameter.limit, default=value)}
    if isinstance(parameter, Share):
        share = f"{value.share.numerator}/{value.share.denominator}"
        which = f"{title}: {_('at least, or more than')}"
        return {
            f"{name}__how": SelectField(which, choices=options(HOW), default=value.strictness.value),
            name: Text(title, missing=_l("Enter a fraction, such as 2/3."), limit=20, default=share),
        }
    if isinstance(parameter, Choices):
        return {name: Boxes(title, choices=_options(parameter.options), default=sorted(value))}
    if isinstance(parameter, Choice) and len(parameter.options) > MOST_RADIOS:
        return {name: SelectField(title, choices=_options(parameter.options), default=value)}
    if isinstance(parameter, Choice):
        return {
            name: RadioField(title, choices=_options(parameter.options), default=value, validators=needed)
        }
    yes_no = [("yes", _l("Yes")), ("no", _l("No"))]
    return {
        name: RadioField(title, choices=options(yes_no), default="yes" if value else "no", validators=needed)
    }


def _options(known: Mapping[str, str]) -> list[Any]:
    return options((value, say(Said(words))) for value, words in known.items())


def typed(form: Form, parameter: Parameter[Any]) -> Any:
    """The form's value for a parameter, as JSON has it. The charter decides whether it makes sense."""
    name = name_of(parameter)
    field: Field = form[name]
    if isinstance(parameter, Share):
        return {form[f"{name}__how"].data: field.data}
    return field.data
