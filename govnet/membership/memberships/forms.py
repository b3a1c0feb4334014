"""Forms of a member: renewing, an address of their own, and the readers of their name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from govnet.people.fields import EmailAddress
from govnet.web.forms import Form, Ticks


class RenewForm(Form):
    """Staying a member, or starting again; new criteria are ticked."""

    agrees = Ticks(_l("What members agree to now"), missing=_l("Tick each sentence that is new"))


class OwnAddressForm(Form):
    """An address of one's own, where the old list has another's."""

    email = EmailAddress(_l("Your own e-mail address"))


class NamingForm(Form):
    """The readers of a member's name."""

    named = BooleanField(_l("Everybody may see my name"))
