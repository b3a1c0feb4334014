"""Where one is signed in, and the password."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from govnet.accounts import actions
from govnet.accounts.blueprint import bp, my_id, my_zone, recently
from govnet.accounts.forms import NewPasswordForm
from govnet.extensions import limiter
from govnet.kernel.actor import current_actor
from govnet.kernel.errors import Busy
from govnet.people import persons
from govnet.permissions import Can, allows
from govnet.sign_in import queries, sessions
from govnet.web.form_view import press
from govnet.web.pages import page


@bp.get("/me/security")
@allows(Can.OWN)
def security() -> Response:
    """Every browser in which this person is signed in, and whether there is a password."""
    return page(
        "accounts/security.html",
        sessions=queries.open_sessions(my_id()),
        here=current_user.session_id,
        has_password=queries.password_of(my_id()) is not None,
        address=persons.main_address(my_id()),
        zone=my_zone(),
    )


@bp.post("/me/security/sessions/<int:session_id>/end")
@allows(Can.OWN)
def end_session(session_id: int) -> Response:
    """Sign out one browser, this one too."""
    here = session_id == current_user.session_id
    answer = press(
        lambda: actions.end_own_session(session_id, by=current_actor()),
        url_for(".sign_in" if here else ".security"),
        done="" if here else _("That browser is signed out."),
    )
    if here:
        sessions.forget()
    return answer


@bp.post("/me/security/sessions/end-all")
@allows(Can.OWN)
def end_all_sessions() -> Response:
    """Sign out everywhere, here too."""
    answer = press(lambda: actions.end_all_own_sessions(by=current_actor()), url_for(".sign_in"))
    sessions.forget()
    flash(_("You are signed out everywhere."), "success")
    return answer


@bp.route("/me/security/password", methods=["GET", "POST"])
@limiter.limit("20 per hour", key_func=lambda: f"password {my_id()}", methods=["POST"])
@allows(Can.OWN)
@recently
def new_password() -> Response:
    """Set a password, or another one; every other browser is signed out."""
    form = NewPasswordForm(made=0)
    if form.validate_on_submit():
        with form.catching():
            try:
                hashed = actions.password_hash(form.password.data or "", by=current_actor())
            except Busy:
                form.password.errors = [
                    _(
                        "Too many passwords are being checked just now. Nothing was changed: try again in "
                        "a minute."
                    )
                ]
                return _password_page(form, 503)
            return _keep_password(hashed, _("Your password is set. Your other browsers are signed out."))
    return _password_page(form, 422 if form.is_submitted() else 200)


def _password_page(form: NewPasswordForm, status: int) -> Response:
    return page(
        "accounts/new_password.html",
        status,
        form=form,
        has_password=queries.password_of(my_id()) is not None,
        address=persons.main_address(my_id()),
    )


def _keep_password(hashed: str | None, done: str) -> Response:
    return press(
        lambda: actions.set_password(hashed, by=current_actor(), keep_session=current_user.session_id),
        url_for(".security"),
        done=done,
    )


@bp.post("/me/security/password/remove")
@allows(Can.OWN)
@recently
def remove_password() -> Response:
    """Go back to mailed links alone."""
    return _keep_password(None, _("Your password is removed. You sign in with a link in a mail."))
