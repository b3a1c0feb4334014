"""Browsers in which somebody has signed in before: strangers' tries elsewhere never shut these out.

A browser keeps a mark for each such person (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The mark
signs nobody in; it is counted by itself, so that a thief of it has no more tries than anybody. Nothing is stored here.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from govnet.sign_in.rules import keyed_digest

LASTS = timedelta(days=400)
"""As long as browsers keep any cookie."""
_MOST = 4
"""People who share a browser."""
_MARK = re.compile(r"([0-9a-f]{16})-([0-9a-f]{32})")


def mark_of(person_id: int) -> str:
    """The mark by which this browser knows the person; "" where they never signed in here."""
    return next((nonce for nonce, seal in _marks() if _is_seal(seal, person_id, nonce)), "")


def remember(person_id: int) -> None:
    """Have this browser know the person from now on."""
    others = [each for each in _marks() if not _is_seal(each[1], person_id, each[0])]
    nonce = secrets.token_hex(8)
    marks = [(nonce, _seal(person_id, nonce)), *others][:_MOST]

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(
            _cookie(),
            ".".join("-".join(mark) for mark in marks),
            max_age=LASTS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _marks() -> list[tuple[str, str]]:
    return _MARK.findall(request.cookies.get(_cookie(), "")[:500])[:_MOST]


def _seal(person_id: int, nonce: str) -> str:
    return keyed_digest(current_app.config["SECRET_KEY"], "known browser", f"{person_id} {nonce}")[:32]


def _is_seal(seal: str, person_id: int, nonce: str) -> bool:
    return secrets.compare_digest(seal, _seal(person_id, nonce))
