"""Pages: rendering, headers, caching for visitors, and one clear page for each thing that can go wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from govnet import __version__
from govnet.kernel.actor import current_actor
from govnet.kernel.clock import now, today
from govnet.kernel.numbers import whole_number
from govnet.kernel.per_app import PerApp
from govnet.kernel.text import rendered
from govnet.kernel.translation import language

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'; frame-ancestors 'none'; manifest-src 'self'"
)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_SAID = 48 * _HOUR


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A rendered page."""
    text = render_template(template, **context)
    for finish in _finishing():
        text = finish(text)
    return Response(text, status, content_type="text/html; charset=utf-8")


_finishing: PerApp[list[Callable[[str], str]]] = PerApp("finishing", list)


def finish_with(finish: Callable[[str], str]) -> None:
    """Have `finish` fill in what a whole page asks for once; registering twice changes nothing."""
    if finish not in _finishing():
        _finishing().append(finish)


def data_page(facts: Mapping[str, Any]) -> Response:
    """The same facts as data: the `.json` beside a public page."""
    return jsonify(facts)


def see(endpoint: str, **values: Any) -> Response:
    """After a form: go to a page (303)."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def instant(value: datetime, zone: str) -> Markup:
    """An exact instant, for evidence and lists by the minute: "Fri 15 May 2015, 18:00 BST", in a time element."""
    return _instant(value, zone, language())


def moment(value: datetime, zone: str, *, on: bool = False) -> Markup:
    """When something was: "yesterday, 18:00" near today, "Fri 15 May 2015" farther away; the exact instant in its title.

    `on`: inside a sentence, where a date farther away takes "on".
    """
    return _moment(value, zone, today(zone), on, language())


def moments(zone: str) -> Callable[[datetime], Markup]:
    """moment() for the many instants of a page: its day and its language are looked up once."""
    day, locale = today(zone), language()
    return lambda value: _moment(value, zone, day, False, locale)


def deadline(value: datetime, zone: str, *, on: bool = False) -> Markup:
    """Until when: always the exact instant; "tomorrow" before it and "(in 28 hours)" after it where it is near."""
    near, left = near_day(value, zone), _time_left(value)
    exact = _text(value, zone)
    words = f"{near}, {exact}" if near else _on(exact) if on else exact
    return _timed(value.isoformat(timespec="minutes"), f"{words} ({left})" if left else words)


def clock_time(value: datetime, zone: str) -> Markup:
    """The hour alone, where a heading says the day; the exact instant in its title."""
    return _timed(
        value.isoformat(timespec="minutes"), f"{value.astimezone(ZoneInfo(zone)):%H:%M}", _text(value, zone)
    )


def day(value: date, zone: str = "", *, on: bool = False) -> Markup:
    """A day for people: "yesterday" near today, "Fri 15 May 2015" farther away; the exact day in its title."""
    near, exact = _near(value, today(zone or _zone_here())), weekday_date(value)
    return _timed(value.isoformat(), near or (_on(exact) if on else exact), exact if near else "")


def last_day(value: date, zone: str = "") -> Markup:
    """Until which day: always the exact one, after "today" or "tomorrow" where it is near."""
    near, exact = _near(value, today(zone or _zone_here())), weekday_date(value)
    return _timed(value.isoformat(), f"{near}, {exact}" if near else exact)


@lru_cache(maxsize=5_000)
def _instant(value: datetime, zone: str, _locale: str) -> Markup:
    return _timed(value.isoformat(timespec="minutes"), _text(value, zone))


@lru_cache(maxsize=5_000)
def _moment(value: datetime, zone: str, day: date, on: bool, _locale: str) -> Markup:
    local = value.astimezone(ZoneInfo(zone))
    near = _near(local.date(), day)
    far = weekday_date(local.date())
    words = f"{near}, {local:%H:%M}" if near else _on(far) if on else far
    return _timed(value.isoformat(timespec="minutes"), words, _text(value, zone))


def _timed(value: str, words: str, title: str = "") -> Markup:
    exact = Markup(' title="{}"').format(title) if title else ""
    return Markup('<time datetime="{}"{}>{}</time>').format(value, exact, words)


def _text(value: datetime, zone: str) -> str:
    local = value.astimezone(ZoneInfo(zone))
    return f"{weekday_date(local.date())}, {local:%H:%M} {local:%Z}"


def _on(words: str) -> str:
    return str(_("on %(day)s", day=words))


def near_day(value: datetime, zone: str) -> str:
    """ "yesterday", "today" or "tomorrow" by the clock of the zone; empty for any other day."""
    return _near(value.astimezone(ZoneInfo(zone)).date(), today(zone))


def _near(value: date, day: date) -> str:
    """The same for a day, where it is `day` now."""
    away = (value - day).days
    if not -1 <= away <= 1:
        return ""
    return str(_("yesterday") if away < 0 else _("tomorrow") if away else _("today"))


def _zone_here() -> str:
    network = g.get("network")
    return network.zone if network is not None else "UTC"


def _time_left(value: datetime) -> str:
    """ "in 28 hours", never more than there is; empty from two days on, and for the past."""
    left = value - now()
    if left < timedelta():
        return ""
    unit = _HOUR if left >= 2 * _HOUR else _MINUTE
    number = left // unit
    change = value - min(number * unit, _SAID)
    g.words_hold_until = min(change, g.get("words_hold_until") or change)
    if left >= _SAID:
        return ""
    if unit == _HOUR:
        return str(ngettext("in %(num)s hour", "in %(num)s hours", number))
    if number:
        return str(ngettext("in %(num)s minute", "in %(num)s minutes", number))
    return str(_("in less than a minute"))


def instant_text(value: datetime, zone: str) -> str:
    """The text of an exact instant without markup: for mails, citations and data."""
    return _text(value, zone)


def weekday_date(value: date) -> str:
    """ "Fri 15 May 2015" in the reader's language."""
    return format_date(value, "EEE d MMM y", locale=get_locale() or "en").replace(",", "")


@lru_cache
def _static_digest(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookies. A response that sets one, or that knew one, is nobody else's, whatever it said before."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """The last thing that happens to a response."""
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers or (session and not _is_lasting()):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers.pop("ETag", None)


def bind(app: Flask, *, head: Callable[[int], object]) -> None:
    """Give the app its headers, template names and caching."""
    app.session_interface = PageSessions()

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=_static_digest(str(app.static_folder), name))

    app.jinja_env.globals.update(static_url=static_url, demo_mode=app.config["DEMO"], release=__version__)
    app.jinja_env.filters.update(
        instant=instant,
        moment=moment,
        deadline=deadline,
        clock_time=clock_time,
        instant_text=instant_text,
        day=day,
        last_day=last_day,
        day_text=weekday_date,
        isoformat=lambda v: v.isoformat(),
        markdown=lambda source: Markup(rendered(source)),  # noqa: S704  # cleaned by rendered
    )
    app.before_request(lambda: _not_modified(head))
    app.after_request(_headers)


def _is_visitor() -> bool:
    return not current_actor().signed_in


def visitor_etag(head: Callable[[int], object]) -> str | None:
    """The state that a visitor's page depends on: the record's head, the release, the language, and today's date.

    None if it may depend on more: for people who are signed in, or have anything in a session. If words such as
    "in 28 hours" stand on the page, the time until which they hold is added after a dot once it is rendered.
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
    sent = next(filter(_holds, request.if_none_match.as_set(include_weak=True)), None) if g.etag else None
    if sent is None:
        return None
    g.etag = sent
    response = Response(status=304)
    response.set_etag(sent, weak=True)
    return response


def _holds(sent: str) -> bool:
    """Whether a page that the reader has kept is the one of now, its near dates included."""
    of, _dot, until = sent.partition(".")
    minutes = whole_number(until) or 0
    return of == g.etag and (not until or minutes * 60 >= now().timestamp())


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        below = "; includeSubDomains" if current_app.config["HSTS_SUBDOMAINS"] else ""
        headers.setdefault("Strict-Transport-Security", f"max-age=31536000{below}")
    if _is_lasting():
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
    return _caching(response)


def _caching(response: Response) -> Response:
    etag = g.get("etag")
    if etag and response.status_code in (200, 304) and not g.get("private"):
        until = g.get("words_hold_until")
        response.set_etag(f"{etag}.{int(until.timestamp()) // 60}" if until else etag, weak=True)
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        response.vary.update(("Cookie", "Accept-Language"))
    else:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _is_lasting() -> bool:
    return request.endpoint == "static" or bool(g.get("lasting"))


def lasting(content: bytes, digest: str, mimetype: str) -> Response:
    """A file for everybody and for good: its address holds its digest. 304 where the reader has it."""
    g.lasting = True
    response = Response(content, mimetype=mimetype)
    response.set_etag(digest)
    response.make_conditional(request)
    return response


def never_cached() -> None:
    """Say that this response is nobody else's, though its reader is a visitor."""
    g.private = True


def error_page(template: str, status: int, **context: Any) -> Response:
    """An error's page, or its text as JSON for requests of data."""
    if request.path.endswith(".json"):
        response = jsonify(error=str(context.get("message", _("Something went wrong."))))
        response.status_code = status
        return response
    return page(template, status, **context)
