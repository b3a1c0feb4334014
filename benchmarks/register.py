"""The register of a network with 2,000 decisions against one with 20: a page costs what a page costs."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from govnet import create_app
from govnet.extensions import db
from govnet.people.models import Person
from tests import builders
from tests.decisions.many import a_long_register

MANY, FEW = 2_000, 20
ROUNDS = 9
REQUESTS = 20
BAR = 2.0
PAGES = (
    ("first page", ""),
    ("last page", "?page=67"),
    ("page 20 of those in force", "?state=in-force&page=20"),
)


def main() -> Iterator[dict[str, Any]]:
    """One result a page: CPU with 2,000 decisions over CPU with as many rows on the page as 20 decisions give."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        app = create_app(
            {"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench", "DEMO": False}
        )
        _fill(app)
        few = _caller(app, "/scotland/decisions")
        for name, query in PAGES:
            yield _measured(name, _caller(app, f"/uk/decisions{query}"), few)


def _fill(app: Flask) -> None:
    with app.app_context():
        db.create_all()
        for slug, many in (("uk", MANY), ("scotland", FEW)):
            network = builders.a_network(slug)
            a_long_register(network, db.session.merge(builders.a_member(network, "Ann Example")), many)
        assert db.session.query(Person).count() == 2


def _caller(app: Flask, path: str) -> Any:
    address, _, query = path.partition("?")
    environ = EnvironBuilder(address, query_string=query).get_environ()

    def call() -> None:
        status: list[str] = []
        answer = app.wsgi_app(dict(environ), lambda line, _headers, _exc=None: status.append(line))
        assert sum(len(part) for part in answer) > 5_000
        assert status == ["200 OK"]

    return call


def _cpu(call: Any) -> float:
    """Milliseconds of this process's CPU for one request."""
    began = time.process_time()
    for _ in range(REQUESTS):
        call()
    return (time.process_time() - began) * 1000 / REQUESTS


def _measured(name: str, many: Any, few: Any) -> dict[str, Any]:
    for call in (many, few):
        _cpu(call)
    pairs = [(_cpu(many), _cpu(few)) for _ in range(ROUNDS)]
    value = statistics.median(one for one, _ in pairs)
    ratio = statistics.median(one / other for one, other in pairs)
    return {
        "name": f"register, 2,000 decisions, {name}", "value": round(value, 2), "unit": "ms of CPU",
        "against": "the register of 20 decisions", "ratio": round(ratio, 2), "bar": BAR, "ok": ratio <= BAR,
    }  # fmt: skip


if __name__ == "__main__":
    for result in main():
        print(result)
