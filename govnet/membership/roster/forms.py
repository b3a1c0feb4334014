"""The form with which a list of people is uploaded, as a file or pasted."""

from __future__ import annotations

import hashlib
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError
from wtforms.widgets import TextArea

from govnet.kernel.text import clean
from govnet.membership.roster.file import MOST_BYTES
from govnet.membership.roster.imports import Source
from govnet.membership.roster.parser import Roster, read_roster
from govnet.membership.roster.row import ComesAs
from govnet.web.forms import Form

MOST_PASTED = 200_000


class Pasted(StringField):
    """Lines as they were pasted: the reader of lists makes sense of them."""

    widget = TextArea()

    def pre_validate(self, form: Any) -> None:
        """Not longer than a form can be."""
        if len(self.data or "") > MOST_PASTED:
            raise ValidationError(_("This is too long to paste. Save it as a file and choose that."))


class UploadForm(Form):
    """A list, and the kind of people whose row does not name one."""

    file = FileField(_l("The list, as a file"))
    pasted = Pasted(_l("Or paste it here"))
    comes_as = RadioField(
        _l("What are the people whose row does not say so?"),
        choices=[
            SelectChoice(ComesAs.SUBSCRIBER.value, _l("Readers: they go on getting the mail, as before")),
            SelectChoice(ComesAs.MEMBER.value, _l("Members: each is asked by mail to confirm it")),
        ],
        default=ComesAs.SUBSCRIBER.value,
    )
    content = b""
    roster: Roster

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Files that are in order are read, before anything is locked."""
        if not super().validate(*args, **kwargs):
            return False
        self.roster = read_roster(self.content, comes_as=self.comes_as.data)
        return True

    def validate_file(self, field: FileField) -> None:
        """One of the two is there."""
        if field.data:
            self.content = field.data.read(MOST_BYTES + 1)
        else:
            self.content = (self.pasted.data or "").encode("utf-8", "replace")
        if not self.content.strip():
            raise ValidationError(_("Choose the file, or paste the list."))

    def source(self) -> Source:
        """Which file it was."""
        name = self.file.data.filename if self.file.data else ""
        return Source(clean(name or "", lines=False), hashlib.sha256(self.content).hexdigest())

    def digest(self) -> str:
        """The digest of the file: a corrected file of the same name is another one."""
        return hashlib.sha256(f"{self.comes_as.data}|".encode() + self.content).hexdigest()
