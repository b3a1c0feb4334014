"""A plugin of pytest: whenever a test sends a form for the first time, each step of it fails once before it is sent for good.

`pytest -p tests.faults.borrowed` with BORROWED=FILE runs the tests that send forms, and writes to FILE a JSON object for each
act: which it is, how many steps were tried, and what was wrong. Whether the tests themselves pass is none of its business.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import EnvironBuilder, FlaskClient
from werkzeug.exceptions import HTTPException

from govnet.extensions import db
from tests.faults.failing import drawn, failing
from tests.faults.kept import Kept
from tests.faults.test_forms_that_fail import tried

DRAWN = 2
"""Steps of each act, where not all are asked for."""
FEW = 40
"""Times that an act is looked at which does nothing, before it is left alone."""
Send = Callable[[], Any]
_SENDS = re.compile(r"\.post\(|\bsend\(")
_done: set[str] = set()
_idle: dict[str, int] = {}
_open = FlaskClient.open


@dataclass
class Borrowed:
    """A form that a test sends, from its browser as it was before."""

    endpoint: str
    send_it: Send
    typed: list[str]

    def __str__(self) -> str:
        return f"{self.endpoint} in {os.environ.get('PYTEST_CURRENT_TEST')}"

    def send(self, _app: Flask) -> Any:
        return self.send_it()


def pytest_configure(config: pytest.Config) -> None:
    FlaskClient.open = open_and_try  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    sending = {path for path in {item.path for item in items} if _SENDS.search(path.read_text())}
    items[:] = [item for item in items if item.path in sending and _as_people_do(item)]


def _as_people_do(item: pytest.Item) -> bool:
    """Whether it uses the application, and sends what somebody might rather than anything at all."""
    return "app" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("hypothesis")


def open_and_try(self: FlaskClient, *args: Any, **named: Any) -> Any:
    """FlaskClient.open, and before it the trials."""
    if named.get("method") != "POST" or (args and not isinstance(args[0], str)):
        return _open(self, *args, **named)
    how = {name: named.pop(name) for name in ("buffered", "follow_redirects") if name in named}
    builder = EnvironBuilder(self.application, *args, **named)
    try:
        environ = builder.get_environ()
        body, typed = environ["wsgi.input"].read(), _typed(builder)
    finally:
        builder.close()

    def send(**how: Any) -> Any:
        return _open(self, {**environ, "wsgi.input": BytesIO(body)}, **how)

    cookies = dict(self._cookies or {})

    def once() -> Any:
        self._cookies = dict(cookies)  # type: ignore[assignment]
        answer = send(buffered=True)
        self._cookies = dict(cookies)  # type: ignore[assignment]
        return answer

    _try(self.application, environ["PATH_INFO"], once, typed)
    return send(**how)


def _typed(builder: EnvironBuilder) -> list[str]:
    """A person's own text, other than a password."""
    if builder.input_stream is not None:
        return []
    fields = builder.form.items(multi=True)
    words = [str(value) for name, value in fields if "password" not in name]
    return [" ".join(each.split()) for each in words if len(each.split()) > 1]


def _try(app: Flask, path: str, send: Send, typed: list[str]) -> None:
    try:
        endpoint, _values = app.url_map.bind("localhost").match(path, method="POST")
    except HTTPException:
        return
    if endpoint in _done or _idle.get(endpoint, 0) >= FEW:
        return
    for session in list(db.session.registry.registry.values()):  # type: ignore[attr-defined]
        if not (session.new or session.dirty or session.deleted):
            session.rollback()  # lets go of what the test has read
    with app.app_context():
        held = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    if held:
        return
    kept = Kept(app)
    kept.keep()
    before = kept.rows()
    with failing(kept.engine) as count:
        answer = send()
    counts, changed = kept.counts(), kept.rows() != before
    if answer.status_code < 400 and changed:
        _done.add(endpoint)
        act = Borrowed(endpoint, send, typed)
        wrong = [
            trouble
            for step in drawn(count.steps(), DRAWN, endpoint)
            for trouble in tried(kept, act, step, before, counts)
        ]
        with Path(os.environ["BORROWED"]).open("a") as out:
            out.write(json.dumps({"endpoint": endpoint, "steps": len(count.steps()), "wrong": wrong}) + "\n")
    else:
        _idle[endpoint] = _idle.get(endpoint, 0) + (answer.status_code < 400)
    kept.restore()
