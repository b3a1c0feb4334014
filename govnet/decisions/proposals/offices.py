"""Offices that a proposal gives or ends: named by its author, checked when it opens, and carried out at its close.

The rules of places and mandates are those of the offices, a floor above; see `Offices`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions.models import AnyProposal, Decision, ProposalVersion
from govnet.decisions.proposals.models import OfficeReply
from govnet.extensions import db
from govnet.kernel.errors import RuleBroken
from govnet.kernel.per_app import PerApp
from govnet.kernel.translation import say
from govnet.offices.models import OfficeChange, OfficeKind, OfficePerson
from govnet.people.models import Organisation
from govnet.people.persons import names

DAY = timedelta(days=1)
MOST = 20
"""So many offices one proposal can name."""
MATTERS: Mapping[str, frozenset[OfficeKind]] = {
    "committee": frozenset({OfficeKind.PLACE, OfficeKind.END_TERM, OfficeKind.NEW_PLACE, OfficeKind.FIRST}),
    "mandate": frozenset({OfficeKind.MANDATE, OfficeKind.END_MANDATE}),
    "charter": frozenset({OfficeKind.PLACE, OfficeKind.NEW_PLACE}),
}
"""The offices that a proposal on each matter can name; on the charter, exceptions to its rules."""
_ENDINGS = frozenset({OfficeKind.END_TERM, OfficeKind.END_MANDATE})


@dataclass(frozen=True, kw_only=True)
class OfficeInput:
    """One office that is to be given or ended, as somebody typed it in."""

    what: OfficeKind
    seat_id: int | None = None
    place: str = ""
    held_id: int | None = None
    """The term or mandate that is to end."""
    person_id: int | None = None
    organisation_id: int | None = None
    named: tuple[int, ...] = ()
    """Everybody who acts, or acted, under a mandate."""
    scope: str = ""
    start: date | None = None
    """The first day; None for the day on which it is decided."""
    end: date | None = None
    """The first day outside; of what ends, None for the day after it is decided."""
    came_by: str = ""
    constituency: str = ""
    network_id: int | None = None
    """A sister network's, where the office is in one."""
    key: str = field(default="", compare=False)
    """How the form that it came from names it."""

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody whose own case it is."""
        own = () if self.person_id is None else (self.person_id,)
        return tuple(dict.fromkeys((*own, *self.named)))

    @property
    def ends(self) -> bool:
        """Whether it takes an office away."""
        return self.what in _ENDINGS


@dataclass(frozen=True)
class Deciding:
    """How an office is decided on: in which network and matter, by which body, under which rules, and settled on which day."""

    network: Network
    matter: str
    body: str
    charter: Charter
    on: date
    ending: Mapping[int, date | None] = field(default_factory=dict)
    """The terms that end with it, each before which day, or None for the day after."""


@dataclass(frozen=True)
class Offer:
    """An office that a proposal can give or end, as the form begins with it."""

    key: str
    title: str
    wanted: OfficeInput
    typed: Mapping[str, str] = field(default_factory=dict)
    """Names that the form begins with."""
    given: bool = False
    """Whether the version to change names it already."""


class OfficeOffers(Protocol):
    """The offices that can be named, as the room of the committee knows them."""

    def offers(self, network: Network, keys: Sequence[str]) -> list[Offer]:
        """The offices with these keys, in their order; a key without one is passed over."""

    def every_offer(self, network: Network) -> list[Offer]:
        """Everything that a proposal can give or end now."""


class OfficeCheck(Protocol):
    def __call__(self, wanted: OfficeInput, how: Deciding) -> object:
        """RuleBroken when it could not take effect on the day on which it is settled."""


class OfficeEffect(Protocol):
    def __call__(self, wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
        """Put it into force. RuleBroken, before anything is written, when it can't be."""


_offers: PerApp[list[OfficeOffers]] = PerApp("offers", list)
_effects: PerApp[dict[OfficeKind, tuple[OfficeCheck, OfficeEffect]]] = PerApp("effects", dict)


def offers_are(offers: OfficeOffers) -> None:
    """Hand over what lists the offices that a proposal can name."""
    _offers()[:] = [offers]


def effect_is(kind: OfficeKind, check: OfficeCheck, effect: OfficeEffect) -> None:
    """Hand over what a decision of this kind does, and what says beforehand whether it could."""
    _effects()[kind] = check, effect


def apply(row: OfficeChange, decision: Decision, how: Deciding) -> None:
    """Put the decision into force. RuleBroken, before anything is written, if that is impossible."""
    _effects()[row.what][1](_input(row, how.network.id), row, decision, how)


def check(changes: Sequence[OfficeInput], how: Deciding) -> None:
    """RuleBroken when a proposal on this matter can't name these, or one of them could not take effect."""
    if len(changes) > MOST:
        raise RuleBroken(_("One proposal can name at most %(most)s offices. Make two proposals.", most=MOST))
    seen: set[tuple[object, ...]] = set()
    for each in changes:
        if each.what not in MATTERS.get(how.matter, ()):
            raise RuleBroken(
                _("To give or end a place on the committee or the mandate, make a proposal about just that."),
                field="matter",
            )
        key = (each.what, each.seat_id, each.held_id, each.place if each.seat_id is None else "")
        if key in seen:
            raise RuleBroken(_("This proposal names the same place twice."))
        seen.add(key)
        if each.start is not None and each.start <= how.on:
            raise RuleBroken(
                _(
                    "Choose a first day after %(day)s, or none: nothing is decided until then.",
                    day=say(how.on),
                ),
                field=_field(each, "first_day"),
            )
        try:
            _effects()[each.what][0](each, how)
        except RuleBroken as broken:
            raise RuleBroken(broken.message, field=_field(each, broken.field)) from broken


def _field(each: OfficeInput, field: str | None) -> str:
    """The field of the form, where there is one."""
    return f"office_{each.key.replace('-', '_')}_{field or 'last_day'}"


def offers(network: Network, keys: Sequence[str]) -> list[Offer]:
    """The offices with these keys that a proposal can give or end."""
    return _offers()[0].offers(network, keys) if keys else []


def every_offer(network: Network) -> list[Offer]:
    """Everything that a proposal can give or end now."""
    return _offers()[0].every_offer(network)


def write(version_id: int, network: Network, changes: Sequence[OfficeInput]) -> list[OfficeChange]:
    """The rows of a version that has just opened."""
    rows = []
    for number, each in enumerate(changes, 1):
        values = {name: getattr(each, name) for name in _COLUMNS}
        row = OfficeChange(
            version_id=version_id, number=number, network_id=each.network_id or network.id, **values
        )
        db.session.add(row)
        db.session.flush()  # those whom it names point to it
        db.session.add_all(
            OfficePerson(change_id=row.id, network_id=network.id, person_id=one) for one in each.people
        )
        rows.append(row)
    return rows


_COLUMNS = (
    "what", "seat_id", "place", "held_id", "person_id", "organisation_id", "scope", "start", "end",
    "came_by", "constituency",
)  # fmt: skip


def ends(row: OfficeChange) -> bool:
    """Whether it takes an office away."""
    return row.what in _ENDINGS


def rows_of(version_ids: Collection[int]) -> dict[int, list[OfficeChange]]:
    """The offices in each version, in their order: two statements, for any number of them."""
    found: dict[int, list[OfficeChange]] = {key: [] for key in version_ids}
    if not found:
        return found
    query = (
        select(OfficeChange)
        .where(OfficeChange.version_id.in_(found))
        .options(
            joinedload(OfficeChange.person),
            joinedload(OfficeChange.organisation),
            selectinload(OfficeChange.people).joinedload(OfficePerson.person),
        )
        .order_by(OfficeChange.version_id, OfficeChange.number)
    )
    for row in db.session.scalars(query):
        found[row.version_id].append(row)
    return found


def named_in(version_id: int) -> list[OfficeChange]:
    """The offices in one version."""
    return rows_of([version_id])[version_id]


def inputs(rows: Sequence[OfficeChange], network_id: int) -> tuple[OfficeInput, ...]:
    """The same as somebody would type it in, to be asked again."""
    return tuple(_input(row, network_id) for row in rows)


def _input(row: OfficeChange, network_id: int) -> OfficeInput:
    named = tuple(each.person_id for each in row.people) if row.what in _MANDATES else ()
    elsewhere = None if row.network_id == network_id else row.network_id
    values = {name: getattr(row, name) for name in _COLUMNS}
    return OfficeInput(named=named, network_id=elsewhere, **values)


_MANDATES = (OfficeKind.MANDATE, OfficeKind.END_MANDATE)


def asked_in(version: ProposalVersion) -> tuple[OfficeInput, ...]:
    """The offices in a version, to be proposed again."""
    rows = named_in(version.id)
    return inputs(rows, db.session.get_one(AnyProposal, version.proposal_id).network_id) if rows else ()


def people_of(changes: Iterable[OfficeInput], *, losing: bool = False) -> frozenset[int]:
    """Everybody whose own case these are; `losing`, only those who would lose an office."""
    return frozenset(one for each in changes for one in each.people if each.ends or not losing)


def check_dates(changes: Iterable[OfficeInput]) -> None:
    """RuleBroken where an office would end before it begins."""
    for each in changes:
        if each.start is not None and each.end is not None and each.start >= each.end:
            raise RuleBroken(
                _("The last day must not be before the first one."), field=_field(each, "last_day")
            )


def later(changes: Iterable[OfficeInput], on: date) -> tuple[OfficeInput, ...]:
    """The same, settled only on a later day: offices that were to begin by then begin when it is decided."""
    return tuple(
        replace(each, start=None) if each.start is not None and each.start <= on else each for each in changes
    )


def endings(changes: Iterable[OfficeInput]) -> dict[int, date | None]:
    """Which terms end by these, each before which day."""
    return {each.held_id: each.end for each in changes if each.what is OfficeKind.END_TERM and each.held_id}


def replies_to(proposal_id: int) -> Sequence[OfficeReply]:
    """The replies of those named, the first one first."""
    query = select(OfficeReply).where(OfficeReply.proposal_id == proposal_id)
    return db.session.scalars(query.options(joinedload(OfficeReply.person)).order_by(OfficeReply.at)).all()


def facts(changes: Sequence[OfficeInput]) -> list[dict[str, Any]]:
    """The record's fields for each office: everything but names and the mandate's text, which are in tables."""
    return [_facts(each) for each in changes]


def _facts(each: OfficeInput) -> dict[str, Any]:
    found: dict[str, Any] = {
        "what": each.what.value,
        "network": f"network:{each.network_id}" if each.network_id else None,
        "seat": f"seat:{each.seat_id}" if each.seat_id else None,
        "place": each.place,
        "held": each.held_id,
        "person": each.person_id,
        "organisation": each.organisation_id,
        "named": list(each.named),
        "scope": sha256(each.scope.encode()).hexdigest() if each.scope else "",
        "start": each.start,
        "end": each.end,
        "came_by": each.came_by,
        "for": each.constituency,
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


# --- in words


def in_words(changes: Sequence[OfficeInput]) -> list[str]:
    """The effect on each office, in a sentence; names in two statements, for any number of them."""
    called, bodies = names_in(changes)
    return [sentence(each, called, bodies) for each in changes]


def names_in(changes: Sequence[OfficeInput]) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The names of the people and organisations in these."""
    bodies = _organisations({each.organisation_id for each in changes if each.organisation_id})
    return (names({one for each in changes for one in each.people}) if changes else {}), bodies


def row_words(rows: Sequence[OfficeChange], network_id: int) -> list[str]:
    """The same of a version's rows."""
    return in_words(inputs(rows, network_id)) if rows else []


def _organisations(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(query)}


def sentence(each: OfficeInput, called: Mapping[int, str], bodies: Mapping[int, str]) -> str:
    """The effect on one office."""
    holder = bodies.get(each.organisation_id or 0) or called.get(each.person_id or 0, "")
    values: dict[str, str] = {"name": holder, "place": each.place, "days": _days(each)}
    if each.what is OfficeKind.NEW_PLACE:
        return _new_place(each)
    if each.what is OfficeKind.END_TERM:
        values["day"] = _last_day(each)
        return str(_("The term of %(name)s in the place “%(place)s” ends %(day)s.", **values))
    if each.what is OfficeKind.END_MANDATE:
        values["day"] = _last_day(each)
        return str(_("The mandate of %(name)s as coordinator ends %(day)s.", **values))
    if each.what is OfficeKind.FIRST:
        values["network"] = db.session.get_one(Network, each.network_id).name
        return str(_("%(name)s takes the place “%(place)s” in %(network)s, %(days)s.", **values))
    if each.what is OfficeKind.MANDATE:
        who = ", ".join(called.get(one, "") for one in each.named)
        values |= {"who": who, "scope": each.scope}
        if each.organisation_id is None and each.named == (each.person_id,):
            return str(_("%(name)s coordinates the network, %(days)s. The mandate says: %(scope)s", **values))
        return str(
            _(
                "%(name)s coordinates the network, %(days)s. These people act for it: %(who)s. The mandate "
                "says: %(scope)s",
                **values,
            )
        )
    if each.came_by == "co-option":
        return str(_("The committee appoints %(name)s to the place “%(place)s”, %(days)s.", **values))
    return str(_("%(name)s takes the place “%(place)s”, %(days)s.", **values))


def _days(each: OfficeInput) -> str:
    if each.end is None:
        return ""
    last = say(each.end - DAY)
    if each.start is None:
        return str(_("from the day on which this is decided until %(last)s", last=last))
    return str(_("from %(first)s until %(last)s", first=say(each.start), last=last))


def _last_day(each: OfficeInput) -> str:
    if each.end is None:
        return str(_("on the day on which this is decided"))
    return str(_("on %(last)s", last=say(each.end - DAY)))


def _new_place(each: OfficeInput) -> str:
    place = {"place": each.place}
    found = {
        "individual": _("The committee has one more place, “%(place)s”, for a member in person.", **place),
        "organisation": _(
            "The committee has one more place, “%(place)s”, for somebody who speaks for a member "
            "organisation.",
            **place,
        ),
        "sister network": _(
            "The committee has one more place, “%(place)s”, for somebody from a sister network.", **place
        ),
    }
    return str(
        found.get(
            each.constituency, _("The committee has one more place, “%(place)s”, for any member.", **place)
        )
    )
