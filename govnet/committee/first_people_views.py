"""Starting a network again in which nobody is left: the operator's page, once and in public."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _

from govnet.charter.models import Network
from govnet.committee import first_people, queries
from govnet.committee.first_people import MOST
from govnet.committee.forms import FirstPeopleForm
from govnet.kernel.actor import Door, current_actor
from govnet.permissions import Can, allows
from govnet.web.forms import once
from govnet.web.pages import page

bp = Blueprint("first_people", __name__)
blueprints = (bp,)


@bp.route("/<network:network>/committee/start-again", methods=["GET", "POST"])
@allows(Can.START_AGAIN)
def start_again(network: Network) -> Any:
    """Name the first people, where nobody else can."""
    form = FirstPeopleForm(about=network)
    may = first_people.may_be_named_by_the_operator(network)
    if may and form.validate_on_submit():
        with form.catching():
            people = form.people(_places(network))
            return once(
                form,
                lambda: first_people.name_them(
                    network, people, form.last_day.data or date.min, form.why.data or "",
                    by=current_actor(), via=Door.WEB,
                ),
                lambda _made: url_for("committee.committee"),
                done=_("They are named, in public, and written to by mail."),
            )  # fmt: skip
    found = [(form[f"name_{n}"], form[f"email_{n}"]) for n in range(1, MOST + 1)]
    status = 422 if form.errors else 200
    return page("committee/start_again.html", status, form=form, people=found, may=may)


def _places(network: Network) -> list[str]:
    """The names of the places that they take: the empty ones that are there, then new ones."""
    there = [each.seat.name for each in queries.committee(network).places][:MOST]
    return [*there, *(_("Place %(number)s", number=n) for n in range(len(there) + 1, MOST + 1))]
