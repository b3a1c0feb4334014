"""The page "You", and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from govnet.accounts import actions, badge, erasure, news, tasks
from govnet.accounts.blueprint import bp, has_page, inside, my_id, my_places, my_zone, recently
from govnet.accounts.forms import EraseForm
from govnet.desk.blueprint import desk_in
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.clock import today
from govnet.kernel.numbers import whole_number
from govnet.permissions import Can, allows
from govnet.sign_in import sessions
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import page, see, weekday_date
from govnet.web.refusals import signs_out


def bind(app: Flask) -> None:
    """Shows how much waits, on every page; somebody who removed their name reads a confirmation."""
    badge.bind(app)
    signs_out("accounts.erase", told_on="accounts.removed")


def _desks() -> list[tuple[Any, int, Sequence[Any]]]:
    """Each desk that is hers, how much waits there, and the first of it."""
    found = []
    for network in badge.officer_in():
        with inside(network):
            desk = desk_in(network)
            found.append((network, len(desk), desk[:SHOWN]))
    return [each for each in found if each[1]]


SHOWN = 10
"""Things of a desk on the page You."""
NEW = timedelta(days=14)
"""How long the page You greets a new member."""


@bp.get("/me")
@allows(Can.OWN)
def me() -> Response:
    """The tasks, the news, and the memberships of a person."""
    things = tasks.tasks_of(my_id(), inside)
    desks = _desks()
    on_desks = sum(many for _network, many, _first in desks)
    if len(things) < tasks.MOST:
        badge.keep(len(things) + on_desks)
    return page(
        "accounts/me.html",
        things=things,
        desks=desks,
        waits=len(things) + on_desks,
        newcomer=[place for place in my_places() if place.member and _is_new(place.since)],
        windows=news.windows(my_id(), my_places(), inside),
        places=my_places(),
        zone=my_zone(),
        form=Form(made=0),
        since_words=_since_words,
        mail_url=_mail_url(),
        memberships=has_page("membership.own"),
    )


def _is_new(since: date | None) -> bool:
    return since is not None and today(my_zone()) - since < NEW


def _since_words(at: datetime) -> str:
    """ "Tuesday", or further back the whole day."""
    day = at.astimezone(ZoneInfo(my_zone())).date()
    if timedelta() <= today(my_zone()) - day < timedelta(days=7):
        return str(format_date(day, "EEEE", locale=get_locale() or "en"))
    return weekday_date(day)


def _mail_url() -> str:
    return url_for("accounts.volume") if has_page("accounts.volume") else ""


def _ways_to_leave() -> list[tuple[str, str]]:
    """For each network, its name and the page on which a membership ends."""
    return [
        (p.network.name, url_for("membership.leave", network=p.network, membership_id=p.membership_id))
        for p in my_places()
        if p.membership_id and has_page("membership.leave")
    ]


@bp.post("/me/read")
@allows(Can.OWN)
def read_all() -> Response:
    """Mark exactly what the page showed."""
    sent = (
        (whole_number(name.removeprefix("upto-")), whole_number(value))
        for name, value in request.form.items()
        if name.startswith("upto-")
    )
    upto = {key: number for key, number in sent if key is not None and number is not None}
    return press(
        lambda: actions.mark_read(upto, by=current_actor()),
        url_for(".me"),
        done=_("Everything is marked as read."),
    )


@bp.get("/me/leave")
@allows(Can.OWN)
def leave() -> Response:
    """Three ways to have less of it, each with what stays."""
    return page("accounts/leave.html", leave_urls=_ways_to_leave(), mail_url=_mail_url())


@bp.route("/me/remove-my-name", methods=["GET", "POST"])
@allows(Can.OWN)
@recently
def erase() -> Response:
    """Remove the name, for good: what goes, what stays, and the word to type."""
    form = EraseForm(made=0)
    answer = form_view(
        form,
        lambda: erasure.erase_oneself(form.word.data or "", by=current_actor(), via=Door.WEB),
        url_for(".removed"),
        lambda status: page("accounts/erase.html", status, form=form, places=my_places()),
    )
    if answer.status_code == 303:
        sessions.forget()
    return answer


@bp.get("/me/removed")
@allows(Can.READ)
def removed() -> Response:
    """Say goodbye; a second press of the button says that it was done."""
    if current_user.is_authenticated:
        return see(".me")
    return page("accounts/removed.html", again="again" in request.args)
