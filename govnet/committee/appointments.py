"""Decisions about places on the committee: whether they can be carried out, and their effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.turns import turn_after
from govnet.committee import eligibility, first_people, queries
from govnet.committee import rules as committee_rules
from govnet.committee.rules import WantedPlace
from govnet.decisions.models import Decision
from govnet.decisions.proposals.offices import Deciding, OfficeInput, effect_is
from govnet.extensions import db
from govnet.kernel.actor import by_rule
from govnet.kernel.calendar import DAY
from govnet.kernel.errors import RuleBroken
from govnet.kernel.models import reference
from govnet.kernel.translation import say
from govnet.membership.actor import actor_for
from govnet.offices import conduct, events, rules
from govnet.offices.models import (
    Body,
    BodyKind,
    CameBy,
    Constituency,
    OfficeChange,
    OfficeKind,
    Seat,
    Term,
    TermEnd,
)
from govnet.offices.rules import OfficeStage
from govnet.people.models import Person
from govnet.record.actions import record


@dataclass(frozen=True)
class Seating:
    """A place that can be given: the person, from when until before when."""

    seat: Seat
    person: Person
    start: date
    end: date


# --- a place


def _seating(wanted: OfficeInput, how: Deciding) -> Seating:
    """The result of giving the place. RuleBroken if the days, the place, the person or the rules do not allow it."""
    seat, person = _seat(wanted, how.network), db.session.get_one(Person, wanted.person_id)
    if person.erased_at is not None:
        raise RuleBroken(_("The person who was to take the place has left."), field="person")
    held = _held(seat.body_id, how)
    start, end = _first_day(wanted, how, held), wanted.end or date.min
    rules.check_span(start, end, today=how.on, longest=how.charter[p.TERM_MONTHS])
    _check_rules(seat, wanted, start, end, how)
    _check_eligible(seat, person, how.network)
    _check_free(seat, person, start, end, held)
    return Seating(seat, person, start, end)


def _seat(wanted: OfficeInput, network: Network) -> Seat:
    seat = db.session.get(Seat, wanted.seat_id)
    if seat is None or seat.network_id != network.id:
        raise RuleBroken(_("There is no such place on the committee."), field="person")
    return seat


@dataclass(frozen=True)
class _Held:
    """A term, and before which day it will have ended."""

    term: Term
    end: date


def _held(body_id: int, how: Deciding) -> list[_Held]:
    """The body's terms, as they will be once those have ended that end with it; the body is locked, so it stays true."""
    db.session.execute(select(Body.id).where(Body.id == body_id).with_for_update())
    query = select(Term).where(Term.body_id == body_id, Term.end > how.on, Term.start < Term.end)
    found = []
    for term in db.session.scalars(query.options(joinedload(Term.person), joinedload(Term.seat))):
        end = term.end
        if term.id in how.ending:
            end = min(end, max(term.start, how.ending[term.id] or how.on + DAY))
        found.append(_Held(term, end))
    return found


def _first_day(wanted: OfficeInput, how: Deciding, held: list[_Held]) -> date:
    """The day named, unless it has gone by; without one the day on which it is settled, or the next if the place is free then."""
    if wanted.start is not None:
        return max(wanted.start, how.on)
    ends_today = any(
        each.term.seat_id == wanted.seat_id and each.term.start <= how.on and each.end == how.on + DAY
        for each in held
    )
    return how.on + DAY if ends_today else how.on


def _check_rules(seat: Seat, wanted: OfficeInput, start: date, end: date, how: Deciding) -> None:
    """Check the charter's rules for places; a decision about the rules themselves is an exception to them."""
    person = wanted.person_id or 0
    asked = WantedPlace(
        start=start, end=end, coopted=wanted.came_by == CameBy.CO_OPTION.value, elected=False,
        is_chair=seat.is_chair, until=queries.vacant_until(seat), turn=turn_after(seat.position, start, how.charter),
        body=how.body, matter=how.matter,
    )  # fmt: skip
    committee_rules.check(asked, queries.held_by(seat.body_id, person), how.charter)
    if how.matter != committee_rules.EXCEPTION:
        others = eligibility.others_of_organisations(seat.body_id, person, start, end)
        committee_rules.check_organisations(others, how.charter)


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


def _check_free(seat: Seat, person: Person, start: date, end: date, held: list[_Held]) -> None:
    """Both rules are the database's too; here they have a message."""
    for each in held:
        if each.term.start >= end or each.end <= start:
            continue
        values = {"name": each.term.person.name, "day": say(each.end - DAY), "place": each.term.seat.name}
        if each.term.seat_id == seat.id:
            raise RuleBroken(
                _("%(name)s holds this place until %(day)s. Choose a first day after that.", **values),
                field="first_day",
            )
        if each.term.person_id == person.id:
            raise RuleBroken(
                _(
                    "%(name)s holds another place (%(place)s) until %(day)s; nobody can hold two.",
                    **values,
                ),
                field="person",
            )


def _check_place(wanted: OfficeInput, how: Deciding) -> None:
    _seating(wanted, how)


def _give(wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
    given = _seating(wanted, how)
    seat, person = given.seat, given.person
    term = Term(
        seat_id=seat.id,
        body_id=seat.body_id,
        person_id=person.id,
        start=given.start,
        end=given.end,
        came_by=CameBy(wanted.came_by or CameBy.APPOINTMENT),
        authority=reference(decision),
        change_id=row.id,
    )
    db.session.add(term)
    db.session.flush()  # the promise asked for with it needs its id
    conduct.ask(term, [person.id])
    seat.vacancy_note = ""
    record(
        events.TermGranted(
            act=by_rule(how.network),
            term=term,
            seat=seat,
            place=seat.name,
            holder=person.name,
            person=person,
            start=given.start,
            last_day=given.end - DAY,
            came_by=term.came_by.value,
            decision=reference(decision),
            number=decision.number,
            change=row,
        )
    )


# --- the end of a term


def _ending(wanted: OfficeInput, how: Deciding) -> tuple[Term, date]:
    """The term, locked, and before which day it is to end. RuleBroken when it is over or another's."""
    term = db.session.get(Term, wanted.held_id, with_for_update=True, populate_existing=True)
    same = term is not None and (term.person_id, term.seat_id) == (wanted.person_id, wanted.seat_id)
    if term is None or not same or term.network_id != how.network.id:
        raise RuleBroken(_("There is no such term."))
    stage = rules.stage(term.start, term.end, how.on)
    if stage is OfficeStage.OVER:
        raise RuleBroken(_("That term is already over."))
    if stage is OfficeStage.TO_COME:
        return term, term.start
    end = wanted.end or how.on + DAY
    if term.end <= how.on + DAY and wanted.end is None:
        raise RuleBroken(_("That term ends on that day anyway."))
    rules.check_last_day(max(end - DAY, how.on), end=term.end, today=how.on)
    return term, max(end, how.on + DAY)


def _check_end(wanted: OfficeInput, how: Deciding) -> None:
    _ending(wanted, how)


def _end(wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
    term, end = _ending(wanted, how)
    seat = db.session.get_one(Seat, term.seat_id)
    term.given_until = term.given_until or term.end
    term.end, term.ended_why = end, TermEnd.REMOVED
    term.end_authority, term.end_change_id = reference(decision), row.id
    db.session.flush()  # a place that is given by the same decision finds it ended
    record(
        events.TermCutShort(
            act=by_rule(how.network),
            term=term,
            seat=seat,
            place=seat.name,
            holder=db.session.get_one(Person, term.person_id).name,
            last_day=term.end - DAY,
            why=_("by decision %(number)s", number=decision.number),
            decision=reference(decision),
            change=row,
        )
    )


# --- one more place


def _new_place(wanted: OfficeInput, how: Deciding) -> tuple[Body | None, int]:
    """The committee, locked, and the new place's position. RuleBroken where the rules have no room for it."""
    query = select(Body).where(Body.network_id == how.network.id, Body.kind == BodyKind.COMMITTEE)
    body = db.session.scalar(query.with_for_update())
    counts, last = queries.numbers(body.id if body else 0)
    most = how.charter[p.SEATS]
    if counts.total() >= most:
        raise RuleBroken(
            ngettext(
                "Our rules give the committee %(num)s place, and it already has it. A decision can change "
                "that rule.",
                "Our rules give the committee %(num)s places, and it already has them. A decision can "
                "change that rule.",
                most,
            )
        )
    committee_rules.check_place(
        wanted.constituency or Constituency.ANY.value, counts, how.charter, how.matter
    )
    return body, last + 1


def _check_new_place(wanted: OfficeInput, how: Deciding) -> None:
    if not wanted.place.strip():
        raise RuleBroken(_("Enter a name for the place"), field="name")
    _new_place(wanted, how)


def _add_place(wanted: OfficeInput, row: OfficeChange, decision: Decision, how: Deciding) -> None:
    body, position = _new_place(wanted, how)
    if body is None:
        body = Body(network_id=how.network.id, name=_("Committee"), kind=BodyKind.COMMITTEE)
        db.session.add(body)
        db.session.flush()  # the place needs its id
    kind = Constituency(wanted.constituency or Constituency.ANY)
    seat = Seat(body_id=body.id, name=wanted.place, constituency=kind, position=position)
    db.session.add(seat)
    db.session.flush()  # the entry names it by its key
    record(
        events.PlaceAdded(
            act=by_rule(how.network),
            seat=seat,
            place=seat.name,
            decision=reference(decision),
            number=decision.number,
            change=row,
        )
    )


def bind() -> None:
    """Say what decisions about places do."""
    effect_is(OfficeKind.PLACE, _check_place, _give)
    effect_is(OfficeKind.END_TERM, _check_end, _end)
    effect_is(OfficeKind.NEW_PLACE, _check_new_place, _add_place)
    effect_is(OfficeKind.FIRST, first_people.check, first_people.apply)
