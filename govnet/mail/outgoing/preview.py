"""A mail before it goes: its text, and its HTML in a response that can do nothing."""

from typing import Any

from flask import Response

from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.compose import Rendered
from govnet.mail.outgoing.notices import Notice

SANDBOX = (
    "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def letter(notice: Notice, network: Any) -> Rendered:
    """Subject, text and HTML as a member will get them who reads the network's own language."""
    return outbox.in_words(notice, network)


def response(html: str) -> Response:
    """A mail's HTML as a page without scripts, forms or our cookies, for a frame; its links open outside it."""
    framed = html.replace("<head>", '<head><base target="_top">', 1)
    answer = Response(framed, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
