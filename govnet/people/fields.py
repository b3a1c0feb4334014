"""The one field in which an e-mail address is typed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError
from wtforms.widgets import EmailInput

from govnet.kernel.translation import say
from govnet.people.addresses import BadAddress, parsed
from govnet.web.forms import Text

_MISSING = _l("Enter your e-mail address")


class EmailAddress(Text):
    """An address that mail can go to, as it is kept; `missing` may be None where it can be left empty."""

    widget = EmailInput()

    def __init__(self, label: Any = "", *, missing: Any = _MISSING, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "email"})
        super().__init__(label, missing=missing, limit=254, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Spell it as it is kept, or name the mistake in it."""
        super().pre_validate(form)
        if not self.data:
            return
        try:
            self.data = parsed(self.data)
        except BadAddress as bad:
            raise ValidationError(say(bad.message)) from bad
