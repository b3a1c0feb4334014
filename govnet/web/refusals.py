"""One clear page for each thing that can go wrong; what somebody typed is always on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from govnet.extensions import db
from govnet.kernel.actor import current_actor
from govnet.kernel.errors import Busy, GovnetError, NotAllowed, Stale
from govnet.kernel.outage import DAMAGED, UNREACHABLE, Unavailable, outage_of
from govnet.kernel.per_app import PerApp
from govnet.kernel.transaction import perhaps_saved
from govnet.kernel.translation import say
from govnet.kernel.url_converters import HEALTH
from govnet.web.origins import WriteOrigin, sender_of
from govnet.web.pages import error_page

log = structlog.get_logger()
Holders = Callable[[Any, tuple[str, ...]], Sequence[str]]
_HIDDEN = {"csrf_token", "form_key"}
_SIGN_OUT: PerApp[dict[str, str]] = PerApp("sign_out", dict)


def bind(app: Flask, holders: Holders) -> None:
    """Give the app its handlers; `holders(network, roles)` names people who hold the refused right."""

    def not_allowed(error: NotAllowed) -> Any:
        if (done := _done_before()) is not None:
            return done
        if sign_in_would_help(error) and not request.path.endswith(".json"):
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
        if not current_actor().signed_in and request.method == "POST":
            return _signed_out(error)
        network = g.get("network")
        names = list(holders(network, error.roles)) if network is not None else []
        return error_page("errors/403.html", 403, message=error.message, holders=names, typed=typed())

    handlers: dict[type[Exception], Callable[[Any], Any]] = {
        NotAllowed: not_allowed,
        Stale: _stale,
        GovnetError: _refused,
        CSRFError: _expired,
        RateLimitExceeded: _too_many,
        HTTPException: _http,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        app.register_error_handler(kind, _even_without_database(handler))


def _even_without_database(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The handler; if its own page cannot be made because the database is in trouble, the page about that."""

    def handle(error: Exception) -> Any:
        try:
            return handler(error)
        except Exception as worse:
            if (outage := outage_of(worse)) is None:
                raise
            return _later(Unavailable(outage))

    return handle


def typed() -> list[tuple[str, str]]:
    """The text fields that came with the request, so that the page can give them back."""
    if request.method != "POST":
        return []
    try:
        fields = request.form.items(multi=True)
        return [
            (name, value)
            for name, value in fields
            if name not in _HIDDEN and "password" not in name and value
        ]
    except HTTPException:
        return []  # the body itself was refused


def _stale(error: Stale) -> Response:
    return error_page("errors/409.html", 409, message=error.message, newer=error.newer, yours=error.yours)


def _refused(error: GovnetError) -> Response:
    if error.status == 404:
        return error_page("errors/404.html", 404, message=error.message)
    if isinstance(error, Busy):
        return _later(error)
    return error_page("errors/refused.html", error.status, message=say(error.message), typed=typed())


def _later(error: Busy) -> Response:
    """Not now: the reason, the typed text, and when to try again; on a page of its own if no other can be made."""
    outage = error.outage if isinstance(error, Unavailable) else None
    log.warning("not just now", outage=outage.name if outage else "busy", route=_route())
    if outage and request.path == HEALTH:
        return _with_hint(Response(f"{outage.name}\n", 503, mimetype="text/plain"), error)
    context = {
        "again": error.again,
        "typed": typed(),
        "sent": request.method == "POST",
        "perhaps": perhaps_saved(),
    }
    with suppress(Exception):  # such as that the database cannot be read
        db.session.rollback()
        if outage is not UNREACHABLE and outage is not DAMAGED:
            page = error_page("errors/busy.html", 503, message=say(error.message), **context)
            return _with_hint(page, error)
    g.pop("network", None)  # a row that would be read again
    language = str(current_app.config["BABEL_DEFAULT_LOCALE"])  # the reader's own stands in the database
    with force_locale(language):
        context["message"] = say(error.message)
        if request.path.endswith(".json"):
            return _with_hint(error_page("", 503, **context), error)
        bare = current_app.jinja_env.get_template("errors/unavailable.html").render(
            language=language, **context
        )
    return _with_hint(Response(bare, 503, content_type="text/html; charset=utf-8"), error)


def _route() -> str:
    """The address as it was declared: the one that was asked for may hold a token."""
    return request.url_rule.rule if request.url_rule else "?"


def _with_hint(response: Response, error: Busy) -> Response:
    response.headers["Retry-After"] = str(error.again)
    return response


def signs_out(endpoint: str, told_on: str) -> None:
    """The form signs its sender out: sent again, it leads to the page `told_on` instead of a refusal.

    That page gets `again` and must be true for anybody: its sender may only have been signed out meanwhile.
    """
    _SIGN_OUT()[endpoint] = told_on


def _done_before() -> Any:
    where = _SIGN_OUT().get(request.endpoint or "") if request.method == "POST" else None
    return redirect(url_for(where, again=1), 303) if where and not current_actor().signed_in else None


def _expired(error: CSRFError) -> Any:
    """The form is older than the present sign-in: give the text back, with a button that sends it again.

    If the browser does not say that the form was this site's own there is no button: a page elsewhere may have
    chosen its content.
    """
    ours = sender_of(request.environ) is WriteOrigin.HERE
    return _done_before() or _again(400, _("This form has expired. Nothing was sent."), ours=ours)


def _signed_out(error: NotAllowed) -> Response:
    """Her session ended while she wrote: how to sign in beside this page, and the button that sends it then."""
    return _again(403, _("You are not signed in. Nothing was sent."), needed=error.message)


def _again(status: int, message: str, needed: object = "", *, ours: bool = True) -> Response:
    """The values sent, to be sent again. The form's key goes along: pressed twice it still makes one thing."""
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]
    action = request.full_path.rstrip("?")
    return error_page(
        "errors/expired.html",
        status,
        message=message,
        needed=needed,
        fields=fields,
        action=action,
        ours=ours,
        files=[file.filename for file in request.files.values() if file.filename],
        typed=typed(),
    )


def _too_many(error: RateLimitExceeded) -> Response:
    minutes = max(1, round(error.limit.limit.get_expiry() / 60))
    again = ngettext("in a minute", "in %(num)s minutes at the latest", minutes)
    response = error_page("errors/429.html", 429, message=_("You tried that too often in too short a time."),
                          again=again, typed=typed())  # fmt: skip
    response.headers["Retry-After"] = str(60 * minutes)
    return response


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    known = {404: "errors/404.html", 405: "errors/405.html", 413: "errors/413.html"}
    template = known.get(error.code, "errors/refused.html")
    messages = {
        404: _("There is no such page."),
        405: _("This address only works when a form is sent."),
        413: _("That was too large: at most 1 MB can be sent."),
    }
    message = messages.get(error.code, _("The server could not read that. Please go back and try again."))
    response = error_page(template, error.code, message=message, typed=typed() if error.code != 413 else [])
    for name in ("Allow", "Retry-After"):
        if error.response is None and name == "Allow" and getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _unexpected(error: Exception) -> Response:
    """A fault of ours: logged with a number that the page shows; nothing half done stays."""
    if (outage := outage_of(error)) is not None:
        return _later(Unavailable(outage))
    number = uuid.uuid4().hex[:8]
    db.session.rollback()
    log.error("request failed", fault=number, route=_route(), actor=current_actor().person_id, exc_info=error)
    return error_page(
        "errors/500.html", 500, message=_("Something went wrong on our side."), number=number, typed=typed()
    )


def sign_in_would_help(error: NotAllowed) -> bool:
    """Whether a visitor who reads a page should be led to sign in rather than be refused."""
    return not current_actor().signed_in and request.method in ("GET", "HEAD")
