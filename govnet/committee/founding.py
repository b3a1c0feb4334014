"""A committee as found: its places, and who held them when the network came here, each with the evidence for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Act
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import now, today
from govnet.offices import events
from govnet.offices.models import Body, BodyKind, CameBy, Constituency, Seat, Term, TermEnd
from govnet.people.models import Person
from govnet.record.actions import record


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTerm:
    """Somebody held a place from `start` until before `end`."""

    person_id: int
    start: date
    end: date
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlace:
    """A place on the committee with everybody known to have held it; an empty one has its plan."""

    name: str
    constituency: Constituency = Constituency.ANY
    chair: bool = False
    terms: Sequence[FoundTerm] = ()
    vacancy_note: str = ""


def committee_as_found(network: Network, name: str, places: Sequence[FoundPlace], act: Act) -> Body:
    """Make the committee with its places and their holders; a part of founding, so only once a network."""
    body = Body(network_id=network.id, name=name, kind=BodyKind.COMMITTEE)
    db.session.add(body)
    db.session.flush()  # places need its id
    record(
        events.CommitteeFound(
            act=act,
            body=body,
            name=name,
            places=len(places),
        )
    )
    for position, place in enumerate(places, 1):
        _place(network, body, position, place, act)
    return body


def _place(network: Network, body: Body, position: int, found: FoundPlace, act: Act) -> None:
    seat = Seat(
        body_id=body.id,
        name=found.name,
        position=position,
        constituency=found.constituency,
        is_chair=found.chair,
        vacancy_note=found.vacancy_note,
    )
    db.session.add(seat)
    db.session.flush()  # terms need its id
    for term in found.terms:
        _term(network, seat, term, act)


def _term(network: Network, seat: Seat, found: FoundTerm, act: Act) -> None:
    over = found.end <= today(network.zone)
    term = Term(
        seat_id=seat.id,
        body_id=seat.body_id,
        person_id=found.person_id,
        start=found.start,
        end=found.end,
        came_by=CameBy.AS_FOUND,
        evidence=found.evidence,
        ended_why=TermEnd.EXPIRED if over else None,
        end_recorded_at=now() if over else None,
    )
    db.session.add(term)
    holder = db.session.get_one(Person, found.person_id)
    record(
        events.TermFound(
            act=act,
            term=term,
            seat=seat,
            place=seat.name,
            holder=holder.name,
            start=found.start,
            last_day=found.end - DAY,
            evidence=found.evidence,
            person=holder,
        )
    )
