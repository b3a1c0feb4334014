"""The page that founds a network: as many places on the committee as are asked for, and everything else once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError
from wtforms.widgets import EmailInput

from govnet.charter.models import ACCENTS, RESERVED
from govnet.charter.presets import NAMES
from govnet.kernel.messages import Said
from govnet.kernel.numbers import whole_number
from govnet.kernel.translation import language, say
from govnet.operations.founding.data import BadFounding, Founding, FoundingTrouble
from govnet.operations.founding.file import TOPICS, read_founding
from govnet.web.days import read_day
from govnet.web.forms import Form, MarkdownField, NameText, Text

MOST_PLACES, FIRST_PLACES, MORE_PLACES, MOST_TOPICS = 60, 5, 5, 30
_DAY = _l("For example 9 June 2014 or 2014-06-09")
_PLACES = _l("For example Chair, Treasurer or First place.")
_COLOURS = {
    "teal": _l("Teal"), "blue": _l("Blue"), "indigo": _l("Indigo"), "plum": _l("Plum"),
    "brick": _l("Brick"), "amber": _l("Amber"), "green": _l("Green"), "slate": _l("Slate"),
}  # fmt: skip
_SEATS = {
    "any": _l("Anybody"),
    "individual": _l("A member in their own name"),
    "organisation": _l("Somebody from a member organisation"),
    "sister network": _l("Somebody from a sister network"),
}


class AddressField(Text):
    """An e-mail address."""

    widget = EmailInput()


STEPS = {
    "network": _l("Name and purpose"),
    "charter": _l("How it decides"),
    "topics": _l("What it talks about"),
    "places": _l("Its places"),
    "people": _l("The first people"),
    "look": _l("Check everything, and found the network"),
}
"""The pages of a founding, in their order."""
_ABOUT_PLACE = ("name", "constituency", "chair")


def step_of(name: str) -> str:
    """The page of a field; "" if it is on none."""
    if name == "places":  # how many there are
        return ""
    if name.startswith("seat"):
        return "places" if name.partition("_")[2] in _ABOUT_PLACE else "people"
    start = name.partition("_")[0]
    where = {"contact": "network", "committee": "places", "coordinator": "people"}.get(start, start)
    return where if where in STEPS else ""


def suggested_topics() -> str:
    """Suggested topics for any network, as the field has them, in the reader's language."""
    lines = ((say(Said(each.title)), say(Said(each.about))) for each in TOPICS)
    return "\n".join(f"{title}: {about}" for title, about in lines)


class FoundingForm(Form):
    """Everything but the places on the committee; the field names are those of the file, dots made underscores.

    A page shows the fields of one step, and the others come along unseen: nothing is stored before the end.
    """

    places = HiddenField(default=str(FIRST_PLACES))
    step = HiddenField(default="network")
    network_name = NameText(_l("What is the network called?"), person=False)
    network_slug = Text(
        _l("Its short name in addresses"),
        limit=40,
        description=_l("Small letters, for example uk: pages will be at /uk/"),
    )
    network_purpose = MarkdownField(_l("What is it for, in one sentence?"), limit=1000)
    network_zone = Text(
        _l("Time zone"),
        default="Europe/London",
        description=_l("Days begin and end in this time zone, for example Europe/London."),
    )
    network_accent = RadioField(
        _l("Colour"), choices=[SelectChoice(name, _COLOURS[name]) for name in ACCENTS], default="teal"
    )
    network_list_address = AddressField(
        _l("Address of a mailing list elsewhere"),
        limit=254,
        description=_l("If there is one, it gets announcements and outcomes."),
    )
    contact_name = NameText(_l("Whom can people ask?"), person=False)
    contact_email = AddressField(_l("The mailbox"), limit=254)
    contact_phone = Text(_l("The phone"), limit=40)
    charter_start = RadioField(
        _l("Which rules are closest to how it works today?"),
        choices=[SelectChoice(key, words) for key, words in NAMES.items()],
        default="usual",
    )
    charter_evidence = MarkdownField(_l("How do we know that these are the rules?"), limit=2000)
    topics = MarkdownField(
        _l("Topics, one a line"),
        missing=_l("Name at least one topic."),
        limit=6000,
        default=suggested_topics,
        description=_l("You can say what each is about after a colon. More can be added later."),
    )
    committee_name = NameText(_l("What is the committee called?"), person=False, default="Committee")
    coordinator_holder = NameText(
        _l("The organisation that coordinates"),
        person=False,
        description=_l("Leave this empty if a person does it in their own name."),
    )
    coordinator_person = NameText(_l("The person who coordinates"))
    coordinator_email = AddressField(_l("Their e-mail address"), limit=254)
    coordinator_scope = MarkdownField(_l("What may the coordinator do?"), limit=5000)
    coordinator_start = Text(_l("Since"), limit=40, description=_DAY)
    coordinator_end = Text(_l("Last day"), limit=40, description=_DAY)
    coordinator_evidence = Text(_l("How do we know?"), limit=2000)

    founding: Founding

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Nothing is wrong with the fields, nor with all of it together; then it is read."""
        fits: bool = super().validate(*args, **kwargs)
        try:
            self.founding = read_founding(self.table(), reserved=RESERVED, accents=ACCENTS)
        except BadFounding as bad:
            self._show(bad.troubles)
            return False
        return fits

    def seats(self) -> list[dict[str, Any]]:
        """The fields of each place on the committee."""
        return [
            {name: self[f"seat{n}_{name}"] for name in _SEAT}
            for n in range(1, places_of(self.places.data) + 1)
        ]

    def seats_named(self) -> list[tuple[int, dict[str, Any]]]:
        """The places of which something was typed, by number."""
        return [(n, fields) for n, fields in enumerate(self.seats(), 1) if _typed(fields)]

    def numbered(self) -> list[tuple[int, dict[str, Any]]]:
        """Every place, by number."""
        return list(enumerate(self.seats(), 1))

    def said(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """All that was typed, step by step, as names and values to look at."""
        return [(step, self._said(step)) for step in STEPS if step != "look"]

    def _said(self, step: str) -> list[tuple[Any, Any]]:
        return [
            (_label(field), _shown(field))
            for field in self
            if step_of(field.short_name) == step and field.data and _is_shown(self, field.short_name)
            if not (step == "places" and _empty_place(self, field.short_name))
        ]

    def table(self) -> dict[str, Any]:
        """The typed values as the file has them; places and offices without any are left out."""
        sections: dict[str, Any] = {name: self._section(name) for name in ("network", "contact", "charter")}
        sections["topic"] = [_topic(line) for line in _lines(self.topics.data)]
        seats = [self._seat(fields) for fields in self.seats() if _typed(fields)]
        sections["committee"] = {"name": self.committee_name.data, "seats": seats}
        sections["coordinator"] = self._coordinator()
        return {name: section for name, section in sections.items() if section}

    def _section(self, name: str) -> dict[str, Any]:
        start = f"{name}_"
        found = {
            field.short_name.removeprefix(start): field.data
            for field in self
            if field.short_name.startswith(start)
        }
        return _half_open({key: value for key, value in found.items() if value})

    @staticmethod
    def _seat(fields: dict[str, Any]) -> dict[str, Any]:
        found = _half_open({name: field.data for name, field in fields.items() if field.data})
        return found if found.get("holder") or found.get("email") else {**found, "vacant": True}

    def _coordinator(self) -> dict[str, Any]:
        found = self._section("coordinator")
        person = {"name": found.pop("person", ""), "email": found.pop("email", "")}
        if not found and not any(person.values()):
            return {}
        if "holder" in found:
            return {**found, "named": [person]}
        return {**found, "holder_kind": "person", "holder": person["name"], "email": person["email"]}

    @property
    def here(self) -> str:
        """The step that the page shows."""
        return self.step.data if self.step.data in STEPS else next(iter(STEPS))

    def beside(self, ahead: int) -> str:
        """The step so many further on, or back."""
        steps = list(STEPS)
        return steps[max(0, min(steps.index(self.here) + ahead, len(steps) - 1))]

    def wrong_steps(self) -> list[str]:
        """The steps with a field in which something is wrong, in their order."""
        wrong = {step_of(field.short_name) for field in self if field.errors}
        return [step for step in STEPS if step in wrong]

    def forget_troubles(self, *, but: str) -> None:
        """Report only the mistakes of one step, and of the form as such: the rest has its time."""
        for field in self:
            if step_of(field.short_name) not in (but, ""):
                field.errors = []
        self.form_errors.clear()

    def validate_topics(self, field: Any) -> None:
        """Each topic once, and not too many."""
        titles = [_topic(line)["title"].casefold() for line in _lines(field.data)]
        if len(titles) > MOST_TOPICS:
            raise ValidationError(gettext("Name at most %(most)s topics.", most=MOST_TOPICS))
        if len(set(titles)) < len(titles):
            raise ValidationError(gettext("Two of the topics have the same name."))

    def _show(self, troubles: tuple[FoundingTrouble, ...]) -> None:
        """Put each trouble beside the field that it is about."""
        numbers = [n for n, fields in enumerate(self.seats(), 1) if _typed(fields)]
        for trouble in troubles:
            name = _field_name(trouble.where, numbers)
            if name in self:
                self[name].errors = [*self[name].errors, say(trouble.said)]
            else:
                self.form_errors.append(say(trouble.said))


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _topic(line: str) -> dict[str, str]:
    title, _colon, about = line.partition(":")
    return {"title": title.strip(), "about": about.strip()}


def _choices(words: dict[str, Any]) -> list[Any]:
    return [SelectChoice(*pair) for pair in words.items()]


_SEAT: dict[str, Callable[[], Any]] = {
    "name": lambda: NameText(_l("What is the place called?"), person=False, description=_PLACES),
    "constituency": lambda: SelectField(_l("Who may hold it?"), choices=_choices(_SEATS), default="any"),
    "chair": lambda: BooleanField(_l("This is the chair")),
    "holder": lambda: NameText(_l("Who holds it?"), description=_l("Leave this empty for an empty place.")),
    "email": lambda: AddressField(_l("Their e-mail address"), limit=254),
    "start": lambda: Text(_l("Since"), limit=40, description=_DAY),
    "end": lambda: Text(_l("Last day"), limit=40, description=_DAY),
    "evidence": lambda: Text(_l("How do we know?"), limit=2000, description=_l("A decision, a mail, the minutes, custom.")),
}  # fmt: skip
_SAME = {"holder": "coordinator_person", "email": "coordinator_email", "name": "coordinator_person"}


def _half_open(found: dict[str, Any]) -> dict[str, Any]:
    """People name the last day; the file has the day after, on which it is over. Text that is no day stays as typed."""
    days = {name: _day(found[name]) for name in ("start", "end") if name in found}
    end = days.get("end")
    if end and end < date.max:
        days["end"] = end + timedelta(days=1)
    return {**found, **{name: day for name, day in days.items() if day}}


def _day(typed: str) -> date | None:
    """A day in the reader's language."""
    return read_day(typed, language())


def _typed(fields: dict[str, Any]) -> bool:
    return any(fields[name].data for name in _SEAT if name not in ("constituency", "chair"))


def _field_name(where: str, numbers: list[int]) -> str:
    """The field for a place in the file: committee.seats.1.name is the first place of which something was typed."""
    parts = where.split(".")
    if parts[0] == "topic":
        return "topics"
    if parts[:2] == ["committee", "seats"] and len(parts) == 4:
        return f"seat{numbers[int(parts[2]) - 1]}_{parts[3]}"
    if parts[:2] == ["coordinator", "named"]:
        return _SAME.get(parts[-1], "coordinator_person")
    return "_".join(parts[:2])


def places_of(text: object, *, more: bool = False) -> int:
    """How many places a form shows: a number within bounds, whatever came with it; some more where they are asked for."""
    number = whole_number(text)
    wanted = (FIRST_PLACES if number is None else number) + MORE_PLACES * more
    return max(1, min(wanted, MOST_PLACES))


def unseen(form: FoundingForm, shown: Sequence[str]) -> list[tuple[str, str]]:
    """Names and values of the fields of all other steps, which come along."""
    return [
        (field.short_name, _as_sent(field))
        for field in form
        if (step := step_of(field.short_name))
        and (step not in shown or not _is_shown(form, field.short_name))
    ]


def _is_shown(form: FoundingForm, name: str) -> bool:
    """Of the first people those in a place that has a name, or with any input."""
    if not name.startswith("seat") or step_of(name) != "people":
        return True
    number = int(name.removeprefix("seat").partition("_")[0])
    return number in dict(form.seats_named())


def _empty_place(form: FoundingForm, name: str) -> bool:
    """Whether a field belongs to a place of which nothing was typed."""
    number = name.removeprefix("seat").partition("_")[0]
    return name.startswith("seat") and int(number) not in dict(form.seats_named())


def _label(field: Any) -> str:
    """A field's name; of a place with its number."""
    number = field.short_name.removeprefix("seat").partition("_")[0]
    if not field.short_name.startswith("seat"):
        return str(field.label.text)
    return str(gettext("Place %(number)s: %(what)s", number=number, what=field.label.text))


def _shown(field: Any) -> str:
    """The typed or chosen values, in words."""
    if isinstance(field, BooleanField):
        return str(gettext("Yes"))
    for choice in getattr(field, "choices", None) or ():
        if choice.value == field.data:
            return str(choice.label)
    return "; ".join(_lines(str(field.data)))


def _as_sent(field: Any) -> str:
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    return str(field.data or "")


def founding_form(places: int, **kwargs: Any) -> FoundingForm:
    """A form with that many places on the committee."""
    fields = {f"seat{n}_{name}": make() for n in range(1, places + 1) for name, make in _SEAT.items()}
    kind: Any = type("FoundingForm", (FoundingForm,), fields)
    form: FoundingForm = kind(**kwargs)
    form.places.data = str(places)
    return form


class WhyForm(Form):
    """Why all mail should stop; everybody can read it."""

    why = Text(_l("Why should no mail go out?"), missing=_l("Say why, so that others understand"), limit=500)
