"""Forms for signing in, and for one's own data."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField
from wtforms.validators import InputRequired, ValidationError

from govnet.people.fields import EmailAddress
from govnet.sign_in import rules
from govnet.web.forms import Form, NameText, Text


class SignInForm(Form):
    """Ask for a link by mail."""

    email = EmailAddress(_l("Your e-mail address"))


class CodeForm(Form):
    """The six digits that another browser showed."""

    code = Text(_l("Six-digit code"), missing=_l("Enter the six digits"), limit=40)

    def validate_code(self, field: Text) -> None:
        """Refuses text that cannot be a code before it costs a try."""
        if not field.errors and not rules.code_typed(field.data or ""):
            raise ValidationError(
                _("A code is six digits, such as 123 456. This did not count as an attempt.")
            )


class PasswordForm(Form):
    """Sign in with a password."""

    email = EmailAddress(_l("Your e-mail address"))
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password"))])

    def validate_password(self, field: PasswordField) -> None:
        """Bounded, so that nobody has the server hash a book."""
        if len(field.data or "") > 1000:
            raise ValidationError(_("The address or the password is not right."))


class NewPasswordForm(Form):
    """Set a password, or another one."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password"))])


class NameForm(Form):
    """Go by another name."""

    name = NameText(_l("Your name, as others see it"), missing=_l("Enter your name"), limit=100)


class NewAddressForm(Form):
    """Move to another address."""

    email = EmailAddress(_l("Your new e-mail address"))


def _zones() -> list[tuple[str, Any]]:
    """The zones that people live in, by name; the abbreviations that no place is called are left out."""
    places = sorted(
        z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "US/"))
    )
    return [("", _l("As each network has it")), *((z, z.replace("_", " ")) for z in places)]


class PersonSettingsForm(Form):
    """The language of pages and mail, where there is a choice, and how times are shown."""

    language = SelectField(_l("Language of pages and mail"))
    zone = SelectField(_l("Time zone of your own pages"), choices=_zones)

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = list(languages)
        if len(languages) == 1:
            del self.language


class EraseForm(Form):
    """Say that it is meant."""

    word = Text(_l("To continue, type the word “remove”"), missing=_l("Type the word “remove”"), limit=40)
