"""Limits hold with Redis, without it, and while it comes and goes; no page waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from structlog.testing import capture_logs

from govnet import create_app
from govnet.extensions import db, limiter
from govnet.kernel.models import Base
from govnet.kernel.request_counts import SCHEME, SharedCounts
from govnet.operations.health.checks import CHECKS
from govnet.sign_in.limits import BY_ASKER
from tests.redis_server import Redis, black_hole, free_port

LIMIT = parse("5 per hour")
MOST_WAIT = 1.0
"""Seconds that the first page after Redis went away may take; later ones take none."""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dead() -> str:
    return f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture
def silent() -> Iterator[str]:
    with black_hole() as url:
        yield url


def until(check: Callable[[], bool]) -> None:
    for _ in range(200):
        if check():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")


def hits(counts: SharedCounts, times: int, key: str = "ann") -> list[bool]:
    strategy = FixedWindowRateLimiter(counts)
    return [strategy.hit(LIMIT, key) for _ in range(times)]


def test_two_processes_share_one_limit(redis: Redis) -> None:
    first, second = SharedCounts(SCHEME + redis.url), SharedCounts(SCHEME + redis.url)
    assert hits(first, 3) == [True] * 3
    assert hits(second, 3) == [True, True, False]
    assert first.trouble() is None


@pytest.mark.parametrize("where", ["dead", "silent"])
def test_without_redis_the_same_limits_hold_and_nothing_waits(
    where: str, request: pytest.FixtureRequest
) -> None:
    counts = SharedCounts(SCHEME + request.getfixturevalue(where))
    with capture_logs() as logs:
        began = time.monotonic()
        assert hits(counts, 1) == [True]
        assert time.monotonic() - began < MOST_WAIT
        began = time.monotonic()
        assert hits(counts, 6) == [True] * 4 + [False] * 2
        assert time.monotonic() - began < 0.1
    assert len(logs) == 1
    assert "redis is away" in logs[0]["event"]
    assert not counts.check()


def test_a_limit_holds_while_redis_goes_and_comes_back_empty_and_each_change_is_logged_once(
    redis: Redis,
) -> None:
    counts = SharedCounts(SCHEME + redis.url)
    with capture_logs() as logs:
        assert hits(counts, 2) == [True] * 2
        redis.stop()
        assert hits(counts, 2) == [True] * 2
        threads = [threading.Thread(target=hits, args=(counts, 1, f"other {n}")) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        redis.start()
        until(lambda: not counts._away)
        assert hits(counts, 2) == [True, False]
        assert SharedCounts(SCHEME + redis.url).get(LIMIT.key_for("ann")) > 0
    assert [line["event"].split(":")[0] for line in logs] == ["redis is away", "redis is back"]


def test_a_redis_that_answers_and_cannot_write_is_away_too(redis: Redis) -> None:
    counts = SharedCounts(SCHEME + redis.url)
    counts.shared.storage.config_set("maxmemory", "1")
    with capture_logs() as logs:
        assert hits(counts, 6) == [True] * 5 + [False]
        time.sleep(2.5)
        assert hits(counts, 1) == [False]
    assert len(logs) == 1
    assert "maxmemory" in (counts.trouble() or "")


@pytest.fixture
def app_with(
    new_database: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Flask]]:
    """Builds the application with the Redis of an address, on a database of its own."""
    for name in ("_storage", "_limiter"):
        monkeypatch.setattr(limiter, name, getattr(limiter, name))
    database, built = new_database("request_counts"), []

    def build(url: str) -> Flask:
        app = create_app({
            "TESTING": True, "PROPAGATE_EXCEPTIONS": False, "DATA_DIR": str(tmp_path), "SERVER_NAME": None,
            "SQLALCHEMY_DATABASE_URI": database, "RATELIMIT_STORAGE_URI": url, "WTF_CSRF_ENABLED": False,
        })  # fmt: skip
        built.append(app)
        with app.app_context():
            Base.metadata.create_all(db.engine)
        return app

    yield build
    for app in built:
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("where", ["dead", "silent"])
def test_signing_in_works_and_is_limited_without_redis(
    app_with: Callable[[str], Flask], where: str, request: pytest.FixtureRequest
) -> None:
    most = int(BY_ASKER.split()[0])
    client = app_with(request.getfixturevalue(where)).test_client()
    began = time.monotonic()
    assert client.post("/sign-in", data={"email": "ann@example.org"}).status_code < 400
    assert time.monotonic() - began < MOST_WAIT + 1
    assert (
        client.post("/sign-in/password", data={"email": "a@example.org", "password": "x y z"}).status_code
        == 422
    )
    answers = [client.post("/sign-in", data={"email": "not an address"}).status_code for _ in range(most)]
    assert answers[-1] == 429
    assert set(answers) == {422, 429}


def test_doctor_and_a_monitor_look_at_redis(
    app_with: Callable[[str], Flask], redis: Redis, dead: str
) -> None:
    look = CHECKS["redis"]
    states = {"memory://": "not used", redis.url: "counts requests"}
    for url, well in (("memory://", True), (redis.url, True), (dead, False)):
        here = app_with(url)
        with here.app_context():
            assert look()[0] == well
            assert "REDIS_URL" in look()[1] or well
        part = here.test_client().get("/readyz").json["parts"]["redis"]
        assert part == {"ok": well, "state": states.get(url, "away")}
