"""Writing places on the committee: nobody has one but by a decision, or as found."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.calendar import DAY
from govnet.kernel.clock import today
from govnet.offices import events, rules
from govnet.offices.models import Seat, Term, TermEnd
from govnet.offices.rules import OfficeStage
from govnet.people.models import Person
from govnet.permissions import Can, require
from govnet.record.actions import record


def leave_seat(term: Term, last_day: date, *, by: Actor, via: Door) -> None:
    """Give one's place up, after `last_day`; one that has not begun is given up at once."""
    seat, network = _seat_and_network(term)
    act = require(by, Can.LEAVE_OFFICE, term, via)
    if (term.ended_why, term.end) == (TermEnd.RESIGNED, last_day + DAY):
        return  # sent twice
    end = _earlier_end(term, last_day, network)
    term.end, term.ended_why = end, TermEnd.RESIGNED
    _record_cut_short(term, seat, act, _("resigned"))


def _seat_and_network(term: Term) -> tuple[Seat, Network]:
    db.session.refresh(term, with_for_update=True)
    seat = db.session.get_one(Seat, term.seat_id)
    return seat, db.session.get_one(Network, seat.network_id)


def _earlier_end(term: Term, last_day: date, network: Network) -> date:
    day = today(network.zone)
    to_come = rules.stage(term.start, term.end, day) is OfficeStage.TO_COME
    if not to_come:
        rules.check_last_day(last_day, end=term.end, today=day)
    term.given_until = term.given_until or term.end
    return term.start if to_come else last_day + DAY


def _record_cut_short(term: Term, seat: Seat, act: Act, why: str) -> None:
    holder = db.session.get_one(Person, term.person_id).name
    record(
        events.TermCutShort(
            act=act,
            term=term,
            seat=seat,
            place=seat.name,
            holder=holder,
            last_day=term.end - DAY,
            why=why,
            decision=term.end_authority,
        )
    )


def note_vacancy(seat: Seat, note: str, *, by: Actor, via: Door) -> None:
    """Write the plan for an empty place: "To be filled at the meeting in June"."""
    network = db.session.get_one(Network, seat.network_id)
    act = require(by, Can.NOTE_VACANCY, network, via)
    if note == seat.vacancy_note:
        return
    seat.vacancy_note = note
    record(events.VacancyNoted(act=act, seat=seat, place=seat.name, note=note))
