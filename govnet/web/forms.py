"""Forms: cleaned fields with limits that name the thing, and keys that make sending twice harmless."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from babel import support
from flask import Response, current_app, request, session
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, HiddenField, IntegerField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.i18n import messages_path
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput, TextArea

from govnet.kernel import person_names
from govnet.kernel.errors import RuleBroken
from govnet.kernel.form_tokens import TokenForm
from govnet.kernel.markdown_limits import TooMuch
from govnet.kernel.messages import Said
from govnet.kernel.numbers import whole_number
from govnet.kernel.text import clean, render
from govnet.kernel.translation import language, say
from govnet.web import submissions
from govnet.web.pages import weekday_date

POST_LIMIT = 50_000
SAME_FOR = timedelta(minutes=10)
"""For forms that people go back to and send again: see Form.same_for."""
T = TypeVar("T")


class Text(StringField):
    """One cleaned line. `missing` is the message when it is empty, e.g. "Enter a title for the discussion"."""

    lines = False

    def __init__(
        self, label: Any = "", *, missing: Any = None, limit: int = 200, validators: Any = (), **kwargs: Any
    ) -> None:
        self.limit = limit
        checks = [InputRequired(missing)] if missing else []
        super().__init__(label, [*checks, *validators], **kwargs)
        self.missing = missing

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean the typed text."""
        if valuelist:
            self.data = clean(str(valuelist[0]), lines=self.lines)

    def pre_validate(self, form: Any) -> None:
        """A value that cleaning left empty is missing too, and nothing is longer than its limit."""
        if self.missing and not self.data:
            raise ValidationError(str(self.missing))
        if len(self.data or "") > self.limit:
            raise ValidationError(
                _("This is too long: at most %(limit)s characters.", limit=f"{self.limit:,}")
            )


class NameText(Text):
    """The name of a person (unless `person` is false), or of an organisation, a place, a topic or a network."""

    def __init__(self, label: Any = "", *, person: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.person = person
        self.trouble: Said | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Judges the typed text before it is cleaned, so that anybody who pastes something unseen learns of it."""
        super().process_formdata(valuelist)
        if valuelist:
            self.trouble = person_names.trouble(str(valuelist[0])[: 2 * self.limit], person=self.person)

    def pre_validate(self, form: Any) -> None:
        """Not empty, not too long, and a name."""
        super().pre_validate(form)
        if self.trouble is not None:
            raise ValidationError(say(self.trouble))


class MarkdownField(Text):
    """Cleaned lines of Markdown, at most 50,000 characters unless said otherwise."""

    lines = True
    widget = TextArea()

    def __init__(self, label: Any = "", *, limit: int = POST_LIMIT, **kwargs: Any) -> None:
        super().__init__(label, limit=limit, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Text that may not be rendered is refused here, before anything is locked."""
        super().pre_validate(form)
        try:
            render(self.data or "")
        except TooMuch as refused:
            raise ValidationError(say(refused.message)) from refused


class HiddenId(IntegerField):
    """An id, or the number of a version, that nobody types; what no database can hold is none."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, within what there can be."""
        if valuelist:
            self.data = whole_number(valuelist[0])
            if self.data is None:
                raise ValueError(self.gettext("Not a valid integer value."))


@lru_cache
def _own_words(locale: str) -> support.NullTranslations:
    """WTForms' own messages, in that language; read from disk once, not at each request."""
    return support.Translations.load(messages_path(), [locale], domain="wtforms")


def _named(about: object) -> str:
    return getattr(about, "__tablename__", "") + str(getattr(about, "id", about or ""))


class Ticks(SelectMultipleField):
    """Sentences that are all ticked, each by itself. A tick for a sentence that is not there counts for nothing."""

    def __init__(self, label: Any = "", *, missing: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=[], **kwargs)
        self.missing = missing
        self.offered: list[tuple[str, str]] = []

    def offer(self, sentences: Sequence[str]) -> None:
        """The choices to tick."""
        self.offered = [(_short_digest(sentence), sentence) for sentence in sentences]
        self.choices = [SelectChoice(key, sentence) for key, sentence in self.offered]

    def ticked(self) -> tuple[str, ...]:
        """The sentences that were ticked, in their order."""
        return tuple(sentence for key, sentence in self.offered if key in (self.data or ()))

    def pre_validate(self, form: Any) -> None:
        """All of them, or none can be agreed to."""
        if len(self.ticked()) < len(self.offered):
            raise ValidationError(str(self.missing))


def _short_digest(sentence: str) -> str:
    """A short name for a sentence to tick, or a key; another one has another."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:12]


class Form(TokenForm):
    """Every form: CSRF, a key, and rules that were broken shown where they belong."""

    class Meta(TokenForm.Meta):
        """Flask-WTF's, with translations that are kept, and files where a file is asked for and nowhere else."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The values sent; a file in a field for text counts as nothing typed."""
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            asked = {name for name, field in form._fields.items() if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in asked]
            return CombinedMultiDict((MultiDict(files), request.form))

        def get_translations(self, _form: Any) -> Any:
            """In the reader's language."""
            return _own_words(language())

    form_key = HiddenField()
    same_for: ClassVar[timedelta] = timedelta(0)
    """The time in which the same text in a fresh form, after going back, leads to the thing made before."""

    def __init__(self, *args: Any, about: object = None, made: int | None = None, **kwargs: Any) -> None:
        """`about` is the row that the form acts on: with the session and the form's name it makes the key.

        `made`, where known, is a number that grows with everything made by such a form: it saves counting.
        """
        self._about = _named(about)
        self._made = made
        super().__init__(*args, **kwargs)
        fresh = kwargs.get("formdata", self) is None  # another form, on the page that answers this one
        if fresh or not self.is_submitted():
            self.form_key.data = self._fresh_key()

    @classmethod
    def key_for(cls, about: object, made: int) -> str:
        """The key of a fresh form, for one that is written without making the form."""
        return f"{cls._base_for(_named(about))}.{made}"

    @classmethod
    def _base_for(cls, about: str) -> str:
        who = session.setdefault("form_key", secrets.token_hex(8))
        text = "|".join((who, str(session.get("_user_id", "")), cls.__name__, about))
        secret = str(current_app.config["SECRET_KEY"])
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def base(self) -> str:
        """The part of its keys that is the same for each copy of this form: its maker, and what it is about."""
        return self._base_for(self._about)

    def _fresh_key(self) -> str:
        """The base and how many things were made from it, so that a fresh form makes a new thing."""
        base, made = self.base(), self._made
        if made is None:
            made = submissions.count(base)
        return f"{base}.{made}"

    @property
    def key(self) -> str:
        """The key that came with the form; one from before she signed in again stays one, but becomes hers."""
        sent, base = (self.form_key.data or "")[:100], self.base()
        if not sent:
            return self._fresh_key()
        return sent if sent.partition(".")[0] == base else f"{base}.{_short_digest(sent)}"

    def digest(self) -> str:
        """SHA-256, in hex, of everything that was typed."""
        data = {k: v for k, v in self.data.items() if k not in ("csrf_token", "form_key")}
        return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()

    def catching(self) -> Catching:
        """Show a broken rule on the form, at its field if it names one."""
        return Catching(self)

    def say_broken(self, broken: RuleBroken) -> None:
        """Put the rule's message at its field, together with all other mistakes."""
        for name, message in ((broken.field, broken.message), *broken.more):
            field = self[name] if name and name in self else None
            if field is not None:
                field.errors = [*field.errors, say(message)]
            else:
                self.form_errors.append(say(message))


class PreviewForm(Form):
    """The preview of Markdown for scripts; the view checks the right before it makes one."""

    body = MarkdownField()

    def fragment(self) -> Response:
        """The text's HTML, or why there is none (422)."""
        if not self.validate_on_submit():
            words = self.body.errors or self.form_errors
            return Response("\n".join(map(str, words)), 422, mimetype="text/plain")
        return Response(render(self.body.data or ""), content_type="text/html; charset=utf-8")


class Catching:
    """The block of Form.catching()."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, RuleBroken):
            self.form.say_broken(error)
            return True
        return False


def meanwhile(now: Form, typed: Form) -> list[tuple[str, str]]:
    """Each field whose value now differs from the typed one: its label, and its value as text."""
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
