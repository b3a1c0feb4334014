"""Web and worker as processes while PostgreSQL is stopped and comes back: few lines in the log, 503 in words, all well again."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from govnet.kernel.models import Base
from tests import databases
from tests.operations.serving.test_processes import Govnet, started  # noqa: F401  (a fixture)

AWAY = 8
"""Seconds."""


@pytest.mark.postgres
@pytest.mark.usefixtures("new_database")
def test_the_log_stays_small_while_the_database_is_away_and_all_goes_on_afterwards(
    tmp_path: Path,
    started: list[Govnet],  # noqa: F811
) -> None:
    cluster = databases.start_cluster()
    try:
        url = databases.create_database(cluster.url, "outage")
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        engine.dispose()
        govnet = Govnet(tmp_path, DATABASE_URL=url)
        started.append(govnet)
        govnet.until("govnet listens")

        def ask(path: str) -> tuple[int, str]:
            line = http.client.HTTPConnection("127.0.0.1", govnet.port, timeout=30)
            line.request("GET", path)
            answer = line.getresponse()
            text = answer.read().decode()
            line.close()
            return answer.status, text

        def until_worker_lives() -> None:
            until = time.monotonic() + 60
            while "worker" in json.loads(ask("/readyz")[1])["look_at"]:
                assert time.monotonic() < until
                time.sleep(0.3)

        until_worker_lives()
        before = len(govnet.log.read_text())
        cluster.control("stop", "-m", "immediate")
        until, asked = time.monotonic() + AWAY, 0
        while time.monotonic() < until:
            status, text = ask("/uk/")
            assert (status, "The database does not answer just now." in text) == (503, True)
            asked += 1
            time.sleep(0.05)
        assert ask("/healthz") == (503, "the database does not answer\n")
        assert set(json.loads(ask("/readyz")[1])["look_at"]) >= {"database", "worker", "mail"}
        told = govnet.log.read_text()[before:]
        warnings = [line for line in told.splitlines() if '"level": "info"' not in line]
        assert len("\n".join(warnings)) < 20_000, warnings
        assert told.count("Traceback (most recent call last)") <= 4
        assert told.count('"answered"') >= asked
        cluster.control("restart")
        assert ask("/uk/")[0] == 404
        assert ask("/healthz")[0] == 200
        until_worker_lives()
        assert all(line.startswith("{") for line in told.splitlines())
    finally:
        cluster.stop()
