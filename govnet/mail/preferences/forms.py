"""The one question about mail, and its smaller sisters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from govnet.mail.fields import Plain
from govnet.mail.volume import Reach
from govnet.people.fields import EmailAddress
from govnet.web.forms import Form

REACHES = [
    SelectChoice(Reach.THREAD.value, _l("This discussion")),
    SelectChoice(Reach.ALL_BUT_VOTES.value, _l("Everything but votes")),
    SelectChoice(Reach.EVERYTHING.value, _l("Everything: send me nothing")),
]


class LeaveForm(Plain):
    """The choice of what to stop. A mail that belongs to no discussion does not offer one."""

    reach = RadioField(_l("What should stop?"), validators=[InputRequired(_l("Choose one."))])

    def offer(self, *, thread: bool) -> LeaveForm:
        """Leave out the discussion where there is none."""
        self.reach.choices = [one for one in REACHES if thread or one.value != Reach.THREAD.value]
        return self


class MailAddressForm(Form):
    """The address whose mail it is about."""

    address = EmailAddress(_l("Your e-mail address"))
