"""Which languages there are translations for, which of them a network offers, and which it falls back on."""

from __future__ import annotations

from typing import Protocol

from babel import Locale
from flask import current_app, g, request
from flask_babel import get_babel
from flask_login import current_user


class OffersLanguages(Protocol):
    """The part of a network that is asked here."""

    @property
    def languages(self) -> str: ...
    @property
    def language(self) -> str: ...


def source() -> str:
    """The language that the program itself is written in: untranslated sentences are in it."""
    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


def known() -> tuple[str, ...]:
    """The languages that pages and mails can be had in, the source's first. Read from the disk once a process."""
    found: tuple[str, ...] | None = current_app.extensions.get("govnet_languages")
    if found is None:
        others = {str(each) for each in get_babel().instance.list_translations()} - {source()}
        found = current_app.extensions["govnet_languages"] = (source(), *sorted(others))
    return found


def offered(network: OffersLanguages | None) -> tuple[str, ...]:
    """Those of them that the network offers; all of them where it has never chosen, or where there is no network."""
    chosen = network.languages.split() if network is not None else ()
    return tuple(each for each in known() if not chosen or each in chosen or each == source())


def default(network: OffersLanguages | None) -> str:
    """The language of people who have chosen none."""
    return network.language if network is not None and network.language in offered(network) else source()


def fitted(network: OffersLanguages | None, language: str) -> str:
    """The language that somebody gets who would like this one; "" for one who never said."""
    return language if language in offered(network) else default(network)


def named(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each of these languages and what it calls itself."""
    return [(code, (Locale.parse(code).display_name or code).capitalize()) for code in codes]


def choices() -> list[tuple[str, str]]:
    """The languages that this person can choose: those offered here, and the one that they have."""
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
