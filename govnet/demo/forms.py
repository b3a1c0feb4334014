"""The demo's one form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from govnet.web.forms import Form


class MailAnswerForm(Form):
    """An answer to a mail, as its recipient would type it."""

    words = TextAreaField(
        _l("Your answer"),
        validators=[InputRequired(_l("Write your reply.")), Length(max=5000)],
        render_kw={"rows": 3},
    )
