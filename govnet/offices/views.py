"""The committee and its places: for everybody to read, and for officers to write down what decisions gave."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.charter.turns import turn_after
from govnet.kernel.actor import Door
from govnet.kernel.clock import today
from govnet.kernel.forms import Form, once
from govnet.kernel.pages import data_page, page, see
from govnet.kernel.transaction import transaction
from govnet.offices import actions, basis, naming, places, promising, rules, shown
from govnet.offices.actions import Seating
from govnet.offices.forms import EndingForm, LastDayForm, PlaceForm, SeatingForm, VacancyForm
from govnet.offices.models import CameBy, Constituency, Seat, Term
from govnet.offices.places import Committee
from govnet.permissions import Can, allows, current_actor

bp = Blueprint("offices", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/committee")
@allows(Can.READ)
def committee(network: Network) -> Response:
    """Places, who holds them since when, until when and by which decision; empty ones in words."""
    charter, found = rules_in_force(network.id), places.committee(network)
    return page(
        "offices/committee.html",
        committee=found,
        most=charter[parameters.SEATS],
        said=shown.rules_of_places(charter),
        turns=shown.turns_of(found, charter, today(network.zone)),
        unfit=shown.unfit_of(found, charter),
        lacking=shown.lacking(found, charter),
        fill_by=shown.fill_by(found, charter),
        day=today(network.zone),
        unpromised={each.term_id for each in promising.missing(network.id)},
    )


@bp.get("/<network:network>/committee.json")
@allows(Can.READ)
def committee_data(network: Network) -> Response:
    """The same as data."""
    return data_page(shown.committee_facts(places.committee(network)))


@bp.get("/<network:network>/committee/record")
@allows(Can.RECORD_OFFICE)
def record(network: Network) -> Response:
    """The form that says who takes a place by which decision."""
    found = places.committee(network)
    form = _seating_form(network, found)
    day, charter = today(network.zone), rules_in_force(network.id)
    seat = next((each.seat for each in found.places if each.seat.id == form.seat.data), None)
    turn = turn_after(seat.position, day, charter) if seat else None
    full = rules.months_after(day, charter[parameters.TERM_MONTHS])
    form.first_day.data, form.last_day.data = day, (turn or full) - rules.DAY
    return _record_page(network, found, form)


def _seating_form(network: Network, found: Committee) -> SeatingForm:
    form = SeatingForm(about=network)
    form.seat.choices = [SelectChoice(p.seat.id, shown.place_words(p)) for p in found.places]
    empty = [p.seat.id for p in found.places if p.now is None]
    if empty and not form.is_submitted():
        form.seat.data = empty[0]
    return form


def _record_page(network: Network, found: Committee, form: SeatingForm, status: int = 200) -> Response:
    recent, charter = basis.recent(network.id, rules.PLACE_MATTERS), rules_in_force(network.id)
    said, turns = shown.rules_of_places(charter), shown.turns_of(found, charter, today(network.zone))
    return page(
        "offices/record.html",
        status,
        form=form,
        recent=recent,
        said=said,
        turns=[(each.seat.name, turns[each.seat.id]) for each in found.places if turns],
    )


@bp.post("/<network:network>/committee/record")
@allows(Can.RECORD_OFFICE)
def give(network: Network) -> AnyResponse:
    """Write it down."""
    form = _seating_form(network, places.committee(network))
    if form.validate_on_submit():
        with form.catching():
            seating = _seating(network, form)
            seat = shown.seat_of(network, form.seat.data)
            return once(
                form,
                lambda: actions.give_seat(seat, seating, by=current_actor(), via=Door.WEB),
                lambda term: url_for(".committee", _anchor=f"place-{term.seat_id}"),
                done=_("It is written down, and the network is told."),
            )
    return _record_page(network, places.committee(network), form, 422)


def _seating(network: Network, form: SeatingForm) -> Seating:
    return Seating(
        person_id=naming.person_called(network, form.person.data or "", field="person"),
        first_day=form.first_day.data or date.min,
        last_day=form.last_day.data or date.min,
        came_by=CameBy(form.came_by.data),
        decision=form.decision.data or "",
    )


@bp.route("/<network:network>/committee/places/new", methods=["GET", "POST"])
@allows(Can.RECORD_OFFICE)
def add_place(network: Network) -> AnyResponse:
    """One more place, by a decision."""
    form = PlaceForm(about=network)
    body = places.committee(network).body
    if body is None:
        abort(404)
    if form.validate_on_submit():
        with form.catching():
            return once(
                form,
                lambda: actions.add_place(
                    body, form.name.data or "", Constituency(form.constituency.data), decision=form.decision.data or "",
                    by=current_actor(), via=Door.WEB,
                ),
                lambda seat: url_for(".committee", _anchor=f"place-{seat.id}"),
                done=_("The committee has one more place."),
            )  # fmt: skip
    recent = basis.recent(network.id, rules.SIZE_MATTERS)
    said = shown.rules_of_places(rules_in_force(network.id))[:4]
    return page("offices/place.html", 422 if form.errors else 200, form=form, recent=recent, said=said)


@bp.route("/<network:network>/committee/places/<int:seat_id>", methods=["GET", "POST"])
@allows(Can.RECORD_OFFICE, seat=Seat)
def vacancy(network: Network, seat: Seat) -> Any:
    """What happens next with an empty place, in words."""
    form = VacancyForm(about=seat, note=seat.vacancy_note)
    if form.validate_on_submit():
        with form.catching():
            with transaction():
                actions.note_vacancy(seat, form.note.data or "", by=current_actor(), via=Door.WEB)
            return see(".committee")
    return page("offices/vacancy.html", 422 if form.errors else 200, form=form, seat=seat)


@bp.route("/<network:network>/committee/terms/<int:term_id>/leave", methods=["GET", "POST"])
@allows(Can.LEAVE_OFFICE, term=Term)
def leave(network: Network, term: Term) -> Any:
    """Give one's place up."""
    form = LastDayForm(about=term, last_day=today(network.zone))
    if form.validate_on_submit():
        with form.catching():
            with transaction():
                actions.leave_seat(term, form.day, by=current_actor(), via=Door.WEB)
            return see(".committee")
    return _ending_page(term, form, by_decision=False)


@bp.route("/<network:network>/committee/terms/<int:term_id>/end", methods=["GET", "POST"])
@allows(Can.RECORD_OFFICE, term=Term)
def end(network: Network, term: Term) -> Any:
    """A decision takes somebody's place away."""
    form = EndingForm(about=term, last_day=today(network.zone))
    if form.validate_on_submit():
        with form.catching():
            last, number = form.day, form.decision.data or ""
            with transaction():
                actions.remove_from_seat(term, last, decision=number, by=current_actor(), via=Door.WEB)
            return see(".committee")
    return _ending_page(term, form, by_decision=True)


def _ending_page(term: Term, form: Form, *, by_decision: bool) -> Response:
    whole = places.term_whole(term.id)
    return page(
        "offices/leave.html", 422 if form.errors else 200, form=form, term=whole, by_decision=by_decision
    )
