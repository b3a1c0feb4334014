"""Where one is signed in, and the password."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from govnet.accounts import actions
from govnet.accounts.blueprint import bp, my_zone, recently
from govnet.accounts.forms import NewPasswordForm
from govnet.extensions import limiter
from govnet.kernel.actor import current_actor
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.people import persons
from govnet.permissions import Can, allows
from govnet.sign_in import queries, sessions
from govnet.web.pages import page, see


@bp.get("/me/security")
@allows(Can.OWN)
def security() -> Response:
    """Every browser in which this person is signed in, and whether there is a password."""
    person_id = current_actor().person_id or 0
    return page(
        "accounts/security.html",
        sessions=queries.open_sessions(person_id),
        here=current_user.session_id,
        has_password=queries.password_of(person_id) is not None,
        address=persons.main_address(person_id),
        zone=my_zone(),
    )


@bp.post("/me/security/sessions/<int:session_id>/end")
@allows(Can.OWN)
def end_session(session_id: int) -> Response:
    """Sign out one browser."""
    with transaction():
        actions.end_own_session(session_id, by=current_actor())
    if session_id == current_user.session_id:
        sessions.forget()
        return see(".sign_in")
    flash(_("That browser is signed out."), "success")
    return see(".security")


@bp.post("/me/security/sessions/end-all")
@allows(Can.OWN)
def end_all_sessions() -> Response:
    """Sign out everywhere, here too."""
    with transaction():
        actions.end_all_own_sessions(by=current_actor())
    sessions.forget()
    flash(_("You are signed out everywhere."), "success")
    return see(".sign_in")


@bp.get("/me/security/password")
@allows(Can.OWN)
@recently
def new_password() -> Response:
    """The page to set a password, or another one."""
    return _password_page(NewPasswordForm(made=0))


def _password_page(form: NewPasswordForm, status: int = 200) -> Response:
    person_id = current_actor().person_id or 0
    return page(
        "accounts/new_password.html",
        status,
        form=form,
        has_password=queries.password_of(person_id) is not None,
        address=persons.main_address(person_id),
    )


@bp.post("/me/security/password")
@limiter.limit("20 per hour", key_func=lambda: f"password {current_actor().person_id}")
@allows(Can.OWN)
@recently
def set_password() -> Response:
    """Set it; every other browser is signed out."""
    form = NewPasswordForm(made=0)
    if form.validate_on_submit():
        with form.catching():
            try:
                hashed = actions.password_hash(form.password.data or "", by=current_actor())
            except Busy:
                form.password.errors = [
                    _(
                        "Too many passwords are being checked just now. Nothing was changed: try again in a minute."
                    )
                ]
                return _password_page(form, 503)
            with transaction():
                actions.set_password(hashed, by=current_actor(), keep_session=current_user.session_id)
            flash(_("Your password is set. Your other browsers are signed out."), "success")
            return see(".security")
    return _password_page(form, 422)


@bp.post("/me/security/password/remove")
@allows(Can.OWN)
@recently
def remove_password() -> Response:
    """Go back to mailed links alone."""
    with transaction():
        actions.set_password(None, by=current_actor(), keep_session=current_user.session_id)
    flash(_("Your password is gone. You sign in by a link in a mail."), "success")
    return see(".security")
