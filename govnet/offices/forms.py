"""Forms for writing down who holds an office, for leaving one, and for the network's settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from govnet.kernel.errors import RuleBroken
from govnet.offices.first_people import First
from govnet.people.fields import EmailAddress
from govnet.web.days import Day
from govnet.web.forms import Body, Form, NameText, Text

ACCENTS = [
    SelectChoice("teal", _l("Teal")),
    SelectChoice("blue", _l("Blue")),
    SelectChoice("indigo", _l("Indigo")),
    SelectChoice("plum", _l("Plum")),
    SelectChoice("brick", _l("Brick")),
    SelectChoice("amber", _l("Amber")),
    SelectChoice("green", _l("Green")),
    SelectChoice("slate", _l("Slate")),
]


def _day(label: Any, missing: Any) -> Day:
    return Day(label, [InputRequired(missing)])


class VacancyForm(Form):
    """What happens with an empty place."""

    note = Text(_l("What happens next with this place?"), limit=300)


class LastDayForm(Form):
    """When an office ends early."""

    last_day = _day(_l("Last day"), _l("Enter the last day"))

    @property
    def day(self) -> date:
        """The day chosen, of a form that was checked."""
        return self.last_day.data or date.min


class FirstPeopleForm(LastDayForm):
    """The first people of a network in which nobody is left."""

    name_1 = NameText(_l("The first person’s name"), missing=_l("Name at least one person"))
    email_1 = EmailAddress(_l("The first person’s e-mail address"))
    name_2 = NameText(_l("The second person’s name"), validators=[Optional()])
    email_2 = EmailAddress(_l("The second person’s e-mail address"), missing=None, validators=[Optional()])
    name_3 = NameText(_l("The third person’s name"), validators=[Optional()])
    email_3 = EmailAddress(_l("The third person’s e-mail address"), missing=None, validators=[Optional()])
    why = Body(
        _l("How did it come to this, and why these people?"),
        missing=_l("Say how it came to this: everybody can read it."),
        limit=1000,
    )

    def people(self, places: Sequence[str]) -> list[First]:
        """Those named, each for the next place. RuleBroken for one without an address or a name."""
        found = []
        for number, place in enumerate(places, 1):
            name, address = self[f"name_{number}"].data or "", self[f"email_{number}"].data or ""
            if bool(name) != bool(address):
                raise RuleBroken(
                    _("Enter name and e-mail address of each person."),
                    field=f"email_{number}" if name else f"name_{number}",
                )
            if name:
                found.append(First(name, address, place))
        return found


class ReportForm(Form):
    """What the coordinator did."""

    due_on = SelectField(_l("Which report is this?"))
    body = Body(_l("What was done, and what was not"), missing=_l("Write the report"))


class SettingsForm(Form):
    """How the network can be reached, and how its pages look."""

    contact_name = NameText(
        _l("Whom can people write to or ring?"), person=False, missing=_l("Enter a person’s name")
    )
    contact_email = EmailAddress(_l("Mailbox"), missing=_l("Enter an e-mail address"))
    contact_phone = Text(_l("Phone"), limit=40, validators=[Optional()])
    list_address = EmailAddress(_l("Mailing list elsewhere"), missing=None)
    accent = SelectField(_l("Colour"), choices=ACCENTS)
    languages = SelectMultipleField(_l("Languages to choose from"))
    language = SelectField(_l("Language of people who have not chosen one"))
    logo = FileField(
        _l("Logo"), validators=[Optional()], render_kw={"accept": "image/png,image/jpeg,image/webp,image/gif"}
    )
    without_logo = BooleanField(_l("Remove the logo"))
    seen = HiddenField()

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        """`known`: the languages that there are translations for. Where it is one, there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.languages.choices = self.language.choices = [SelectChoice(*each) for each in known]
        if len(known) == 1:
            del self.languages, self.language
