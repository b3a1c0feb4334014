"""Starting a network again in which nobody is left: the operator's page, once and in public."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from govnet.charter.models import Network
from govnet.committee import first_people, queries
from govnet.committee.first_people import MOST
from govnet.committee.forms import FirstPeopleForm
from govnet.kernel.actor import Door, current_actor
from govnet.permissions import Can, allows
from govnet.web.form_view import form_view
from govnet.web.pages import page

bp = Blueprint("first_people", __name__)
blueprints = (bp,)


@bp.route("/<network:network>/committee/start-again", methods=["GET", "POST"])
@allows(Can.START_AGAIN)
def start_again(network: Network) -> Response:
    """Name the first people, where nobody else can."""
    form = FirstPeopleForm(about=network)

    def do() -> None:
        people, last_day = form.people(_places(network)), form.last_day.data or date.min
        first_people.name_them(
            network, people, last_day, form.why.data or "", by=current_actor(), via=Door.WEB
        )

    def show(status: int) -> Response:
        found = [(form[f"name_{n}"], form[f"email_{n}"]) for n in range(1, MOST + 1)]
        may = first_people.may_be_named_by_the_operator(network)
        return page("committee/start_again.html", status, form=form, people=found, may=may)

    if not first_people.may_be_named_by_the_operator(network):
        return show(200)
    return form_view(
        form,
        do,
        url_for("committee.committee"),
        show,
        done=_("They are named in public, and have been sent a mail."),
        makes=True,
    )


def _places(network: Network) -> list[str]:
    """The names of the places that they take: the empty ones that are there, then new ones."""
    there = [each.seat.name for each in queries.committee(network).places][:MOST]
    return [*there, *(_("Place %(number)s", number=n) for n in range(len(there) + 1, MOST + 1))]
