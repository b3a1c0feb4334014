"""The answers to monitors: whether this process works, and whether all of it does."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet import create_app
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import TRIES, failed
from govnet.kernel.transaction import transaction
from govnet.mail.models import MailLine
from govnet.operations.health.heartbeats import beat
from tests.builders import a_member, a_network, sign_in
from tests.statements import counted


@pytest.fixture
def fit(app: Flask, client: FlaskClient) -> FlaskClient:
    with app.app_context():
        beat()
    return client


def test_a_monitor_reads_that_all_is_well(fit: FlaskClient) -> None:
    answer = fit.get("/readyz")
    assert answer.status_code == 200, answer.text
    assert answer.json["ready"]
    assert answer.json["look_at"] == []
    parts = answer.json["parts"]
    assert parts["worker"] == {"ok": True, "seconds": 0}
    assert parts["mail"] == {"ok": True, "state": "goes out"}
    assert parts["disk"]["free_megabytes"] > 0
    assert set(parts) == {"database", "worker", "duties", "mail", "disk", "redis"}


def silent_worker(time: clock.MovedClock, _monkeypatch: pytest.MonkeyPatch) -> None:
    time.move(timedelta(minutes=5))


def held_mail(_time: clock.MovedClock, _monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        db.session.add(MailLine(id=1, held_at=clock.now(), held_why="for bo@example.org"))


def stopped_mail(_time: clock.MovedClock, _monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        db.session.add(MailLine(id=1, tripped_at=clock.now(), words="554 bo@example.org"))


def full_disk(_time: clock.MovedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=100 * 1024**2))


def a_failing_duty(_time: clock.MovedClock, _monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(TRIES):
        failed("close proposals", 7, ValueError("bo@example.org"))


TROUBLES: dict[str, Callable[[clock.MovedClock, pytest.MonkeyPatch], None]] = {
    "worker": silent_worker,
    "mail held": held_mail,
    "mail stopped": stopped_mail,
    "disk": full_disk,
    "duties": a_failing_duty,
}


@pytest.mark.parametrize("what", TROUBLES)
def test_a_monitor_reads_the_names_of_failing_parts_and_no_address(
    app: Flask, fit: FlaskClient, time: clock.MovedClock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with app.app_context():
        TROUBLES[what](time, monkeypatch)
    answer = fit.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["look_at"] == [what.split()[0]]
    assert "@" not in answer.text
    assert fit.get("/healthz").status_code == 200


def test_before_a_worker_has_run_no_page_says_that_all_is_well(client: FlaskClient) -> None:
    assert client.get("/readyz").json["look_at"] == ["worker"]


def test_a_monitor_s_request_costs_few_statements_and_asks_nobody_who_they_are(
    app: Flask, fit: FlaskClient
) -> None:
    with app.app_context():
        sign_in(fit, a_member(a_network()))
    for path, most in (("/healthz", 5), ("/readyz", 12)):
        with app.app_context(), counted() as statements:
            answer = fit.get(path, headers={"Host": "10.0.0.7:8000"})
        assert answer.status_code == 200
        assert len(statements) <= most, statements
        assert not any("session" in statement for statement in statements)
        assert "Set-Cookie" not in answer.headers


@pytest.mark.sqlite
def test_a_database_that_takes_connections_and_never_answers_is_waited_for_a_few_seconds(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as hole:
        address = f"postgresql+psycopg://govnet@127.0.0.1:{hole.getsockname()[1]}/govnet"
        app = create_app({
            "TESTING": True, "PROPAGATE_EXCEPTIONS": False, "SQLALCHEMY_DATABASE_URI": address, "DATA_DIR": str(tmp_path),
            "SERVER_NAME": None,
        })  # fmt: skip
        client = app.test_client()
        for path in ("/uk/", "/healthz", "/readyz"):
            began = monotonic()
            answer = client.get(path)
            assert (answer.status_code, monotonic() - began < 6) == (503, True)
        parts = answer.json["parts"]
        assert {name for name, part in parts.items() if not part["ok"]} == {
            "database",
            "worker",
            "duties",
            "mail",
        }
