"""The data held about a person: to read, to change, to download."""

from __future__ import annotations

import json

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from govnet.accounts import actions, export
from govnet.accounts.blueprint import bp, my_id, my_zone, recently
from govnet.accounts.forms import NameForm, NewAddressForm, PersonSettingsForm
from govnet.extensions import limiter
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.people import persons
from govnet.permissions import Can, allows
from govnet.sign_in import address_change, queries, sessions
from govnet.web import languages
from govnet.web.form_view import form_view, press
from govnet.web.forms import Form
from govnet.web.pages import page, see


def _me() -> str:
    return f"person {my_id()}"


@bp.get("/me/data")
@allows(Can.OWN)
def data() -> Response:
    """Name, address, zone, and a copy of everything."""
    change = queries.open_change(my_id())
    return page(
        "accounts/data.html",
        address=persons.main_address(my_id()),
        waiting_address=change.address if change is not None and address_change.is_waiting(change) else "",
        zone=current_user.zone,
        shown_zone=my_zone(),
    )


@bp.get("/me/data/export")
@limiter.limit("6 per hour", key_func=_me)
@allows(Can.OWN)
@recently
def download() -> Response:
    """Everything that the program holds about this person, in one file."""
    text = json.dumps(export.everything(my_id()), ensure_ascii=False, indent=2)
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="govnet-{clock.now():%Y-%m-%d}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/me/data/name", methods=["GET", "POST"])
@allows(Can.OWN)
def name() -> Response:
    """Go by another name."""
    form = NameForm(made=0, data={"name": current_actor().name})
    return form_view(
        form,
        lambda: actions.rename(form.name.data or "", by=current_actor(), via=Door.WEB),
        url_for(".data"),
        lambda status: page("accounts/name.html", status, form=form),
        done=_("Your name is changed."),
    )


@bp.route("/me/data/settings", methods=["GET", "POST"])
@allows(Can.OWN)
def settings() -> Response:
    """The language of pages and mail, and the zone of times."""
    now = {"zone": current_user.zone or "", "language": current_user.locale or languages.chosen()}
    form = PersonSettingsForm(made=0, languages=languages.choices(), data=now)
    language = form.language.data if "language" in form else current_user.locale
    return form_view(
        form,
        lambda: actions.set_shown(form.zone.data or None, language, by=current_actor()),
        url_for(".data"),
        lambda status: page("accounts/settings.html", status, form=form),
        done=_("Pages are shown as you chose."),
    )


@bp.route("/me/data/address", methods=["GET", "POST"])
@limiter.limit("5 per hour", key_func=_me, methods=["POST"])
@allows(Can.OWN)
@recently
def address() -> Response:
    """Move to another address: the new one is asked by mail."""
    form = NewAddressForm(made=0)
    return form_view(
        form,
        lambda: address_change.ask(form.email.data or "", by=current_actor()),
        url_for(".data"),
        lambda status: page("accounts/address.html", status, form=form),
        done=lambda _asked: _(
            "We have sent a mail to %(address)s. Press the button in it to use this address.",
            address=form.email.data,
        ),
    )


@bp.post("/me/data/address/cancel")
@allows(Can.OWN)
def cancel_address() -> Response:
    """Stay where one is."""
    return press(
        lambda: address_change.cancel(by=current_actor()),
        url_for(".data"),
        done=_("Your address stays as it is."),
    )


@bp.route("/me/address/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@allows(Can.READ)
def confirm_address(token: str) -> Response:
    """Where the mail to the new address leads; the button moves it."""
    if request.method == "POST":
        with transaction():
            moved = address_change.confirm(token)
        if moved:
            flash(_("Your address is changed. We have sent a mail to the old one."), "success")
            return see(".data" if current_user.is_authenticated else ".sign_in")
    change = queries.change_by_token(token)
    good = address_change.can_confirm(change)
    shown = change.address if change is not None and good else ""
    return page(
        "accounts/confirm_address.html", 200 if good else 410, form=Form(made=0), address=shown, token=token
    )


@bp.route("/me/address-undo/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@allows(Can.READ)
def undo_address(token: str) -> Response:
    """Where the mail to the old address leads; the button puts it back, and every browser is signed out."""
    if request.method == "POST":
        with transaction():
            back = address_change.undo(token)
        if back:
            sessions.forget()
            flash(_("Your old address is back, and every browser is signed out. Sign in below."), "success")
            return see(".sign_in")
    change = queries.change_by_undo(token)
    good = address_change.can_undo(change)
    shown = change.old_address if change is not None and good else ""
    return page(
        "accounts/undo_address.html", 200 if good else 410, form=Form(made=0), address=shown, token=token
    )
