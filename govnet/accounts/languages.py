"""The language a page is written in: the reader's own, else the browser's, else the network's, of those it offers."""

from __future__ import annotations

from babel import Locale
from flask import g, request
from flask_login import current_user

from govnet.kernel.languages import default, offered


def named(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each of these languages and what it calls itself."""
    return [(code, (Locale.parse(code).display_name or code).capitalize()) for code in codes]


def choices() -> list[tuple[str, str]]:
    """Those that the person who asks can choose: what is offered here, and the one that they have."""
    codes = offered(g.get("network"))
    kept = current_user.locale
    return named(codes if kept in codes or kept not in offered(None) else (*codes, kept))


def chosen() -> str:
    """For this request."""
    network = g.get("network")
    codes = offered(network)
    if len(codes) == 1:
        return codes[0]
    if current_user.is_authenticated and current_user.locale in codes:
        return str(current_user.locale)
    return request.accept_languages.best_match(codes, default(network)) or default(network)
