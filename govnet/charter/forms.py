"""The form of a network's settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional, ValidationError

from govnet.charter.logo import MOST_BYTES, Logo, readable
from govnet.kernel.errors import RuleBroken
from govnet.kernel.translation import say
from govnet.people.fields import EmailAddress
from govnet.web.forms import Form, NameText, Text

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


class NetworkSettingsForm(Form):
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
    picture: Logo | None = None

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        """`known`: the languages that there are translations for. Where it is one, there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.languages.choices = self.language.choices = [SelectChoice(*each) for each in known]
        if len(known) == 1:
            del self.languages, self.language

    def validate_logo(self, field: FileField) -> None:
        """The picture made from the file, before anything is locked."""
        if not field.data:
            return
        try:
            self.picture = readable(field.data.read(MOST_BYTES + 1))
        except RuleBroken as broken:
            raise ValidationError(say(broken.message)) from broken

    def ask_for_the_logo_again(self) -> None:
        """A form that comes back has lost its file."""
        if self.logo.data and not self.logo.errors:
            self.logo.errors = [_("Choose the logo once more: a browser sends a file only once.")]

    def typed(self, names: Iterable[str]) -> dict[str, str]:
        """The values in the fields of these names, if the form has them; for a list everything that is ticked."""
        found = {name: self[name].data or "" for name in names if name in self}
        return {
            name: " ".join(value) if isinstance(value, list) else value.strip()
            for name, value in found.items()
        }
