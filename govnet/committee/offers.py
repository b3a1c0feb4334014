"""The places and mandates that a proposal can give or end, as its form begins with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.charter.turns import turn_after
from govnet.committee import first_people
from govnet.committee import queries as committee_queries
from govnet.decisions.proposals.offices import Offer, OfficeInput
from govnet.extensions import db
from govnet.kernel import calendar
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import today
from govnet.kernel.translation import say
from govnet.kernel.url_converters import MOST
from govnet.offices import queries, rules
from govnet.offices.models import Mandate, OfficeKind, Seat, Term

_KEY = re.compile(r"(place|term|new|mandate|end|first)-(\d{1,18})(?:-[1-9])?")


def offers(network: Network, keys: Sequence[str]) -> list[Offer]:
    """The offices with these keys ("place-4", "term-7"), in their order; a key without one is passed over."""
    found = []
    for key in keys:
        match = _KEY.fullmatch(key)
        number = int(match[2]) if match else MOST + 1
        offer = _OFFERS[match[1]](network, key, number) if match and number <= MOST else None
        if offer is not None:
            found.append(offer)
    return found


def every_offer(network: Network) -> list[Offer]:
    """Everything that can be given or ended now: places, terms, the mandate."""
    found = committee_queries.committee(network)
    terms = [each.term.id for place in found.places for each in (place.now, *place.next) if each]
    rows = queries.mandates(network.id)
    sisters = db.session.scalars(db.select(Network.id).where(Network.parent_id == network.id)).all()
    ends = [row.id for row in rows if not _over(row.start, row.end, network)]
    return offers(
        network,
        [
            *(f"place-{each.seat.id}" for each in found.places),
            *(f"term-{key}" for key in terms),
            "new-1",
            "mandate-1",
            *(f"end-{key}" for key in ends),
            *(f"first-{key}-{n}" for key in sisters for n in range(1, first_people.MOST + 1)),
        ],
    )


def _place(network: Network, key: str, number: int) -> Offer | None:
    seat = db.session.get(Seat, number)
    if seat is None or seat.network_id != network.id:
        return None
    day, charter = today(network.zone), rules_in_force(network.id)
    query = db.select(Term).where(Term.seat_id == seat.id, Term.end > day, Term.start < Term.end)
    held = db.session.scalars(query.options(joinedload(Term.person)).order_by(Term.end.desc())).first()
    first = held.end if held is not None else None
    start = first or day
    end = turn_after(seat.position, start, charter) or calendar.months_after(start, charter[p.TERM_MONTHS])
    wanted = OfficeInput(what=OfficeKind.PLACE, seat_id=seat.id, place=seat.name, start=first, end=end)
    title = _("The place “%(place)s”, which is empty", place=seat.name)
    if held is not None:
        values = {"place": seat.name, "name": held.person.name, "day": say(held.end - DAY)}
        title = _("The place “%(place)s”, which %(name)s holds until %(day)s", **values)
    return Offer(key, title, wanted)


def _term(network: Network, key: str, number: int) -> Offer | None:
    query = db.select(Term).where(Term.id == number)
    term = db.session.scalar(query.options(joinedload(Term.person), joinedload(Term.seat)))
    if term is None or term.network_id != network.id or _over(term.start, term.end, network):
        return None
    values = {"place": term.seat.name, "name": term.person.name, "day": say(term.end - DAY)}
    wanted = OfficeInput(
        what=OfficeKind.END_TERM,
        seat_id=term.seat_id,
        place=term.seat.name,
        person_id=term.person_id,
        held_id=term.id,
    )
    title = _("The end of the term of %(name)s in the place “%(place)s”, given until %(day)s", **values)
    return Offer(key, title, wanted)


def _over(start: date, end: date, network: Network) -> bool:
    return rules.stage(start, end, today(network.zone)) is rules.OfficeStage.OVER


def _new(_network: Network, key: str, _number: int) -> Offer:
    return Offer(key, _("One more place on the committee"), OfficeInput(what=OfficeKind.NEW_PLACE))


def _mandate(network: Network, key: str, _number: int) -> Offer:
    """A renewal begins with the mandate of today."""
    day, months = today(network.zone), rules_in_force(network.id)[p.MANDATE_MONTHS]
    now = queries.current_mandate(network.id, day)
    first = now.end if now is not None else None
    wanted = OfficeInput(
        what=OfficeKind.MANDATE,
        start=first,
        end=calendar.months_after(first or day, months),
        scope=now.scope if now is not None else "",
    )
    typed = {}
    if now is not None:
        typed["named"] = "\n".join(each.person.name for each in now.named)
        typed["organisation"] = now.organisation.name if now.organisation else ""
    return Offer(key, _("The coordinator’s mandate"), wanted, typed)


def _end(network: Network, key: str, number: int) -> Offer | None:
    if db.session.get(Mandate, number) is None:
        return None
    mandate = queries.mandate_whole(number)
    if mandate.network_id != network.id or _over(mandate.start, mandate.end, network):
        return None
    wanted = OfficeInput(
        what=OfficeKind.END_MANDATE,
        held_id=mandate.id,
        person_id=mandate.person_id,
        organisation_id=mandate.organisation_id,
        named=tuple(each.person_id for each in mandate.named),
    )
    values = {"name": queries.holder_name(mandate), "day": say(mandate.end - DAY)}
    return Offer(
        key, _("The end of the mandate of %(name)s, which was given until %(day)s", **values), wanted
    )


def _first(network: Network, key: str, number: int) -> Offer | None:
    """A first person of a sister network that has nobody."""
    sister = db.session.get(Network, number)
    at = key.split("-")[-1]
    if sister is None or sister.parent_id != network.id or not first_people.empty(sister):
        return None
    end = calendar.months_after(today(network.zone), rules_in_force(sister.id)[p.TERM_MONTHS])
    place = _("Place %(number)s", number=at)
    wanted = OfficeInput(what=OfficeKind.FIRST, network_id=sister.id, place=place, end=end)
    title = _("A first person in %(name)s, where nobody is in office yet", name=sister.name)
    return Offer(key, title, wanted)


_OFFERS: dict[str, Callable[[Network, str, int], Offer | None]] = {
    "place": _place,
    "term": _term,
    "new": _new,
    "mandate": _mandate,
    "end": _end,
    "first": _first,
}
