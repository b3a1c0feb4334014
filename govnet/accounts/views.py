"""Signing in and out, and the person's own page."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_login import current_user

from govnet.accounts import sessions
from govnet.accounts.forms import PasswordForm
from govnet.kernel.forms import Form
from govnet.kernel.pages import page, see
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows

bp = Blueprint("accounts", __name__)
blueprints = (bp,)


@bp.get("/sign-in")
@allows(Can.READ)
def sign_in() -> Response:
    """The page with both ways to sign in."""
    return page("accounts/sign_in.html", form=PasswordForm())


@bp.get("/sign-out")
@allows(Can.READ)
def sign_out_page() -> Response:
    """The page with the button: a link alone signs nobody out."""
    return page("accounts/sign_out.html", form=Form())


@bp.post("/sign-out")
@allows(Can.READ)
def sign_out() -> Response:
    """End this browser's session."""
    if current_user.is_authenticated:
        with transaction():
            sessions.end_session(current_user.session_id)
    sessions.forget()
    return see(".sign_in")


@bp.get("/me")
@allows(Can.OWN)
def me() -> Response:
    """What awaits the person."""
    return page("accounts/me.html")
