"""The fields with which a proposal names who takes or leaves a place or the mandate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import Optional

from govnet.charter.fields import options
from govnet.charter.models import Network
from govnet.decisions.proposals import offices
from govnet.decisions.proposals.offices import DAY, MATTERS, MOST, Offer, OfficeInput
from govnet.kernel.errors import RuleBroken
from govnet.membership import names
from govnet.offices.models import OfficeKind
from govnet.web.days import Day
from govnet.web.forms import MarkdownField, NameText, Text

CAME_BY = options(
    [("appointment", _l("Appointed")), ("co-option", _l("Appointed by the committee (co-option)"))]
)
CONSTITUENCIES = options(
    [
        ("any", _l("Any member")),
        ("individual", _l("A member in person")),
        ("organisation", _l("Somebody who speaks for a member organisation")),
        ("sister network", _l("Somebody from a sister network")),
    ]
)


def asked_offers(
    network: Network, asked: Sequence[str], matter: str | None = None, given: Sequence[OfficeInput] = ()
) -> list[Offer]:
    """The offices in the form: those named before (`given`), and those `asked` for that fit the matter."""
    kinds = frozenset(OfficeKind) if matter is None else MATTERS.get(matter, frozenset())
    before = {key_of(each, at): each for at, each in enumerate(given, 1)}
    keys = list(dict.fromkeys([*before, *asked]))[:MOST]
    found = [each for each in offices.offers(network, keys) if each.wanted.what in kinds]
    called = offices.names_in(given)
    return [_given(each, before[each.key], called) if each.key in before else each for each in found]


def _given(offer: Offer, wanted: OfficeInput, called: tuple[Mapping[int, str], Mapping[int, str]]) -> Offer:
    """The form begins with the offices named before."""
    people, bodies = called
    typed = {
        "person": people.get(wanted.person_id or 0, ""),
        "named": "\n".join(people[one] for one in wanted.named),
        "organisation": bodies.get(wanted.organisation_id or 0, ""),
    }
    return replace(offer, wanted=wanted, typed=typed, given=True)


def key_of(each: OfficeInput, number: int) -> str:
    """How an address and a form name an office."""
    at = {
        OfficeKind.PLACE: f"place-{each.seat_id}",
        OfficeKind.END_TERM: f"term-{each.held_id}",
        OfficeKind.END_MANDATE: f"end-{each.held_id}",
        OfficeKind.NEW_PLACE: f"new-{number}",
        OfficeKind.MANDATE: "mandate-1",
        OfficeKind.FIRST: f"first-{each.network_id}-{number}",
    }
    return at[each.what]


def name_of(key: str, field: str) -> str:
    """The name of one of its fields."""
    return f"office_{key.replace('-', '_')}_{field}"


def with_offices(form: type[Any], offers: Sequence[Offer]) -> type[Any]:
    """The form with the fields for these."""
    fields = {name_of(each.key, name): field for each in offers for name, field in _fields(each).items()}
    return type(form.__name__, (form,), fields) if fields else form


def _fields(offer: Offer) -> dict[str, Any]:
    wanted = offer.wanted
    last = Day(
        _l("Last day"), validators=[Optional()], default=wanted.end - DAY if wanted.end is not None else None
    )
    first = Day(_l("First day"), validators=[Optional()], default=wanted.start)
    out = {"out": BooleanField(_l("Leave this out"))} if offer.given else {}
    if wanted.ends:
        return {"last_day": last, **out}
    if wanted.what is OfficeKind.NEW_PLACE:
        return {
            "name": NameText(_l("What is the place called?"), person=False, default=wanted.place),
            "constituency": RadioField(
                _l("Who is it for?"), choices=CONSTITUENCIES, default=wanted.constituency or "any"
            ),
            **out,
        }
    if wanted.what is OfficeKind.MANDATE:
        return {
            "organisation": Text(_l("Organisation"), default=offer.typed.get("organisation", "")),
            "named": MarkdownField(
                _l("Who acts as coordinator?"), limit=2_000, default=offer.typed.get("named", "")
            ),
            "scope": MarkdownField(_l("What may the coordinator do?"), limit=5_000, default=wanted.scope),
            "first_day": first,
            "last_day": last,
            **out,
        }
    person = Text(_l("Who takes it?"), default=offer.typed.get("person", ""))
    if wanted.what is OfficeKind.FIRST:
        name = NameText(_l("What is the place called?"), person=False, default=wanted.place)
        return {"name": name, "person": person, "last_day": last, **out}
    how = RadioField(_l("How?"), choices=CAME_BY, default=wanted.came_by or "appointment")
    return {"person": person, "came_by": how, "first_day": first, "last_day": last, **out}


def offices_in(form: Any, offers: Sequence[Offer], network: Network) -> tuple[OfficeInput, ...]:
    """The offices that the form names. RuleBroken, at its field, for unknown people and missing values."""
    left = [each for each in offers if not (_typed(form, each, "out") or _blank(form, each))]
    return tuple(_read(form, each, network) for each in left)


def _blank(form: Any, offer: Offer) -> bool:
    """Of the first people of a network, there may be fewer than there is room for."""
    more = offer.wanted.what is OfficeKind.FIRST and not offer.key.endswith("-1")
    return more and not _typed(form, offer, "person")


def _typed(form: Any, offer: Offer, field: str) -> Any:
    name = name_of(offer.key, field)
    return form[name].data if name in form else None


def _read(form: Any, offer: Offer, network: Network) -> OfficeInput:
    def typed(field: str) -> Any:
        return _typed(form, offer, field)

    def at(field: str) -> str:
        return name_of(offer.key, field)

    wanted = replace(offer.wanted, end=_after(typed("last_day")), key=offer.key)
    if wanted.ends:
        return wanted
    if wanted.what is OfficeKind.NEW_PLACE:
        return replace(
            wanted, place=(typed("name") or "").strip(), constituency=typed("constituency") or "any"
        )
    if wanted.end is None:
        raise RuleBroken(_("Enter the last day"), field=at("last_day"))
    wanted = replace(wanted, start=typed("first_day"))
    if wanted.what is OfficeKind.MANDATE:
        lines = dict.fromkeys(line.strip() for line in (typed("named") or "").splitlines())
        people = wanted.named
        if not _same(offer, "named", typed("named")):
            called = (names.person_called(network, line, field=at("named")) for line in lines if line)
            people = tuple(dict.fromkeys(called))
        if not people:
            raise RuleBroken(_("Name at least one person who acts as coordinator"), field=at("named"))
        body = typed("organisation")
        organisation = names.organisation(body, field=at("organisation")) if body else None
        return replace(
            wanted,
            organisation_id=organisation,
            person_id=None if organisation else people[0],
            named=people,
            scope=typed("scope") or "",
        )
    if not typed("person"):
        raise RuleBroken(_("Enter the name of the person who takes the place"), field=at("person"))
    person = (
        wanted.person_id
        if _same(offer, "person", typed("person"))
        else names.person_called(network, typed("person"), field=at("person"))
    )
    return replace(
        wanted, person_id=person, came_by=typed("came_by") or "", place=typed("name") or wanted.place
    )


def _same(offer: Offer, field: str, typed: str | None) -> bool:
    """Whether those named before are still there: they stay the same people, even if others have their names."""
    return offer.given and (typed or "").split() == offer.typed[field].split()


def _after(last: date | None) -> date | None:
    return None if last is None else min(last, date.max - DAY) + DAY
