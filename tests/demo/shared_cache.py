"""A cache between the site and its readers: whatever it may keep is the same for everybody, and nobody's own."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.sign_in import sessions
from tests import builders
from tests.demo.enemy import asked
from tests.pages import send

SECRET = "a message for one reader alone"


def with_message(app: Flask) -> FlaskClient:
    """A visitor to whom the next page has something to say."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_flashes"] = [("success", SECRET)]
    return client


def with_a_form(app: Flask) -> FlaskClient:
    """A visitor who has a form open, and has asked for a link."""
    client = app.test_client()
    send(client, "/sign-in", {"email": f"{SECRET.replace(' ', '.')}@example.org"})
    return client


def signed_in(app: Flask, role: str) -> FlaskClient:
    """Somebody of the demo."""
    client = app.test_client()
    send(client, "/demo", {"person": role}, action="/demo/act-as")
    return client


def signed_out_elsewhere(app: Flask) -> FlaskClient:
    """Somebody whose session ended while her browser still has its cookie."""
    client = app.test_client()
    with app.app_context():
        person = builders.a_person("Ended Example")
        builders.sign_in(client, person)
        with transaction():
            sessions.end_all_sessions(person.id)
        db.session.remove()
    return client


def copied(app: Flask, browser: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie."""
    client, cookie = app.test_client(), browser.get_cookie("govnet")
    assert cookie is not None
    client.set_cookie("govnet", cookie.value)
    return client


def walk(app: Flask) -> int:
    """Ask for every page as each kind of reader; how many answers a cache may keep."""
    adapter = app.url_map.bind("localhost")
    member, steering = signed_in(app, "member"), signed_in(app, "steering")
    asking, ended = with_a_form(app), signed_out_elsewhere(app)
    kept = 0
    for rule, values in asked(app, "GET"):
        url = adapter.build(rule.endpoint, values, method="GET")
        answer = app.test_client().get(url, headers={"Accept-Encoding": "gzip"}, buffered=True)
        if "public" not in answer.headers["Cache-Control"]:
            assert "no-store" in answer.headers["Cache-Control"], url
            assert "ETag" not in answer.headers, url
            continue
        kept += 1
        assert "Set-Cookie" not in answer.headers, url
        assert not [name for name, _value in answer.headers if "ratelimit" in name.lower()], url
        vary = {name.strip() for name in ",".join(answer.headers.getlist("Vary")).split(",")}
        if rule.endpoint.startswith("well_known."):
            assert {"Accept-Encoding"} <= vary or "Content-Encoding" not in answer.headers, url
        else:
            assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= vary, (url, vary)
        for reader in (with_message(app), asking, copied(app, ended), member, steering):
            _is_its_readers_own(reader, "GET", url, answer.headers.get("ETag", ""))
        _is_its_readers_own(with_message(app), "HEAD", url, answer.headers.get("ETag", ""))
    return kept


def _is_its_readers_own(reader: FlaskClient, method: str, url: str, etag: str) -> None:
    answer = reader.open(url, method=method, headers={"If-None-Match": etag}, buffered=True)
    assert answer.status_code != 304 or not etag, url
    if "public" in answer.headers["Cache-Control"]:
        assert "Set-Cookie" not in answer.headers, url
        assert SECRET not in answer.text, url
