"""The one question about mail, and its smaller sisters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from govnet.kernel.form_tokens import TokenForm
from govnet.mail.volume import Reach, Volume
from govnet.people.fields import EmailAddress
from govnet.web.forms import Form

VOLUMES = [
    SelectChoice(Volume.EVERYTHING.value, _l("Everything")),
    SelectChoice(Volume.CONCERNS_ME.value, _l("What concerns me")),
    SelectChoice(Volume.DIGEST.value, _l("A weekly digest")),
    SelectChoice(Volume.VOTES.value, _l("Only votes")),
]
NOTES = {
    Volume.EVERYTHING: _l("Every post, as it is written."),
    Volume.CONCERNS_ME: _l("Answers to you, discussions you take part in or follow, news, votes."),
    Volume.DIGEST: _l("One mail a week with all that happened, if anything did."),
    Volume.VOTES: _l("When you are asked to answer, and what came of it."),
}
REACHES = [
    SelectChoice(Reach.THREAD.value, _l("This discussion")),
    SelectChoice(Reach.ALL_BUT_VOTES.value, _l("Everything but votes")),
    SelectChoice(Reach.EVERYTHING.value, _l("Everything: send me nothing")),
]


class Plain(TokenForm):
    """A form that sets something: sent twice it sets it twice, so it needs no key of its own."""

    form_errors: list[str]


class VolumeForm(Plain):
    """How much mail?"""

    volume = RadioField(_l("How much mail?"), choices=VOLUMES, validators=[InputRequired(_l("Choose one."))])


class LeaveForm(Plain):
    """What should stop? A mail that belongs to no discussion does not offer one."""

    reach = RadioField(_l("What should stop?"), validators=[InputRequired(_l("Choose one."))])

    def offer(self, *, thread: bool) -> LeaveForm:
        """Leave out the discussion where there is none."""
        self.reach.choices = [one for one in REACHES if thread or one.value != Reach.THREAD.value]
        return self


class AddressForm(Form):
    """The address whose mail it is about."""

    address = EmailAddress(_l("Your e-mail address"))
