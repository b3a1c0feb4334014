"""The committee and its places: for everybody to read, and for officers to write down what decisions gave."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from govnet.charter import parameters
from govnet.charter.models import Network
from govnet.charter.queries import rules_in_force
from govnet.committee import actions, first_people, queries
from govnet.committee import page as committee_page
from govnet.committee.forms import VacancyForm
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.offices import conduct
from govnet.offices.fields import LastDayForm
from govnet.offices.models import Seat, Term
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import data_page, page, see

bp = Blueprint("committee", __name__)
blueprints = (bp,)


@bp.get("/<network:network>/committee")
@allows(Can.READ)
def committee(network: Network) -> Response:
    """The committee's page: places with their holders, days and decisions; empty ones with their plan."""
    charter, found = rules_in_force(network.id), queries.committee(network)
    return page(
        "committee/committee.html",
        committee=found,
        most=charter[parameters.SEATS],
        said=committee_page.rules_of_places(charter),
        turns=committee_page.turns_of(found, charter, today(network.zone)),
        unfit=committee_page.unfit_of(found, charter),
        lacking=committee_page.lacking(found, charter),
        fill_by=committee_page.fill_by(found, charter),
        day=today(network.zone),
        start=first_people.start(network) if found.empty == len(found.places) else None,
        unpromised={each.term_id for each in conduct.missing(network.id)},
    )


@bp.get("/<network:network>/committee.json")
@allows(Can.READ)
def committee_data(network: Network) -> Response:
    """The same as data."""
    return data_page(committee_page.committee_facts(queries.committee(network)))


@bp.get("/<network:network>/committee/record")
@allows(Can.READ)
def record(network: Network) -> Response:
    """Places are proposed and decided on today; the old address leads there."""
    return see("decisions.propose", matter="committee")


@bp.get("/<network:network>/committee/places/new")
@allows(Can.READ)
def add_place(network: Network) -> Response:
    """So is one more place."""
    return see("decisions.propose", matter="committee", office="new-1")


@bp.route("/<network:network>/committee/places/<int:seat_id>", methods=["GET", "POST"])
@allows(Can.NOTE_VACANCY, seat=Seat)
def vacancy(network: Network, seat: Seat) -> Response:
    """The next step for an empty place, as a sentence."""
    form = VacancyForm(about=seat, note=seat.vacancy_note)
    return form_view(
        form,
        lambda: actions.note_vacancy(seat, form.note.data or "", by=current_actor(), via=Door.WEB),
        url_for(".committee"),
        lambda status: page("committee/vacancy.html", status, form=form, seat=seat),
    )


@bp.route("/<network:network>/committee/terms/<int:term_id>/leave", methods=["GET", "POST"])
@allows(Can.LEAVE_OFFICE, term=Term)
def leave(network: Network, term: Term) -> Response:
    """Give one's place up."""
    form, key = LastDayForm(about=term, last_day=today(network.zone)), term.id
    return form_view(
        form,
        lambda: actions.leave_seat(term, form.day, by=current_actor(), via=Door.WEB),
        url_for(".committee"),
        lambda status: page("committee/leave.html", status, form=form, term=queries.term_whole(key)),
    )
