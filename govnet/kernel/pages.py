"""Pages: rendering, headers, caching for visitors, and one clear page for each thing that can go wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, Response, g, jsonify, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from govnet import __version__
from govnet.kernel.clock import today
from govnet.kernel.text import rendered
from govnet.permissions import current_actor

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'; frame-ancestors 'none'; manifest-src 'self'"
)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A rendered page."""
    return Response(render_template(template, **context), status, content_type="text/html; charset=utf-8")


def data_page(facts: Mapping[str, Any]) -> Response:
    """The same facts as data: the `.json` beside a public page."""
    return jsonify(facts)


def see(endpoint: str, **values: Any) -> Response:
    """After a form: go to a page (303)."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def instant(value: datetime, zone: str) -> Markup:
    """A moment for people: "Fri 15 May 2015, 18:00 BST", in a time element."""
    local = value.astimezone(ZoneInfo(zone))
    words = f"{weekday_date(local.date())}, {local:%H:%M} {local:%Z}"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="minutes"), words)


def moment(value: datetime, zone: str) -> Markup:
    """When something was: "yesterday, 18:00" near today, "Fri 15 May 2015" farther away; the exact instant in its title."""
    local, near = value.astimezone(ZoneInfo(zone)), near_day(value, zone)
    words = f"{near}, {local:%H:%M}" if near else weekday_date(local.date())
    exact = instant_text(value, zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        value.isoformat(timespec="minutes"), exact, words
    )


def deadline(value: datetime, zone: str) -> Markup:
    """Until when: the exact instant, after "today" or "tomorrow" where it is near."""
    near = near_day(value, zone)
    return Markup("{}, {}").format(near, instant(value, zone)) if near else instant(value, zone)


def near_day(value: datetime, zone: str) -> str:
    """ "yesterday", "today" or "tomorrow" by the clock of the zone; empty for any other day."""
    away = (value.astimezone(ZoneInfo(zone)).date() - today(zone)).days
    return str({-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get(away, ""))


def instant_text(value: datetime, zone: str) -> str:
    """The same words without markup: for mail subjects and data."""
    return str(instant(value, zone).striptags())


def weekday_date(value: date) -> str:
    """ "Fri 15 May 2015" in the reader's language."""
    return format_date(value, "EEE d MMM y", locale=get_locale() or "en").replace(",", "")


def day(value: date) -> Markup:
    """A day for people, in a time element."""
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), weekday_date(value))


@lru_cache
def _static_digest(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookies. A response that sets one, or that knew one, is nobody else's, whatever it said before."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """The last thing that happens to a response."""
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers or (session and request.endpoint != "static"):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers.pop("ETag", None)


def bind(app: Flask, *, head: Callable[[int], object]) -> None:
    """Give the app its headers, template names and caching."""
    app.session_interface = PageSessions()

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=_static_digest(str(app.static_folder), name))

    app.jinja_env.globals.update(static_url=static_url, demo_mode=app.config["DEMO"], version=__version__)
    app.jinja_env.filters.update(
        instant=instant,
        moment=moment,
        deadline=deadline,
        instant_text=instant_text,
        day=day,
        day_text=weekday_date,
        isoformat=lambda v: v.isoformat(),
        markdown=lambda source: Markup(rendered(source)),  # noqa: S704  # cleaned by rendered
    )
    app.before_request(lambda: _not_modified(head))
    app.after_request(_headers)


def _is_visitor() -> bool:
    return not current_actor().signed_in


def visitor_etag(head: Callable[[int], object]) -> str | None:
    """What a visitor's page depends on: the record's head, the release, the language, and today's date.

    None where it may depend on more: for whoever is signed in, or keeps anything in a session.
    """
    network = g.get("network")
    if network is None or request.method not in ("GET", "HEAD") or not _is_visitor():
        return None
    if session or session.modified:
        return None
    parts = (
        network.id,
        head(network.id),
        __version__,
        get_locale(),
        today(network.zone),
        request.full_path,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def _not_modified(head: Callable[[int], object]) -> Response | None:
    g.etag = visitor_etag(head)
    if g.etag and request.if_none_match.contains_weak(g.etag):
        response = Response(status=304)
        response.set_etag(g.etag, weak=True)
        return response
    return None


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
    return _caching(response)


def _caching(response: Response) -> Response:
    etag = g.get("etag")
    if etag and response.status_code in (200, 304) and not g.get("private"):
        response.set_etag(etag, weak=True)
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        response.vary.update(("Cookie", "Accept-Language"))
    else:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def never_cached() -> None:
    """Say that this response is nobody else's, though its reader is a visitor."""
    g.private = True


def error_page(template: str, status: int, **context: Any) -> Response:
    """An error's page, or its words as JSON where data was asked for."""
    if request.path.endswith(".json"):
        response = jsonify(error=str(context.get("message", _("Something went wrong."))))
        response.status_code = status
        return response
    return page(template, status, **context)
