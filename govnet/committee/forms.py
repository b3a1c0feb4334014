"""Forms about places on the committee."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from govnet.committee.first_people import First
from govnet.kernel.errors import RuleBroken
from govnet.offices.fields import LastDayForm
from govnet.people.fields import EmailAddress
from govnet.web.forms import Form, MarkdownField, NameText, Text


class VacancyForm(Form):
    """Plans for an empty place."""

    note = Text(_l("What happens next with this place?"), limit=300)


class FirstPeopleForm(LastDayForm):
    """The first people of a network in which nobody is left."""

    name_1 = NameText(_l("The first person’s name"), missing=_l("Name at least one person"))
    email_1 = EmailAddress(_l("The first person’s e-mail address"))
    name_2 = NameText(_l("The second person’s name"), validators=[Optional()])
    email_2 = EmailAddress(_l("The second person’s e-mail address"), missing=None, validators=[Optional()])
    name_3 = NameText(_l("The third person’s name"), validators=[Optional()])
    email_3 = EmailAddress(_l("The third person’s e-mail address"), missing=None, validators=[Optional()])
    why = MarkdownField(
        _l("How did this come about, and why these people?"),
        missing=_l("Say how this came about: everybody can read it."),
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
