"""Forms for signing in."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import InputRequired

from govnet.kernel.forms import Form, Text


class PasswordForm(Form):
    """Sign in with a password."""

    email = Text(_l("Your e-mail address"), missing=_l("Enter your e-mail address"), limit=254)
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password"))])
