"""Which host names this server answers to: no link, cache or mail can be made with a name that somebody else sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_LAST_PORT = 65_535
LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""By which a machine calls itself: answered while nobody else uses it."""
HEALTH = "/healthz"
READY = "/readyz"
FOR_MONITORS = (HEALTH, READY, "/metrics")
"""Asked for by address, from inside; say nothing that has a host in it, and ask nobody who they are."""


def known_hosts(site_url: str, more: Iterable[str], *, production: bool) -> tuple[str, ...]:
    """The name in SITE_URL and those named besides; in development also this machine's own."""
    name = urlsplit(site_url).hostname or ""
    own = f"[{name}]" if ":" in name else name
    return (own, *(one.lower() for one in more), *(() if production else LOCAL))


class KnownHosts:
    """Answers requests for any other host, or for a port that is none, with 400 and nothing else."""

    def __init__(self, app: WSGIApplication, hosts: Collection[str]) -> None:
        self.app, self.hosts = app, hosts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on when its host is known."""
        if environ.get("PATH_INFO") not in FOR_MONITORS and not self._knows(environ.get("HTTP_HOST", "")):
            return _refusal()(environ, start_response)
        return self.app(environ, start_response)

    def _knows(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None or found[1].lower() not in self.hosts:
            return False
        return found[2] is None or 0 < int(found[2]) <= _LAST_PORT


def _refusal() -> Response:
    return Response(
        "This server has another name.\n",
        400,
        {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
        mimetype="text/plain",
    )
