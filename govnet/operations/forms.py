"""The page that founds a network: as many places on the committee as are asked for, and everything else once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import EmailInput

from govnet.charter.founding import Trouble
from govnet.charter.models import ACCENTS
from govnet.charter.starting import NAMES
from govnet.kernel.days import read_day
from govnet.kernel.forms import Body, Form, NameText, Text
from govnet.kernel.numbers import whole_number
from govnet.kernel.words import say

MOST_PLACES, FIRST_PLACES, MORE_PLACES = 60, 5, 5
_DAY = _l("Such as 9 June 2014 or 2014-06-09")
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


class Address(Text):
    """An e-mail address."""

    widget = EmailInput()


class FoundingForm(Form):
    """Everything but the places on the committee; the field names are those of the file, dots made underscores."""

    places = HiddenField(default=str(FIRST_PLACES))
    network_name = NameText(_l("What is the network called?"), person=False)
    network_slug = Text(
        _l("Its short name in addresses"),
        limit=40,
        description=_l("Small letters, such as uk: pages will be at /uk/"),
    )
    network_purpose = Body(_l("What is it for, in one sentence?"), limit=1000)
    network_zone = Text(
        _l("Time zone"),
        default="Europe/London",
        description=_l("Days begin and end by this clock, such as Europe/London."),
    )
    network_accent = RadioField(
        _l("Colour"), choices=[SelectChoice(name, _COLOURS[name]) for name in ACCENTS], default="teal"
    )
    network_list_address = Address(
        _l("Address of a mailing list elsewhere"),
        limit=254,
        description=_l("If there is one, it gets announcements and outcomes."),
    )
    contact_name = NameText(_l("Whom can people ask?"), person=False)
    contact_email = Address(_l("The mailbox"), limit=254)
    contact_phone = Text(_l("The phone"), limit=40)
    charter_start = RadioField(
        _l("Which rules are nearest to how it works today?"),
        choices=[SelectChoice(key, words) for key, words in NAMES.items()],
        default="usual",
    )
    charter_evidence = Body(_l("How do we know that these are the rules?"), limit=2000)
    committee_name = NameText(_l("What is the committee called?"), person=False, default="Committee")
    coordinator_holder = NameText(
        _l("The organisation that coordinates"),
        person=False,
        description=_l("Empty where a person does it in their own name."),
    )
    coordinator_person = NameText(_l("The person who coordinates"))
    coordinator_email = Address(_l("Their e-mail address"), limit=254)
    coordinator_scope = Body(_l("What may the coordinator do?"), limit=5000)
    coordinator_start = Text(_l("Since"), limit=40, description=_DAY)
    coordinator_end = Text(_l("Last day"), limit=40, description=_DAY)
    coordinator_evidence = Text(_l("How do we know?"), limit=2000)

    def seats(self) -> list[dict[str, Any]]:
        """The fields of each place on the committee."""
        return [
            {name: self[f"seat{n}_{name}"] for name in _SEAT}
            for n in range(1, places_of(self.places.data) + 1)
        ]

    def table(self) -> dict[str, Any]:
        """What was typed as the file has it; places and offices of which nothing was typed are left out."""
        sections: dict[str, Any] = {name: self._section(name) for name in ("network", "contact", "charter")}
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

    def show(self, troubles: tuple[Trouble, ...]) -> None:
        """Put each trouble beside the field that it is about."""
        numbers = [n for n, fields in enumerate(self.seats(), 1) if _typed(fields)]
        for trouble in troubles:
            name = _field_name(trouble.where, numbers)
            if name in self:
                self[name].errors = [*self[name].errors, say(trouble.said)]
            else:
                self.form_errors.append(say(trouble.said))


def _choices(words: dict[str, Any]) -> list[Any]:
    return [SelectChoice(*pair) for pair in words.items()]


_SEAT: dict[str, Callable[[], Any]] = {
    "name": lambda: NameText(_l("What is the place called?"), person=False),
    "constituency": lambda: SelectField(_l("Who may hold it?"), choices=_choices(_SEATS), default="any"),
    "chair": lambda: BooleanField(_l("This is the chair")),
    "holder": lambda: NameText(_l("Who holds it?"), description=_l("Leave this empty for an empty place.")),
    "email": lambda: Address(_l("Their e-mail address"), limit=254),
    "start": lambda: Text(_l("Since"), limit=40, description=_DAY),
    "end": lambda: Text(_l("Last day"), limit=40, description=_DAY),
    "evidence": lambda: Text(_l("How do we know?"), limit=2000, description=_l("A decision, a mail, the minutes, custom.")),
}  # fmt: skip
_SAME = {"holder": "coordinator_person", "email": "coordinator_email", "name": "coordinator_person"}


def _half_open(found: dict[str, Any]) -> dict[str, Any]:
    """People name the last day; the file has the day after, on which it is over. What is no day stays as typed."""
    days = {name: _day(found[name]) for name in ("start", "end") if name in found}
    end = days.get("end")
    if end and end < date.max:
        days["end"] = end + timedelta(days=1)
    return {**found, **{name: day for name, day in days.items() if day}}


def _day(typed: str) -> date | None:
    """A day in the words of the reader's language."""
    return read_day(typed, str(get_locale() or "en"))


def _typed(fields: dict[str, Any]) -> bool:
    return any(fields[name].data for name in _SEAT if name not in ("constituency", "chair"))


def _field_name(where: str, numbers: list[int]) -> str:
    """The field for a place in the file: committee.seats.1.name is the first place of which something was typed."""
    parts = where.split(".")
    if parts[:2] == ["committee", "seats"] and len(parts) == 4:
        return f"seat{numbers[int(parts[2]) - 1]}_{parts[3]}"
    if parts[:2] == ["coordinator", "named"]:
        return _SAME.get(parts[-1], "coordinator_person")
    return "_".join(parts[:2])


def places_of(text: object) -> int:
    """How many places a form shows: a number within bounds, whatever came with it."""
    number = whole_number(text)
    return max(1, min(FIRST_PLACES if number is None else number, MOST_PLACES))


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
