"""When the disk is full or the database cannot be written or reached: 503 in words, nothing typed is lost, monitors know."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from govnet import create_app
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.kernel import outage
from govnet.kernel.errors import Busy
from govnet.kernel.outage import (
    BUSY,
    DAMAGED,
    FULL,
    READ_ONLY,
    UNREACHABLE,
    Unavailable,
    note,
    noted,
    outage_of,
)
from govnet.kernel.transaction import transaction
from tests.forum.stage import Forum
from tests.pages import Html, opened, send

WORDS = "What I wrote all evening. " * 800


@pytest.fixture
def forum(client, app) -> Iterator[Forum]:
    stage = Forum(app)
    stage.signed_in(client, stage.bo)
    yield stage
    note(None)


@contextmanager
def every_connection(app: Flask, before: str, after: str) -> Iterator[None]:
    """Each connection is put into a state when it is taken from the pool, and out of it when it is given back."""

    def taken(connection, *_more) -> None:
        connection.execute(before)
        connection.commit()

    def given_back(connection, *_more) -> None:
        if connection is not None:
            connection.execute(after)
            connection.commit()

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)
    try:
        yield
    finally:
        event.remove(engine, "checkout", taken)
        event.remove(engine, "checkin", given_back)


def is_sqlite(app: Flask) -> bool:
    return app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")


@contextmanager
def disk_full(app: Flask) -> Iterator[None]:
    if is_sqlite(app):
        with every_connection(app, "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"):
            yield  # the file may not grow by one page: SQLITE_FULL, as on a full disk
        return
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        connection.execute(text("CREATE TRIGGER full_up BEFORE INSERT ON post EXECUTE FUNCTION full_up()"))
    try:
        yield
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("DROP FUNCTION full_up CASCADE"))


@contextmanager
def read_only(app: Flask) -> Iterator[None]:
    if is_sqlite(app):
        with every_connection(app, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
            yield
    else:
        with every_connection(
            app, "SET default_transaction_read_only = on", "RESET default_transaction_read_only"
        ):
            yield


@pytest.mark.parametrize(
    ("trouble", "outage"), [(disk_full, FULL), (read_only, READ_ONLY)], ids=["full", "read-only"]
)
def test_a_form_that_cannot_be_saved_comes_back_filled_and_monitors_know(app, client, forum, trouble, outage):
    with trouble(app):
        response = send(client, forum.url(), {"body": WORDS})
        assert response.status_code == 503
        assert str(outage.words)[:40] in response.text
        assert WORDS.strip() in Html(response.text).text or WORDS.strip() in response.text
        assert response.headers["Retry-After"] == "600"
        assert "Try again in 10 minutes." in response.text
        health = client.get("/healthz")
        assert (health.status_code, health.text) == (503, f"{outage.name}\n")
        assert health.headers["Retry-After"] == "600"
        opened(client, forum.url())  # reading goes on, though a read mark would be due
    assert forum.row(Thread, forum.thread).posts == 3
    assert send(client, forum.url(), {"body": WORDS}).status_code == 200
    assert client.get("/healthz").text == "ok\n"
    assert forum.row(Thread, forum.thread).posts == 4


@pytest.mark.sqlite
def test_a_locked_file_is_waited_for_and_then_reported(app, client, forum, monkeypatch):
    if not is_sqlite(app):
        return
    monkeypatch.setitem(transaction.__wrapped__.__kwdefaults__, "patience", 0.1)
    other = sqlite3.connect(
        app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), isolation_level=None
    )
    other.execute("BEGIN IMMEDIATE")
    try:
        response = send(client, forum.url(), {"body": WORDS})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert "it will not be saved twice" in response.text
        assert WORDS.strip() in response.text
        assert client.get("/healthz").text == "the database is busy\n"
    finally:
        other.close()
    assert client.get("/healthz").text == "ok\n"


@pytest.mark.parametrize(
    "address",
    ["postgresql+psycopg://govnet@/govnet?host=/nonexistent", "sqlite:////nonexistent/govnet.db"],
    ids=["postgresql", "sqlite"],
)
@pytest.mark.parametrize("path", ["/", "/uk/", "/uk.json", "/uk/forum/1", "/sign-in", "/me"])
def test_a_missing_database_is_named_on_a_page_that_asks_it_nothing(tmp_path, address, path):
    away = create_app(
        {
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            "SQLALCHEMY_DATABASE_URI": address,
            "DATA_DIR": str(tmp_path),
            "SERVER_NAME": None,
            "WTF_CSRF_ENABLED": False,
        }
    )
    client: FlaskClient = away.test_client()
    response = client.get(path)
    if path != "/sign-in":
        assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
        assert "The database does not answer just now." in response.text
    health = client.get("/healthz")
    assert (health.status_code, health.text) == (503, "the database does not answer\n")
    if path.endswith("1"):
        response = client.post(f"{path}/replies", data={"body": "My <long> words", "password": "secret"})
        assert response.status_code == 503
        assert "My &lt;long&gt; words" in response.text
        assert "secret" not in response.text
        assert "What you sent was not saved." in response.text


STATES = {
    "53100": FULL, "53300": UNREACHABLE, "25006": READ_ONLY, "40001": BUSY, "40P01": BUSY, "55P03": BUSY, "57014": BUSY,
    "57P01": UNREACHABLE, "57P03": UNREACHABLE, "08006": UNREACHABLE, "58030": READ_ONLY, "XX001": DAMAGED,
    "23505": None, "22003": None,
}  # fmt: skip


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("state", STATES)
def test_postgresql_s_errors_are_understood(app, state):
    if is_sqlite(app):
        return
    with pytest.raises(DBAPIError) as raised, db.engine.connect() as connection:
        connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))
    assert outage_of(raised.value) is STATES[state]


def test_a_file_system_that_is_full_is_the_same_trouble():
    with pytest.raises(OSError, match="No space") as raised, open("/dev/full", "wb", buffering=0) as full:
        full.write(b"x")
    assert outage_of(raised.value) is FULL
    assert outage_of(KeyError("x")) is None


@pytest.mark.usefixtures("context")
def test_a_full_disk_inside_a_transaction_is_noted_for_a_minute_or_until_a_write_comes_through(monkeypatch):
    with pytest.raises(Unavailable) as raised, transaction():
        raise OSError(28, "No space left on device")
    assert isinstance(raised.value, Busy)
    assert noted() is FULL
    monkeypatch.setattr(outage, "STALE", 0.0)
    assert noted() is None
    monkeypatch.undo()
    assert noted() is FULL
    with transaction():
        pass
    assert noted() is None
