"""A browser for tests that also look at rows: its requests run outside the test's own application context."""

from __future__ import annotations

import contextvars
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient

from govnet.kernel.transaction import let_go


def a_browser(app: Flask, outside: contextvars.Context | None = None) -> FlaskClient:
    """A visitor's browser; each request has its own context, and the test sees its rows anew afterwards."""
    browser: Any = app.test_client()
    browser.outside = outside or contextvars.copy_context()
    opening = browser.open

    def open_outside(*args: Any, **values: Any) -> Any:
        if has_app_context():
            let_go()
        answer = browser.outside.copy().run(opening, *args, **values)
        return answer

    browser.open = open_outside
    return browser  # type: ignore[no-any-return]
