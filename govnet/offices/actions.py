"""Writing places on the committee: nobody has one but by a decision, an election, or as found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.accounts.models import Person
from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.charter.rules import Charter
from govnet.charter.turns import turn_after
from govnet.extensions import db
from govnet.kernel.actor import Actor, Door
from govnet.kernel.clock import today
from govnet.kernel.errors import RuleBroken
from govnet.offices import committee_rules, events, fitting, places, promising, rules
from govnet.offices.basis import basis_numbered
from govnet.offices.committee_rules import Wanted
from govnet.offices.founding import (
    By,
    FoundMandate,
    FoundPlace,
    committee_as_found,
    mandate_as_found,
)
from govnet.offices.models import Body, CameBy, Constituency, Seat, Term, TermEnd
from govnet.offices.queries import actor_for
from govnet.offices.rules import DAY, Basis, Stage
from govnet.permissions import Can, require
from govnet.record.actions import record


def record_as_found(
    network: Network,
    *,
    committee: str,
    places: Sequence[FoundPlace] = (),
    mandates: Sequence[FoundMandate] = (),
    by: Actor,
    via: Door = Door.CLI,
) -> None:
    """At founding: the committee and the coordinator as they were, each with its evidence. Inside transaction().

    Founding is the operator's work, so this asks for that right.
    """
    who = By(by, require(by, Can.OPERATE), via)
    committee_as_found(network, committee, places, who)
    for mandate in mandates:
        mandate_as_found(network, mandate, who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """Who takes a place, from the first day to the last, how they came to it, and by which decision."""

    person_id: int
    first_day: date
    last_day: date
    came_by: CameBy = CameBy.APPOINTMENT
    decision: str
    """Its number in the register, e.g. 2015-07."""


def give_seat(seat: Seat, seating: Seating, *, by: Actor, via: Door) -> Term:
    """Write down that a decision gave somebody a place. Raises RuleBroken where the decision, the days, the
    place or the person do not allow it.
    """
    network = db.session.get_one(Network, seat.network_id)
    under = require(by, Can.RECORD_OFFICE, network)
    basis = basis_numbered(network.id, seating.decision)
    rules.check_basis(basis, rules.PLACE_MATTERS)
    start, end = seating.first_day, seating.last_day + DAY
    charter = rules_in_force(network.id)
    rules.check_span(start, end, today=today(network.zone), longest=charter[parameters.TERM_MONTHS])
    person = db.session.get_one(Person, seating.person_id)
    _check_rules(seat, seating, basis, charter)
    _check_eligible(seat, person, network)
    _check_free(seat, person, start, end)
    term = Term(
        seat_id=seat.id,
        body_id=seat.body_id,
        person_id=person.id,
        start=start,
        end=end,
        came_by=seating.came_by,
        authority=basis.reference,
    )
    db.session.add(term)
    db.session.flush()  # the promise asked for with it needs its id
    promising.ask(term, [person.id])
    seat.vacancy_note = ""
    record(
        events.TermGranted(
            network=network, by=by, under=under, via=via, term=term, seat=seat, place=seat.name,
            holder=person.name, start=start, last_day=seating.last_day, came_by=seating.came_by.value, decision=basis.reference,
            number=basis.number,
        )
    )  # fmt: skip
    return term


def _check_rules(seat: Seat, seating: Seating, basis: Basis, charter: Charter) -> None:
    """What the charter asks of places; a decision about the rules themselves is an exception to them."""
    start, end, person = seating.first_day, seating.last_day + DAY, seating.person_id
    wanted = Wanted(
        start=start, end=end, coopted=seating.came_by is CameBy.CO_OPTION, elected=seating.came_by is CameBy.ELECTION,
        is_chair=seat.is_chair, until=places.vacant_until(seat), turn=turn_after(seat.position, start, charter),
        body=basis.body, matter=basis.matter,
    )  # fmt: skip
    committee_rules.check(wanted, places.held_by(seat.body_id, person), charter)
    if basis.matter != committee_rules.EXCEPTION:
        others = fitting.others_of_organisations(seat.body_id, person, start, end)
        committee_rules.check_organisations(others, charter)


def _check_eligible(seat: Seat, person: Person, network: Network) -> None:
    if seat.constituency is Constituency.SISTER_NETWORK:
        return
    actor = actor_for(person.id, network)
    fits = {
        Constituency.ANY: actor.is_member,
        Constituency.INDIVIDUAL: actor.membership_id is not None,
        Constituency.ORGANISATION: any(r.membership_id for r in actor.represents),
    }[seat.constituency]
    if not fits:
        words = {
            Constituency.ORGANISATION: _("This place is for somebody who speaks for a member organisation."),
            Constituency.INDIVIDUAL: _("This place is for somebody who is a member in person."),
        }
        raise RuleBroken(
            words.get(seat.constituency, _("%(name)s is not a member of this network.", name=person.name)),
            field="person",
        )


def _check_free(seat: Seat, person: Person, start: date, end: date) -> None:
    """Both rules are the database's too; here they are said in words. The body is locked, so it stays true."""
    db.session.execute(select(Body.id).where(Body.id == seat.body_id).with_for_update())
    query = (
        select(Term)
        .where(Term.body_id == seat.body_id, Term.start < end, Term.end > start, Term.start < Term.end)
        .options(joinedload(Term.person), joinedload(Term.seat))
    )
    for term in db.session.scalars(query):
        last = term.end - DAY
        if term.seat_id == seat.id:
            message = _(
                "%(name)s holds this place until %(day)s. Choose a first day after that.",
                name=term.person.name,
                day=last.isoformat(),
            )
            raise RuleBroken(message, field="first_day")
        if term.person_id == person.id:
            message = _(
                "%(name)s holds another place (%(place)s) until %(day)s; nobody holds two.",
                name=person.name,
                place=term.seat.name,
                day=last.isoformat(),
            )
            raise RuleBroken(message, field="person")


def leave_seat(term: Term, last_day: date, *, by: Actor, via: Door) -> None:
    """Give one's place up, after `last_day`; one that has not begun is given up at once."""
    seat, network = _seat_and_network(term)
    under = require(by, Can.LEAVE_OFFICE, term)
    end = _earlier_end(term, last_day, network)
    term.end, term.ended_why = end, TermEnd.RESIGNED
    _record_cut_short(term, seat, network, By(by, under, via), _("resigned"))


def remove_from_seat(term: Term, last_day: date, *, decision: str, by: Actor, via: Door) -> None:
    """Write down that a decision ends a term after `last_day`."""
    seat, network = _seat_and_network(term)
    under = require(by, Can.RECORD_OFFICE, network)
    basis = basis_numbered(network.id, decision)
    rules.check_basis(basis, rules.PLACE_MATTERS)
    end = _earlier_end(term, last_day, network)
    term.end, term.ended_why, term.end_authority = end, TermEnd.REMOVED, basis.reference
    why = _("by decision %(number)s", number=basis.number)
    _record_cut_short(term, seat, network, By(by, under, via), why)


def _seat_and_network(term: Term) -> tuple[Seat, Network]:
    db.session.refresh(term, with_for_update=True)
    seat = db.session.get_one(Seat, term.seat_id)
    return seat, db.session.get_one(Network, seat.network_id)


def _earlier_end(term: Term, last_day: date, network: Network) -> date:
    day = today(network.zone)
    to_come = rules.stage(term.start, term.end, day) is Stage.TO_COME
    if not to_come:
        rules.check_last_day(last_day, end=term.end, today=day)
    term.given_until = term.given_until or term.end
    return term.start if to_come else last_day + DAY


def _record_cut_short(term: Term, seat: Seat, network: Network, who: By, why: str) -> None:
    holder = db.session.get_one(Person, term.person_id).name
    record(
        events.TermCutShort(
            network=network, by=who.actor, under=who.under, via=who.via, term=term, seat=seat, place=seat.name,
            holder=holder, last_day=term.end - DAY, why=why, decision=term.end_authority,
        )
    )  # fmt: skip


def add_place(
    body: Body, name: str, constituency: Constituency, *, decision: str, by: Actor, via: Door
) -> Seat:
    """One more place on the committee, by a decision, and never more than the rules in force have."""
    network = db.session.get_one(Network, body.network_id)
    under = require(by, Can.RECORD_OFFICE, network)
    basis = basis_numbered(network.id, decision)
    rules.check_basis(basis, rules.SIZE_MATTERS)
    db.session.execute(select(Body.id).where(Body.id == body.id).with_for_update())
    charter, (counts, last) = rules_in_force(network.id), places.numbers(body.id)
    most = charter[parameters.SEATS]
    if counts.total() >= most:
        raise RuleBroken(
            _(
                "Our rules give the committee %(most)s places, and it has them. A decision can change that rule.",
                most=most,
            )
        )
    committee_rules.check_place(constituency.value, counts, charter, basis.matter)
    seat = Seat(body_id=body.id, name=name, constituency=constituency, position=last + 1)
    db.session.add(seat)
    record(
        events.PlaceAdded(
            network=network, by=by, under=under, via=via, seat=seat, place=name, decision=basis.reference,
            number=basis.number,
        )
    )  # fmt: skip
    return seat


def note_vacancy(seat: Seat, note: str, *, by: Actor, via: Door) -> None:
    """Say in words what happens with an empty place: "Election in June"."""
    network = db.session.get_one(Network, seat.network_id)
    under = require(by, Can.RECORD_OFFICE, network)
    if note == seat.vacancy_note:
        return
    seat.vacancy_note = note
    record(
        events.VacancyNoted(
            network=network, by=by, under=under, via=via, seat=seat, place=seat.name, note=note
        )
    )
