"""Fields about days in office that several forms share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from govnet.web.days import Day
from govnet.web.forms import Form


def _day(label: Any, missing: Any) -> Day:
    return Day(label, [InputRequired(missing)])


class LastDayForm(Form):
    """When an office ends early."""

    last_day = _day(_l("Last day"), _l("Enter the last day"))

    @property
    def day(self) -> date:
        """The day chosen, of a form that was checked."""
        return self.last_day.data or date.min
