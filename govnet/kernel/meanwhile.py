"""What a form would say now, beside what was typed, for whoever finds that the thing changed while they wrote."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms import SubmitField

from govnet.kernel.forms import Form
from govnet.kernel.pages import weekday_date


def meanwhile(now: Form, typed: Form) -> list[tuple[str, str]]:
    """Each field that holds something else now than what was typed: its label, and what it holds, in words."""
    return [
        (str(field.label.text), _words(field))
        for field in now
        if not _aside(field) and field.name in typed and (field.data or "") != (typed[field.name].data or "")
    ]


def _aside(field: Any) -> bool:
    return getattr(field.widget, "input_type", "") == "hidden" or isinstance(field, SubmitField)


def _words(field: Any) -> str:
    if isinstance(field.data, bool):
        return str(_("Yes") if field.data else _("No"))
    if isinstance(field.data, date):
        return weekday_date(field.data)
    held = field.data if isinstance(field.data, list) else [field.data or ""]
    named = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", None) or ()}
    return ", ".join(named.get(str(one), str(one)) for one in held) or str(_("nothing"))
