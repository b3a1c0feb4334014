"""The log: one line of JSON an event, without addresses, tokens and query strings, and few lines of one kind."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.routing import AnyConverter
from werkzeug.test import Client

from govnet.extensions import db
from govnet.kernel.logs import AccessLog, clean, configure
from govnet.kernel.url_converters import IdConverter
from tests.builders import a_network, an_operator, sign_in

ADDRESS, TOKEN = "marked.person@example.org", "Zq9xK3vT7mBw2LpY8rNc5HdF1sGjA4eUoQiZx6CyVbE"
log = structlog.get_logger("govnet.tests")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged while a test runs, as it would be written."""
    before = structlog.get_config()
    root, ours = logging.getLogger(), logging.getLogger("govnet")
    kept = root.handlers[:], root.level, ours.level
    stream = io.StringIO()
    configure("debug", stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:], root.level = kept[0], kept[1]
    ours.setLevel(kept[2])
    structlog.configure(**before)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def away() -> OperationalError:
    error = OperationalError("SELECT 1", {}, Exception("no"))
    error.connection_invalidated = True
    return error


def test_libraries_and_govnet_write_the_same_lines(written: io.StringIO) -> None:
    log.info("stopped", after_seconds=3)
    logging.getLogger("waitress").warning("Task queue depth is %d", 7)
    logging.getLogger("sqlalchemy.engine").info("INSERT INTO person")
    first, second = lines(written)
    assert (first["event"], first["level"], first["after_seconds"]) == ("stopped", "info", 3)
    assert (second["event"], second["logger"]) == ("Task queue depth is 7", "waitress")
    assert all(line["timestamp"].endswith("Z") for line in (first, second))


def test_a_terminal_gets_words() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    before, kept = structlog.get_config(), logging.getLogger().handlers[:]
    try:
        terminal = Terminal()
        configure("info", terminal)
        log.warning("redis is away", error="ConnectionError")
        assert "redis is away" in terminal.getvalue()
        assert not terminal.getvalue().startswith("{")
    finally:
        logging.captureWarnings(False)
        logging.getLogger().handlers[:] = kept
        structlog.configure(**before)


def test_the_database_s_trouble_is_logged_once_with_its_traceback_for_all_requests(
    written: io.StringIO,
) -> None:
    for number in range(1_000):
        try:
            raise away()
        except SQLAlchemyError as error:
            log.error("duty failed", duty=f"duty {number % 17}", exc_info=error)
            log.warning("not just now", outage="the database does not answer", route="/")
            logging.getLogger("sqlalchemy.pool").error("Exception during reset", exc_info=True)
    assert len(written.getvalue()) < 10_000
    (line,) = lines(written)
    assert "Traceback" in line["exception"]


def test_other_warnings_are_told_ten_times_a_minute_with_one_traceback(written: io.StringIO) -> None:
    for number in range(100):
        try:
            raise ValueError(number)
        except ValueError:
            log.exception("duty failed", thing=number)
    said = lines(written)
    assert len(said) == 10
    assert ["exception" in line for line in said] == [True] + [False] * 9
    assert {line["error"] for line in said[1:]} == {"ValueError"}


def test_names_and_secrets_are_taken_out() -> None:
    assert clean(f"to <{ADDRESS}> by /x/{TOKEN}?next=/me&a=b") == "to <…@…> by /x/…?…"
    harmless = "govnet.membership.applications.actions test_every_address_says_in_words 0024_readyz.py 2026-11-30T03:31:02Z"
    assert clean(harmless) == harmless


def fill(app: Flask, rule: Any) -> str:
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        known = 1 if isinstance(converter, IdConverter) else TOKEN
        values[name] = min(converter.items) if isinstance(converter, AnyConverter) else known
    values |= {"network": "uk"} if "network" in values else {}
    return str(rule.build(values, append_unknown=False)[1])


def test_no_address_token_or_query_string_of_any_request_is_in_the_logs(
    app: Flask, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    signed_in = app.test_client()
    with app.app_context():
        a_network()
        sign_in(signed_in, an_operator())
    cookie = "; ".join(f"{each.key}={each.value}" for each in signed_in._cookies.values())
    fields = {
        "email": ADDRESS,
        "name": ADDRESS,
        "body": f"{ADDRESS} {TOKEN}",
        "password": TOKEN,
        "token": TOKEN,
    }
    client = Client(AccessLog(app))
    asked = 0
    for headers in ({}, {"Cookie": cookie}):
        for rule in sorted(app.url_map.iter_rules(), key=str):
            for method in {"GET", "POST"} & (rule.methods or set()):
                query = {"q": ADDRESS, "next": TOKEN}
                data = fields if method == "POST" else None
                client.open(
                    fill(app, rule), method=method, query_string=query, data=data, headers=headers
                ).close()
                asked += 1
    told = written.getvalue()
    assert told.count('"answered"') == asked
    for secret in ("marked", "example.org", TOKEN, cookie.partition("=")[2]):
        assert secret not in told, [line for line in told.splitlines() if secret in line][:3]
    assert '"route": "/sign-in/link/<token>"' in told


def test_a_failed_statement_is_logged_without_its_values(app: Flask, written: io.StringIO) -> None:
    with app.app_context():
        with pytest.raises(SQLAlchemyError) as raised:
            db.session.execute(text("SELECT nonsense FROM nowhere WHERE a = :a"), {"a": ADDRESS})
        db.session.rollback()
        log.error("duty failed", exc_info=raised.value)
        log.error("duty failed", worse=f"DETAIL: Key (address)=({ADDRESS}) already exists.")
    assert "nowhere" in written.getvalue()
    assert "marked" not in written.getvalue()


def test_a_line_about_an_answer_says_what_it_cost_and_can_be_found_again(
    app: Flask, written: io.StringIO
) -> None:
    answer = Client(AccessLog(app)).get("/robots.txt", headers={"X-Request-ID": "from-the-proxy"})
    answer.close()
    (line,) = [each for each in lines(written) if each["event"] == "answered"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/robots.txt", 200)
    assert line["bytes"] == len(answer.data)
    assert line["ms"] > 0
    assert answer.headers["X-Request-ID"] == line["request_id"] == "from-the-proxy"
