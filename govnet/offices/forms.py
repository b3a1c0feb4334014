"""Forms for writing down who holds an office, for leaving one, and for the network's settings."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from govnet.kernel.days import Day
from govnet.kernel.forms import Body, Form, Text
from govnet.offices.models import CameBy, Constituency
from govnet.people.fields import EmailAddress

DECISION = _l("Number of the decision")
CAME_BY = [
    SelectChoice(CameBy.APPOINTMENT.value, _l("Appointed")),
    SelectChoice(CameBy.CO_OPTION.value, _l("Taken in by the committee (co-option)")),
    SelectChoice(CameBy.ELECTION.value, _l("Elected")),
]
CONSTITUENCIES = [
    SelectChoice(Constituency.ANY.value, _l("Any member")),
    SelectChoice(Constituency.INDIVIDUAL.value, _l("A member in person")),
    SelectChoice(Constituency.ORGANISATION.value, _l("Somebody who speaks for a member organisation")),
    SelectChoice(Constituency.SISTER_NETWORK.value, _l("Somebody from a sister network")),
]
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


class SeatingForm(Form):
    """Somebody takes a place."""

    seat = SelectField(_l("Which place?"), coerce=int)
    person = Text(_l("Who takes it?"), missing=_l("Enter the name of whoever takes the place"))
    came_by = RadioField(_l("How?"), choices=CAME_BY, default=CameBy.APPOINTMENT.value)
    first_day = _day(_l("First day"), _l("Enter the first day"))
    last_day = _day(_l("Last day"), _l("Enter the last day"))
    decision = Text(DECISION, missing=_l("Enter the number of the decision, e.g. 2015-07"), limit=20)


class PlaceForm(Form):
    """One more place."""

    name = Text(_l("What is the place called?"), missing=_l("Enter a name for the place"))
    constituency = RadioField(_l("Who is it for?"), choices=CONSTITUENCIES, default=Constituency.ANY.value)
    decision = Text(DECISION, missing=_l("Enter the number of the decision, e.g. 2015-07"), limit=20)


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


class EndingForm(LastDayForm):
    """A decision ends an office."""

    decision = Text(DECISION, missing=_l("Enter the number of the decision, e.g. 2015-07"), limit=20)


class MandateForm(Form):
    """Who coordinates, and what they may do."""

    organisation = Text(_l("Organisation"), validators=[Optional()])
    named = Body(
        _l("Who acts as coordinator?"),
        missing=_l("Name at least one person who acts as coordinator"),
        limit=2000,
    )
    scope = Body(
        _l("What may the coordinator do?"), missing=_l("Say what the coordinator may do"), limit=5000
    )
    first_day = _day(_l("First day"), _l("Enter the first day"))
    last_day = _day(_l("Last day"), _l("Enter the last day"))
    decision = Text(DECISION, missing=_l("Enter the number of the decision, e.g. 2015-07"), limit=20)


class ReportForm(Form):
    """What the coordinator did."""

    due_on = SelectField(_l("Which report is this?"))
    body = Body(_l("What was done, and what was not"), missing=_l("Write the report"))


class SettingsForm(Form):
    """How the network can be reached, and its colour."""

    contact_name = Text(_l("Whom can people write to or ring?"), missing=_l("Enter a person’s name"))
    contact_email = EmailAddress(_l("Mailbox"), missing=_l("Enter an e-mail address"))
    contact_phone = Text(_l("Phone"), limit=40, validators=[Optional()])
    list_address = EmailAddress(_l("Mailing list elsewhere"), missing=None)
    accent = SelectField(_l("Colour"), choices=ACCENTS)
    seen = HiddenField()
