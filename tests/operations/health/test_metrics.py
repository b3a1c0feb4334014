"""Numbers for Prometheus: one answer for all processes of a machine, behind a token, and nothing measured without it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.kernel import clock
from govnet.kernel.duties import TRIES, failed
from tests.operations.serving.test_processes import Govnet, started  # noqa: F401  (a fixture)

TOKEN = "a-token-of-at-least-32-characters-x1"
GIVEN = {"Authorization": f"Bearer {TOKEN}"}


def numbers(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def total(found: dict[str, float], name: str, *labels: str) -> float:
    return sum(
        value for key, value in found.items() if key.startswith((name + "{", name + " ")) or key == name
        if all(label in key for label in labels)
    )  # fmt: skip


@pytest.fixture
def token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)


def test_without_the_setting_there_is_no_such_page(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_a_request_without_the_token_gets_no_numbers(client: FlaskClient, given: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert "govnet_" not in answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.usefixtures("token")
def test_the_figures_of_the_database_are_reported(
    app: Flask, client: FlaskClient, time: clock.MovedClock
) -> None:
    with app.app_context():
        for _ in range(TRIES):
            failed("close proposals", 7, ValueError("bo@example.org"))
    time.move(timedelta(minutes=1))
    answer = client.get("/metrics", headers=GIVEN)
    assert answer.status_code == 200
    assert "@" not in answer.text
    found = numbers(answer.text)
    assert found["govnet_database_up"] == 1
    assert found['govnet_queue_age_seconds{queue="deliveries"}'] == 0
    assert found['govnet_duty_set_aside{duty="close proposals"}'] == 1
    assert found['govnet_ready{part="worker"}'] == 0
    assert found['govnet_deliveries{state="queued"}'] == 0


@pytest.mark.sqlite
def test_several_processes_and_the_worker_answer_as_one(tmp_path: Path, started: list[Govnet]) -> None:  # noqa: F811
    govnet = Govnet(tmp_path, "--processes", "2", METRICS_TOKEN=TOKEN)
    started.append(govnet)
    govnet.until("govnet listens")

    def ask(path: str) -> str:
        line = http.client.HTTPConnection("127.0.0.1", govnet.port, timeout=30)
        line.request("GET", path, headers=GIVEN)
        text = line.getresponse().read().decode()
        line.close()
        return text

    until = time.monotonic() + 60
    while len(list((tmp_path / "metrics").glob("histogram_*.db"))) < 4:  # parent, two of the web, worker
        assert time.monotonic() < until
        ask("/healthz")
    for number in range(40):
        ask(f"/found/secret-{number}")
    ask("/uk/nowhere")
    while not total(found := numbers(ask("/metrics")), "govnet_duty_last_run_timestamp_seconds"):
        assert time.monotonic() < until
        time.sleep(0.2)
    count = "govnet_request_seconds_count"
    assert total(found, count, 'route="/found/<token>"', 'method="GET"', 'status="4xx"') == 40
    assert not [name for name in found if "secret" in name]
    assert total(found, "govnet_write_lock_seconds_count") > 0
    assert found['govnet_ready{part="worker"}'] == 1
    again = numbers(ask("/metrics"))
    assert total(again, count, 'route="/found/<token>"') == 40


def test_the_library_is_not_loaded_where_nobody_asks_for_numbers() -> None:
    words = (
        "import sys; from govnet import create_app; create_app(); print('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("False")


@pytest.mark.usefixtures("token")
def test_a_machine_whose_folder_is_lost_still_reports_the_figures_of_the_database(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "lost" / "metrics"))
    answer = client.get("/metrics", headers=GIVEN)
    assert answer.status_code == 200
    assert numbers(answer.text)["govnet_database_up"] == 1
