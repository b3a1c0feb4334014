"""Whether a write was sent by a page of this site, decided before any cookie, form or row is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from flask import Response

from govnet.kernel.log_throttle import Seldom

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""The safe methods (RFC 9110, 9.2.1): links from anywhere may lead here."""
_PORTS = {"http": 80, "https": 443}
_FOUND = "govnet.sender"
log = structlog.get_logger()
_seldom = Seldom()
Origin = tuple[str, str, int]


class WriteOrigin(StrEnum):
    """The origin of a write."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    """The browser says nothing about it, so the form's token alone decides."""


def origin_of(address: str) -> Origin | None:
    """The origin of an address (RFC 6454): scheme, host and port; None for "null" and addresses without one."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or port is None:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port


def sender(environ: WSGIEnvironment, site_url: str) -> WriteOrigin:
    """The origin of this request, by Sec-Fetch-Site (W3C Fetch Metadata), else Origin, else Referer.

    Only "same-origin" and "none" (typed, or a page restored) are believed; "same-site" is another site's page too.
    """
    fetched = environ.get("HTTP_SEC_FETCH_SITE")
    if fetched == "same-origin":
        return WriteOrigin.HERE
    if fetched not in (None, "none"):
        return WriteOrigin.ELSEWHERE
    named = environ.get("HTTP_ORIGIN", environ.get("HTTP_REFERER"))
    if named is None:
        return WriteOrigin.UNKNOWN
    if origin_of(named) in _own(environ, site_url):
        return WriteOrigin.HERE
    return WriteOrigin.ELSEWHERE if fetched is None else WriteOrigin.UNKNOWN


def _own(environ: WSGIEnvironment, site_url: str) -> set[Origin]:
    """This site's origin by the name under which it was asked, and by SITE_URL where that is the same name.

    A proxy may end TLS, or pass the name on without its port, without saying so.
    """
    asked = origin_of(f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}")
    site = origin_of(site_url)
    own = {asked} if asked is not None else set()
    if site is not None and asked is not None and site[0] == "https" and site[1] == asked[1]:
        own.add(site)
    return own


class OwnWritesOnly:
    """Answers a write that another site's page sent with 400 and nothing else: no cookie, no page, nothing read.

    Exempt writes come through without their cookies: from elsewhere their sender is nobody in particular.
    """

    def __init__(
        self, app: WSGIApplication, site_url: str, exempt: Callable[[WSGIEnvironment], bool]
    ) -> None:
        """`exempt(environ)` says which writes may come from anywhere."""
        self.app, self.site_url, self.exempt = app, site_url, exempt

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on unless it is a write from elsewhere."""
        if environ["REQUEST_METHOD"] not in _READS:
            environ[_FOUND] = sender(environ, self.site_url)
            if environ[_FOUND] is WriteOrigin.ELSEWHERE:
                if not self.exempt(environ):
                    _explain(environ, self.site_url)
                    return refusal()(environ, start_response)
                environ.pop("HTTP_COOKIE", None)
        return self.app(environ, start_response)


def _explain(environ: WSGIEnvironment, site_url: str) -> None:
    """For the operator, once a minute: another site's page, or a proxy that does not send the right fields?"""
    sent_from = origin_of(str(environ.get("HTTP_ORIGIN", environ.get("HTTP_REFERER", ""))))
    asked = origin_of(f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}")
    same_name = sent_from is not None and asked is not None and sent_from[1] == asked[1]
    by_proxy = same_name and sent_from != asked
    if not (times := _seldom.times(by_proxy)):
        return
    advice = (
        "The page and the request have the same name, but another scheme or port. Have the web server in front say "
        "X-Forwarded-Proto (nginx: proxy_set_header X-Forwarded-Proto $scheme;), set TRUSTED_PROXIES=1, and name its "
        "address in PROXY_ADDRESSES if it is not on this machine or in a private network."
        if by_proxy
        else "A page of another site sent a form here. If it is yours, it has to link here instead."
    )
    log.warning(
        "refused: a form came from a page of another site",
        sent_from=_text(sent_from), asked_as=_text(asked), SITE_URL=site_url, advice=advice, times=times,
    )  # fmt: skip


def _text(origin: Origin | None) -> str:
    return "?" if origin is None else f"{origin[0]}://{origin[1]}:{origin[2]}"[:200]


def sender_of(environ: WSGIEnvironment) -> WriteOrigin:
    """The finding about this request's sender."""
    found: WriteOrigin = environ.get(_FOUND, WriteOrigin.UNKNOWN)
    return found


def refusal() -> Response:
    """The bare 400."""
    return Response(
        "This was sent by a page of another site, so nothing was done.\n"
        "Open the page here that you want, and send it from there.\n",
        400,
        {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
        mimetype="text/plain",
    )
