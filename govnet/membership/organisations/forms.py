"""Forms of speaking for an organisation: a claim, and naming somebody else."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from govnet.people.fields import EmailAddress
from govnet.web.forms import Form, MarkdownField, NameText


class ClaimForm(Form):
    """Somebody says that they may speak for an organisation."""

    role = RadioField(
        _l("I would like to"),
        choices=[
            SelectChoice("primary", _l("speak and answer for it")),
            SelectChoice("alternate", _l("stand in for the person who speaks for it")),
        ],
    )
    evidence = MarkdownField(
        _l("How can we know that you may?"), missing=_l("Say how we can know"), limit=2_000
    )


class InviteForm(Form):
    """The person who speaks for an organisation names somebody else."""

    name = NameText(_l("Name"), missing=_l("Enter the name"), limit=100)
    email = EmailAddress(_l("E-mail address"), missing=_l("Enter the e-mail address"))
    role = RadioField(
        _l("This person will"),
        choices=[
            SelectChoice("alternate", _l("stand in for me")),
            SelectChoice("primary", _l("speak and answer for it instead of me")),
        ],
    )
