"""Forms for writing announcements and sending them."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from govnet.announcements.models import Audience
from govnet.announcements.rules import at_hour
from govnet.kernel.errors import RuleBroken
from govnet.web.days import Day
from govnet.web.forms import Form, HiddenId, MarkdownField, Text

SUBJECT_LIMIT = 110
"""With the mark of a test before it, a mail's subject is still whole."""
AUDIENCES = [
    SelectChoice(Audience.EVERYBODY.value, _l("Members, and everybody who takes just the mail")),
    SelectChoice(Audience.MEMBERS.value, _l("Members only")),
]


class WriteForm(Form):
    """The text of an announcement."""

    subject = Text(_l("Subject"), missing=_l("Enter a subject"), limit=SUBJECT_LIMIT)
    body = MarkdownField(_l("Your message"), missing=_l("Write something to send"))
    audience = RadioField(_l("Who gets it?"), choices=AUDIENCES, default=Audience.EVERYBODY.value)
    corrects = HiddenId(validators=[Optional()])
    version = HiddenId(validators=[Optional()])


class _MayBeEmpty(Optional):
    """Optional without saying so: it depends on the choice above it."""

    field_flags: dict[str, bool] = {}


class SendForm(Form):
    """Send now, or at an hour. The version is the one that was checked."""

    when = RadioField(
        _l("When?"),
        choices=[
            SelectChoice("now", _l("In ten minutes")),
            SelectChoice("later", _l("At an hour that I choose")),
        ],
        default="now",
    )
    day = Day(_l("Day"), validators=[_MayBeEmpty()])
    hour = SelectField(
        _l("Hour"),
        coerce=int,
        choices=[SelectChoice(h, f"{h:02}:00") for h in range(24)],
        default=9,
        validators=[Optional()],
    )
    version = HiddenId(validators=[InputRequired()])

    def wanted(self, zone: str) -> datetime | None:
        """The instant chosen, by the clock where the network is; None for now. RuleBroken when the day is missing."""
        if self.when.data != "later":
            return None
        if self.day.data is None:
            raise RuleBroken(_("Choose the day on which it is sent."), field="day")
        return at_hour(self.day.data, self.hour.data or 0, zone)
