"""Signing in by a mailed link, by six digits or by a password; and signing out."""

from __future__ import annotations

import secrets
from contextlib import suppress
from math import ceil

from flask import flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from govnet.accounts import actions
from govnet.accounts.blueprint import bp, next_path, stand_where
from govnet.accounts.forms import CodeForm, PasswordForm, SignInForm
from govnet.extensions import limiter
from govnet.kernel import clock
from govnet.kernel.client_address import asker
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import transaction
from govnet.people import persons
from govnet.permissions import Can, allows
from govnet.sign_in import known_browsers, limits, links, passwords, queries, sessions
from govnet.sign_in.rules import LinkState
from govnet.web.forms import Form
from govnet.web.pages import page, see

blueprints = (bp,)


def _agent() -> str:
    return request.headers.get("User-Agent", "")


def browser() -> str:
    """The mark that tells this browser from others that open a link: made when it asks, kept in its cookie."""
    return str(session.get("browser", ""))


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(limits.BY_ASKER, exempt_when=limits.is_known, methods=["POST"])
@allows(Can.READ)
def sign_in() -> Response:
    """Mail a link to the typed address. The answer is the same whether or not anybody has it."""
    form = SignInForm(made=0)
    if form.validate_on_submit():
        return _mail_a_link(form.email.data or "", next_path())
    if not form.is_submitted() and current_user.is_authenticated:
        form.email.data = persons.main_address(current_user.person_id)
    status = 422 if form.is_submitted() else 200
    return page("accounts/sign_in.html", status, form=form, next_path=next_path())


def _mail_a_link(address: str, path: str) -> Response:
    """Say that it was mailed; or, after too many, that the newest one works here until another may be mailed."""
    session["asked_for"], session["next"] = address, path
    session.setdefault("browser", secrets.token_urlsafe(24))
    with transaction():
        until = links.ask(address, browser=browser(), next_path=path, network=g.get("network"))
    if until is None:
        session.pop("no_other_until", None)
        return see(".sent")
    session["no_other_until"] = int(until.timestamp())
    response = _sent_page(CodeForm(made=0), 429)
    response.headers["Retry-After"] = str(ceil((until - clock.now()).total_seconds()))
    return response


@bp.get("/sign-in/sent")
@allows(Can.READ)
def sent() -> Response:
    """Say what to do now, with the field for the six digits of another browser."""
    if not session.get("asked_for"):
        return see(".sign_in")
    form = CodeForm(made=0)
    return _sent_page(form)


def _sent_page(form: CodeForm, status: int = 200) -> Response:
    seconds = int(session.get("no_other_until", 0)) - clock.now().timestamp()
    return page(
        "accounts/sent.html",
        status,
        form=form,
        address=str(session.get("asked_for", "")),
        awaited=links.code_is_awaited(browser()),
        minutes=max(0, ceil(seconds / 60)),
    )


@bp.post("/sign-in/code")
@limiter.limit(limits.BY_ASKER, exempt_when=limits.is_known)
@allows(Can.READ)
def code() -> Response:
    """The six digits: right, and one is in; five times wrong, and they are worth nothing."""
    form = CodeForm(made=0)
    if not form.validate_on_submit():
        return _sent_page(form, 422)
    with transaction():
        entered, left = links.use_code(form.code.data or "", browser=browser(), agent=_agent())
        _leave_old_session(entered)
    if entered is not None:
        return _come_in(entered)
    form.code.errors = [_wrong_code(left)]
    return _sent_page(form, 422)


def _wrong_code(left: int) -> str:
    if left == 0:
        return str(_("That code is wrong or too old. Ask for a new mail below."))
    return str(
        ngettext(
            "That code is wrong. You have one attempt left.",
            "That code is wrong. You have %(num)s attempts left.",
            left,
        )
    )


def _leave_old_session(entered: links.Entered | None) -> None:
    """A browser that was signed in before is signed in once only."""
    if entered is not None and current_user.is_authenticated:
        sessions.end_session(current_user.session_id)


def _come_in(entered: links.Entered) -> Response:
    sessions.keep(entered.token)
    known_browsers.remember(entered.person_id)
    return redirect(entered.next_path or url_for("accounts.me"), 303)


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@limiter.limit(limits.BY_ASKER, exempt_when=limits.has_link, methods=["POST"])
@allows(Can.READ)
def link(token: str) -> Response:
    """Where the mail leads: the button signs in, once. Nothing happens before it; other browsers get the six digits."""
    if request.method == "POST":
        with transaction():
            entered = links.use(token, browser=browser(), agent=_agent())
            _leave_old_session(entered)
        if entered is not None:
            return _come_in(entered)
    opened = links.opened(token, browser=browser())
    if opened is None:
        return page("accounts/link_unknown.html", 404)
    stand_where(opened.next_path)
    status = 200 if opened.state is LinkState.LIVE else 410
    here = current_user.is_authenticated and current_user.person_id == opened.person_id
    return page("accounts/link.html", status, opened=opened, token=token, form=Form(made=0), already=here)


@bp.post("/sign-in/link/<token>/again")
@limiter.limit(limits.BY_ASKER, exempt_when=limits.has_link)
@allows(Can.READ)
def again(token: str) -> Response:
    """A new link to the same address, for this browser."""
    row = queries.link_by_token(token)
    address = persons.main_address(row.person_id) if row is not None and row.person_id else ""
    if row is None or not address:
        return see(".sign_in")
    return _mail_a_link(address, row.next_path)


@bp.route("/sign-in/password", methods=["GET", "POST"])
@limiter.limit("10 per 15 minutes", key_func=limits.tried, deduct_when=limits.was_wrong, methods=["POST"])
@limiter.limit("100 per 15 minutes", exempt_when=limits.is_known, methods=["POST"])
@allows(Can.READ)
def password() -> Response:
    """Sign in with a password; a mistake is never explained further."""
    form = PasswordForm(made=0)
    if form.validate_on_submit():
        typed = form.password.data or ""
        try:
            found = actions.person_with_password(form.email.data or "", typed, _password_asker())
        except Busy:
            return _no_room(form)
        if found is not None:
            return _come_in(_enter(found, typed))
        form.password.errors = [_("The address or the password is not right.")]
    status = 422 if form.is_submitted() else 200
    return page("accounts/password.html", status, form=form, next_path=next_path())


def _password_asker() -> passwords.Asker:
    """A known browser waits by itself, however many others ask from the same address."""
    known = limits.is_known()
    return passwords.Asker(limits.tried() if known else asker(), known)


def _no_room(form: PasswordForm) -> Response:
    """Too many passwords are being checked: the mailed link needs none."""
    form.password.errors = [
        _(
            "Too many people are signing in just now, and this password was not checked. Try again in a "
            "minute."
        )
    ]
    ask_form = SignInForm(made=0)
    ask_form.email.data = form.email.data
    response = page("accounts/password.html", 503, form=form, ask=ask_form, next_path=next_path())
    response.headers["Retry-After"] = "60"
    return response


def _enter(person_id: int, typed: str) -> links.Entered:
    renewed = None
    with suppress(Busy):  # there will be another time
        renewed = passwords.renewed(queries.password_of(person_id), typed, _password_asker())
    with transaction():
        entered = links.Entered(links.enter(person_id, _agent()), person_id, next_path())
        _leave_old_session(entered)
        if renewed:
            actions.keep_renewed(person_id, renewed)
    return entered


@bp.route("/sign-out", methods=["GET", "POST"])
@allows(Can.READ)
def sign_out() -> Response:
    """End this browser's session, by the button: a link alone signs nobody out."""
    if request.method != "POST":
        return page("accounts/sign_out.html", form=Form(made=0))
    if current_user.is_authenticated:
        with transaction():
            sessions.end_session(current_user.session_id)
    sessions.forget()
    flash(_("You are signed out."), "success")
    return see(".sign_in")
