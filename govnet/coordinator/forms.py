"""The form of the coordinator's report."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from govnet.web.forms import Form, MarkdownField


class MandateReportForm(Form):
    """The coordinator's account of the work."""

    due_on = SelectField(_l("Which report is this?"))
    body = MarkdownField(_l("What was done, and what was not"), missing=_l("Write the report"))
