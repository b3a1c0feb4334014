"""The language a page is written in: the reader's own, else the browser's, of those there are translations for."""

from __future__ import annotations

from babel import Locale
from flask import current_app, request
from flask_babel import get_babel
from flask_login import current_user


def known() -> tuple[str, ...]:
    """The languages that pages can be had in, the source's first. Read from the disk once a process."""
    found: tuple[str, ...] | None = current_app.extensions.get("govnet_languages")
    if found is None:
        source = current_app.config["BABEL_DEFAULT_LOCALE"]
        others = {str(each) for each in get_babel().instance.list_translations()} - {source}
        found = current_app.extensions["govnet_languages"] = (source, *sorted(others))
    return found


def names() -> list[tuple[str, str]]:
    """Each known language and what it calls itself."""
    return [(code, (Locale.parse(code).display_name or code).capitalize()) for code in known()]


def chosen() -> str:
    """For this request."""
    languages = known()
    if len(languages) == 1:
        return languages[0]
    if current_user.is_authenticated and current_user.locale in languages:
        return str(current_user.locale)
    return request.accept_languages.best_match(languages, languages[0]) or languages[0]
