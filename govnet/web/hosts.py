"""Which host names this server answers to: no link, cache or mail can be made with a name that somebody else sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from markupsafe import escape
from werkzeug.wrappers import Response

from govnet.kernel.log_throttle import Seldom
from govnet.kernel.url_converters import FOR_MONITORS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_OF_MACHINE = re.compile(r"[0-9.]+|\[.*\]|[^.]*")
_LAST_PORT = 65_535
_LONGEST = 100
log = structlog.get_logger()
_seldom = Seldom()
LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""By which a machine calls itself: answered while nobody else uses it."""


def known_hosts(site_url: str, more: Iterable[str], *, production: bool) -> tuple[str, ...]:
    """The name in SITE_URL and those named besides; in development also this machine's own."""
    name = urlsplit(site_url).hostname or ""
    own = f"[{name}]" if ":" in name else name
    return (own, *(one.lower() for one in more), *(() if production else LOCAL))


class KnownHosts:
    """Answers requests for any other host, or for a port that is none, with 400 and the way to the right one."""

    def __init__(self, app: WSGIApplication, hosts: Collection[str], site_url: str = "") -> None:
        self.app, self.hosts, self.site_url = app, hosts, site_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on when its host is known."""
        host = environ.get("HTTP_HOST", "")
        if environ.get("PATH_INFO") not in FOR_MONITORS and not self._knows(host):
            self._explain(host, environ)
            return _refusal(self.site_url)(environ, start_response)
        return self.app(environ, start_response)

    def _knows(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None or found[1].lower() not in self.hosts:
            return False
        return found[2] is None or 0 < int(found[2]) <= _LAST_PORT

    def _explain(self, host: str, environ: WSGIEnvironment) -> None:
        """For the operator, once a minute: strangers try many names."""
        of_machine = _is_of_machine(host)
        if not (times := _seldom.times(of_machine)):
            return
        advice = (
            "If people come through a web server, it passes its own address on in place of theirs: have it pass on the "
            "Host that it was asked for (nginx: proxy_set_header Host $host;). If not, they should use SITE_URL."
            if of_machine
            else "If this is a name of yours, set SITE_URL to it, or add it to MORE_HOSTS. If not, a stranger tried it."
        )
        log.warning(
            "refused: this server does not answer to that name",
            host=host[:_LONGEST], forwarded_host=environ.get("HTTP_X_FORWARDED_HOST", "")[:_LONGEST] or None,
            SITE_URL=self.site_url, answers_to=list(self.hosts), advice=advice, times=times,
        )  # fmt: skip


def _is_of_machine(host: str) -> bool:
    """Whether it is an address, or a name without a dot, as a proxy names the server behind it."""
    found = _HOST.fullmatch(host)
    return found is not None and _OF_MACHINE.fullmatch(found[1]) is not None


def _refusal(site_url: str) -> Response:
    link = f'<p><a href="{escape(site_url)}/">{escape(site_url)}</a></p>' if site_url else ""
    return Response(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Not under this name</title><h1>This server does not answer under this name</h1>"
        f"<p>The address that you opened leads here by mistake.{' The right one is:' if link else ''}</p>{link}</html>\n",
        400,
        {
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        },
        mimetype="text/html",
    )
