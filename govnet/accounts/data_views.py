"""What is kept about a person: to read, to change, to take away."""

from __future__ import annotations

import json

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from govnet.accounts import actions, export
from govnet.accounts.blueprint import bp, my_zone, recently
from govnet.accounts.forms import NameForm, NewAddressForm, PersonSettingsForm
from govnet.extensions import limiter
from govnet.kernel import clock
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.people import persons
from govnet.permissions import Can, allows
from govnet.sign_in import address_change, queries, sessions
from govnet.web import languages
from govnet.web.forms import Form
from govnet.web.pages import page, see


def _me() -> str:
    return f"person {current_actor().person_id}"


@bp.get("/me/data")
@allows(Can.OWN)
def data() -> Response:
    """Name, address, zone, and a copy of everything."""
    person_id = current_actor().person_id or 0
    change = queries.open_change(person_id)
    return page(
        "accounts/data.html",
        address=persons.main_address(person_id),
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
    text = json.dumps(export.everything(current_actor().person_id or 0), ensure_ascii=False, indent=2)
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="govnet-{clock.now():%Y-%m-%d}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/me/data/name", methods=["GET", "POST"])
@allows(Can.OWN)
def name() -> Response:
    """Go by another name."""
    form = NameForm(made=0)
    if not form.is_submitted():
        form.name.data = current_actor().name
    elif form.validate_on_submit():
        with form.catching():
            with transaction():
                actions.rename(form.name.data or "", by=current_actor(), via=Door.WEB)
            flash(_("Your name is changed."), "success")
            return see(".data")
    return page("accounts/name.html", 422 if form.is_submitted() else 200, form=form)


@bp.route("/me/data/settings", methods=["GET", "POST"])
@allows(Can.OWN)
def settings() -> Response:
    """The language of pages and mail, and the zone in which times are told."""
    now = {"zone": current_user.zone or "", "language": current_user.locale or languages.chosen()}
    form = PersonSettingsForm(made=0, languages=languages.choices(), data=now)
    if form.validate_on_submit():
        language = form.language.data if "language" in form else current_user.locale
        with transaction():
            actions.set_shown(form.zone.data or None, language, by=current_actor())
        flash(_("Pages are shown as you chose."), "success")
        return see(".data")
    return page("accounts/settings.html", 422 if form.is_submitted() else 200, form=form)


@bp.get("/me/data/address")
@allows(Can.OWN)
@recently
def address() -> Response:
    """The page that asks for the new address."""
    return page("accounts/address.html", form=NewAddressForm(made=0))


@bp.post("/me/data/address")
@limiter.limit("5 per hour", key_func=_me)
@allows(Can.OWN)
@recently
def change_address() -> Response:
    """Ask the new address."""
    form = NewAddressForm(made=0)
    if form.validate_on_submit():
        with form.catching():
            with transaction():
                address_change.ask(form.email.data or "", by=current_actor())
            flash(_("We have sent a mail to %(address)s. Press the button in it, and mail goes there.",
                    address=form.email.data), "success")  # fmt: skip
            return see(".data")
    return page("accounts/address.html", 422, form=form)


@bp.post("/me/data/address/cancel")
@allows(Can.OWN)
def cancel_address() -> Response:
    """Stay where one is."""
    with transaction():
        address_change.cancel(by=current_actor())
    flash(_("Your address stays as it is."), "success")
    return see(".data")


@bp.get("/me/address/<token>")
@allows(Can.READ)
def confirm_address(token: str) -> Response:
    """Where the mail to the new address leads; the button moves it."""
    change = queries.change_by_token(token)
    good = address_change.can_confirm(change)
    shown = change.address if change is not None and good else ""
    return page(
        "accounts/confirm_address.html",
        200 if good else 410,
        form=Form(made=0),
        address=shown,
        action=url_for(".move_address", token=token),
    )


@bp.post("/me/address/<token>")
@limiter.limit("30 per hour")
@allows(Can.READ)
def move_address(token: str) -> Response:
    """The new address says yes."""
    with transaction():
        moved = address_change.confirm(token)
    if not moved:
        return confirm_address(token=token)
    flash(_("Your address is changed. We have told the old one."), "success")
    return see(".data" if current_user.is_authenticated else ".sign_in")


@bp.get("/me/address-undo/<token>")
@allows(Can.READ)
def undo_address(token: str) -> Response:
    """Where the mail to the old address leads; the button puts everything back."""
    change = queries.change_by_undo(token)
    good = address_change.can_undo(change)
    shown = change.old_address if change is not None and good else ""
    return page(
        "accounts/undo_address.html",
        200 if good else 410,
        form=Form(made=0),
        address=shown,
        action=url_for(".put_back_address", token=token),
    )


@bp.post("/me/address-undo/<token>")
@limiter.limit("30 per hour")
@allows(Can.READ)
def put_back_address(token: str) -> Response:
    """The old address says no: it is back, and every browser is signed out."""
    with transaction():
        back = address_change.undo(token)
    if not back:
        return undo_address(token=token)
    sessions.forget()
    flash(_("Your old address is back, and every browser is signed out. Sign in below."), "success")
    return see(".sign_in")
