"""A browser in the decisions room."""

from __future__ import annotations

from contextvars import copy_context
from typing import Any

from flask import Flask
from flask.globals import _cv_app
from flask.testing import FlaskClient

from govnet.extensions import db
from govnet.kernel.clock import MovedClock
from govnet.people.models import Person
from tests.builders import sign_in
from tests.decisions.builders import (
    closed_all,
    version_of,
)


def browser(app: Flask, person: Person | None = None) -> FlaskClient:
    """A browser whose requests know nothing of the test's own application context."""
    client = app.test_client()
    send_it = client.open

    def alone(*args: Any, **kwargs: Any) -> Any:
        _cv_app.set(None)  # type: ignore[arg-type]
        return send_it(*args, **kwargs)

    client.open = lambda *args, **kwargs: copy_context().run(alone, *args, **kwargs)  # type: ignore[method-assign]
    return sign_in(client, person) if person else client


def decide(time: MovedClock, proposal: object) -> None:
    time.move(to=version_of(proposal).deadline)  # type: ignore[arg-type]
    closed_all()
    db.session.rollback()
