"""A network in which nobody is left, or which nobody has started: its first people, named as found and in public.

A decision of the parent network names them. If nobody can decide there either, the operator does it, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.committee import queries
from govnet.decisions.models import Decision
from govnet.decisions.proposals.offices import Deciding, OfficeInput
from govnet.decisions.rules.who_counts import VOTING_KINDS
from govnet.extensions import db
from govnet.kernel.actor import Act, Actor, Door, by_rule
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import today
from govnet.kernel.errors import RuleBroken
from govnet.kernel.models import reference
from govnet.membership.models import Membership, MembershipState
from govnet.offices import events, rules
from govnet.offices.models import Body, BodyKind, CameBy, Constituency, Mandate, OfficeChange, Seat, Term
from govnet.people.models import Person, Representation
from govnet.people.persons import person_for
from govnet.permissions import Can, require
from govnet.record.actions import record

MOST = 3


def empty(network: Network, *, apart_from: str = "") -> bool:
    """Whether nobody holds an office here, today or later, and nobody could decide on one.

    `apart_from` is a decision that is naming people just now: the people in it do not count.
    """
    day = today(network.zone)
    term = exists().where(
        Term.body_id == Body.id, Body.network_id == network.id, Term.end > day, Term.start < Term.end
    )
    mandate = exists().where(Mandate.network_id == network.id, Mandate.end > day, Mandate.start < Mandate.end)
    speaks = exists().where(
        Representation.organisation_id == Membership.organisation_id, Representation.end.is_(None)
    )
    member = exists().where(
        Membership.network_id == network.id,
        Membership.state == MembershipState.ACTIVE,
        Membership.kind.in_(VOTING_KINDS),
        or_(Membership.person_id.is_not(None), speaks),
    )
    named_otherwise = term.where(Term.authority != apart_from) if apart_from else term
    return not db.session.scalar(select(or_(named_otherwise, mandate, member)))


def may_be_named_by_the_operator(network: Network) -> bool:
    """Whether nobody else can: nobody is here, and nobody where it came from."""
    found = start(network)
    return found is not None and found.by_operator


@dataclass(frozen=True)
class Start:
    """How a network in which nobody is left can start again."""

    parent: Network | None
    """Where members can name its first people by a decision."""
    keys: Sequence[str]
    """The offices that their proposal then names."""

    @property
    def by_operator(self) -> bool:
        """Whether nobody else can."""
        return self.parent is None


def start(network: Network) -> Start | None:
    """How it can start again; None where somebody is here who could decide."""
    if not empty(network):
        return None
    parent = db.session.get(Network, network.parent_id) if network.parent_id else None
    there = parent if parent is not None and not empty(parent) else None
    return Start(there, [f"first-{network.id}-{n}" for n in range(1, MOST + 1)])


@dataclass(frozen=True)
class First:
    """Somebody who takes a first place."""

    name: str
    address: str
    place: str


def name_them(
    network: Network, people: Sequence[First], last_day: date, why: str, *, by: Actor, via: Door
) -> list[Term]:
    """The operator names the first people, once and in public. RuleBroken if anybody else could."""
    act = require(by, Can.START_AGAIN, network, via)
    db.session.execute(select(Network.id).where(Network.id == network.id).with_for_update())
    if not may_be_named_by_the_operator(network):
        raise RuleBroken(
            _("Somebody is in office here, or members can decide. You cannot name people without them.")
        )
    if not people:
        raise RuleBroken(_("Name at least one person."), field="name_1")
    if not why.strip():
        raise RuleBroken(_("Say how this came about: everybody can read it."), field="why")
    addresses = [each.address for each in people]
    if len(set(addresses)) < len(addresses):
        raise RuleBroken(_("Each person takes one place."), field="email_2")
    day = today(network.zone)
    longest = rules_in_force(network.id)[p.TERM_MONTHS]
    rules.check_span(day, last_day + DAY, today=day, longest=longest)
    rows = []
    for each in people:
        person = person_for(each.address, each.name)
        term = Term(
            person_id=person.id, start=day, end=last_day + DAY, came_by=CameBy.AS_FOUND, evidence=why.strip()
        )
        _seat_them(network, term, each.place)
        _record(act, term, person)
        rows.append(term)
    return rows


def check(wanted: OfficeInput, how: Deciding) -> None:
    """RuleBroken when a decision could not name this first person on the day on which it is settled."""
    _naming(wanted, how, "")


def _naming(wanted: OfficeInput, how: Deciding, decision: str) -> tuple[Network, Person, date]:
    sister = db.session.get(Network, wanted.network_id)
    if sister is None or sister.parent_id != how.network.id:
        raise RuleBroken(_("There is no such sister network."), field="person")
    db.session.execute(select(Network.id).where(Network.id == sister.id).with_for_update())
    if not empty(sister, apart_from=decision):
        raise RuleBroken(
            _("Somebody is in office in %(name)s, or its members can decide themselves.", name=sister.name),
            field="person",
        )
    person = db.session.get_one(Person, wanted.person_id)
    if person.erased_at is not None:
        raise RuleBroken(_("The person who was to take the place has left."), field="person")
    if not wanted.place.strip():
        raise RuleBroken(_("Enter a name for the place"), field="name")
    end = wanted.end or date.min
    rules.check_span(how.on, end, today=how.on, longest=rules_in_force(sister.id)[p.TERM_MONTHS])
    twice = exists().where(
        Term.body_id == Body.id, Body.network_id == sister.id, Term.person_id == person.id, Term.end > how.on
    )
    if db.session.scalar(select(twice)):
        raise RuleBroken(_("Each person takes one place."), field="person")
    return sister, person, end


def apply(wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
    """A decision of the network it came from names a first person."""
    sister, person, end = _naming(wanted, how, reference(decision))
    term = Term(
        person_id=person.id,
        start=today(sister.zone),
        end=end,
        came_by=CameBy.AS_FOUND,
        authority=reference(decision),
        change_id=row.id,
        evidence=_(
            "Named by decision %(number)s of %(name)s.", number=decision.number, name=how.network.name
        ),
    )
    _seat_them(sister, term, wanted.place)
    _record(by_rule(sister), term, person, row)


def _seat_them(network: Network, term: Term, place: str) -> None:
    """Put the term into the empty place of that name, or into a new one; the committee is made where there is none."""
    query = select(Body).where(Body.network_id == network.id, Body.kind == BodyKind.COMMITTEE)
    body = db.session.scalar(query.with_for_update())
    if body is None:
        body = Body(network_id=network.id, name=_("Committee"), kind=BodyKind.COMMITTEE)
        db.session.add(body)
        db.session.flush()  # its places need its id
    taken = exists().where(Term.seat_id == Seat.id, Term.end > term.start, Term.start < Term.end)
    free = select(Seat).where(Seat.body_id == body.id, Seat.name == place, ~taken)
    seat = db.session.scalars(free.order_by(Seat.position)).first()
    if seat is None:
        _counts, last = queries.numbers(body.id)
        seat = Seat(body_id=body.id, name=place, position=last + 1, constituency=Constituency.ANY)
        db.session.add(seat)
        db.session.flush()  # the term needs its id
    term.seat_id, term.body_id, seat.vacancy_note = seat.id, seat.body_id, ""
    db.session.add(term)
    db.session.flush()  # the entry names it by its key


def _record(act: Act, term: Term, person: Person, change: OfficeChange | None = None) -> None:
    seat = db.session.get_one(Seat, term.seat_id)
    record(
        events.TermFound(
            act=act,
            term=term,
            seat=seat,
            place=seat.name,
            holder=person.name,
            person=person,
            start=term.start,
            last_day=term.end - DAY,
            evidence=term.evidence,
            decision=term.authority,
            change=change,
        )
    )
