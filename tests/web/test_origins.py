"""Writes from pages of other sites: refused before anything is looked at, from any browser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.sign_in import sessions
from govnet.web.origins import WriteOrigin, origin_of, sender
from tests import builders
from tests.demo.enemy import addresses
from tests.pages import HERE, Html, defaults, opened

ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Sec-Fetch-Site": "Same-Origin"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:81"},
    {"Origin": "https://localhost"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://localhost.example.org"},
    {"Origin": "http://localhost, http://evil.example"},
    {"Origin": "http://evil.example", "Referer": "http://localhost/sign-in"},
    {"Referer": "http://evil.example/http://localhost/"},
    {"Referer": "http://localhost@evil.example/"},
    {"Referer": "about:blank"},
]


def facts(app: Flask) -> str:
    """Everything that the database holds."""
    with app.app_context():
        rows = {t.name: db.session.execute(select(t)).all() for t in db.metadata.sorted_tables}
        db.session.rollback()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def roles(app: Flask) -> Iterator[tuple[str, FlaskClient]]:
    """A browser of each kind of person, a visitor's with a form open."""
    with app.app_context():
        network = builders.a_network()
        people = {
            "member": builders.a_member(network),
            "steering": builders.a_steering_member(network),
            "coordinator": builders.a_coordinator(network),
            "operator": builders.an_operator(),
        }
        browsers = {name: builders.sign_in(app.test_client(), person) for name, person in people.items()}
    visitor = app.test_client()
    opened(visitor, "/sign-in")
    yield from {"stranger": app.test_client(), "visitor": visitor, **browsers}.items()


def writes(app: Flask) -> Iterator[str]:
    """The address of every write, once."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods:
            yield adapter.build(rule.endpoint, next(addresses(rule)), method="POST")


def test_no_write_from_elsewhere_changes_anything_in_any_role(app):
    addresses_of_writes = [url for url in writes(app) if url != "/unsubscribe/x"]
    assert len(addresses_of_writes) > 130
    browsers = list(roles(app))
    before = facts(app)
    for at, url in enumerate(addresses_of_writes):
        for place, (role, browser) in enumerate(browsers):
            headers = ELSEWHERE[(at + place) % len(ELSEWHERE)]
            answer = browser.post(url, headers=headers, data={"body": "x", "email": "ann@example.org"})
            assert answer.status_code == 400, (role, url, headers)
            assert answer.mimetype == "text/plain", (role, url)
            assert "Set-Cookie" not in answer.headers, (role, url)
    assert facts(app) == before


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_right_token_does_not_help_a_page_elsewhere(client, method, headers):
    token = {f["name"]: f["value"] for f in opened(client, "/sign-in").forms[0]["fields"]}["csrf_token"]
    answer = client.open(
        "/sign-in",
        method=method,
        headers={**headers, "X-CSRFToken": token},
        data={"csrf_token": token, "email": "ann@example.org"},
    )
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_pages_are_read_by_links_from_anywhere(client, headers):
    assert client.get("/sign-in", headers=headers).status_code == 200
    assert client.head("/sign-in", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "http://LOCALHOST:80", "Referer": "http://evil.example/"},
        {"Referer": "http://localhost/sign-in?next=/me"},
    ],
    ids=str,
)
def test_a_form_of_this_site_is_sent_with_its_token_and_not_without(client, headers):
    fields = defaults(opened(client, "/sign-in").forms[0]) | {"email": "ann@example.org"}
    assert client.post("/sign-in", headers=headers, data=fields).location == "/sign-in/sent"
    assert client.post("/sign-in", headers=headers, data=fields | {"csrf_token": "x"}).status_code == 400


HTTPS = "https://network.example.org"


@pytest.mark.parametrize(
    ("scheme", "host", "site", "origin", "found"),
    [
        ("https", "network.example.org", HTTPS, HTTPS, WriteOrigin.HERE),
        ("https", "network.example.org:443", HTTPS, HTTPS, WriteOrigin.HERE),
        ("https", "NETWORK.example.org", HTTPS, f"{HTTPS}:443", WriteOrigin.HERE),
        # a proxy that ends TLS without saying so, or drops the port of the name
        ("http", "network.example.org", HTTPS, HTTPS, WriteOrigin.HERE),
        ("http", "network.example.org", f"{HTTPS}:8443", f"{HTTPS}:8443", WriteOrigin.HERE),
        ("http", "network.example.org", HTTPS, f"{HTTPS}:8443", WriteOrigin.ELSEWHERE),
        ("https", "network.example.org", HTTPS, "http://network.example.org", WriteOrigin.ELSEWHERE),
        # another name of this server: its own pages, and nobody else's
        ("https", "wales.example.org", HTTPS, "https://wales.example.org", WriteOrigin.HERE),
        ("https", "wales.example.org", HTTPS, HTTPS, WriteOrigin.ELSEWHERE),
        ("https", "network.example.org", HTTPS, "https://wales.example.org", WriteOrigin.ELSEWHERE),
        ("http", "[::1]:5000", "http://127.0.0.1:5000", "http://[::1]:5000", WriteOrigin.HERE),
        ("http", "localhost:5000", "http://127.0.0.1:5000", "http://127.0.0.1:5000", WriteOrigin.ELSEWHERE),
        ("http", "localhost:99999", HTTPS, "http://localhost:99999", WriteOrigin.ELSEWHERE),
    ],
)
def test_a_page_s_own_origin_is_known_behind_proxies_and_under_every_name(scheme, host, site, origin, found):
    environ = {"wsgi.url_scheme": scheme, "HTTP_HOST": host}
    assert sender({**environ, "HTTP_ORIGIN": origin}, site) is found
    assert sender({**environ, "HTTP_REFERER": f"{origin}/me?x=1"}, site) is found
    assert sender(environ, site) is WriteOrigin.UNKNOWN


@pytest.mark.parametrize("text", ["", "null", "data:,x", "http://", "http://[", "http://a:b", "//a", "\x00"])
def test_text_without_an_origin_has_none(text):
    assert origin_of(text) is None


def test_one_click_in_a_mail_program_comes_from_anywhere_and_anything_else_there_does_not(app, client):
    with app.app_context():
        builders.sign_in(client, builders.a_member(builders.a_network()))
    for headers in ELSEWHERE:
        one_click = client.post("/unsubscribe/x", headers=headers, data={"List-Unsubscribe": "One-Click"})
        assert one_click.status_code == 404  # the token is nobody's: asked for, and not found
        other = client.post("/unsubscribe/x", headers=headers, data={"x": "y"})
        assert (other.status_code, other.mimetype) == (400, "text/plain")
        assert "Set-Cookie" not in {**one_click.headers, **other.headers}


def refill(client: FlaskClient, token: str, **headers: str) -> Html:
    answer = client.post(
        "/sign-out", headers=headers, data={"csrf_token": token, "note": "My words", "form_key": "k"}
    )
    assert answer.status_code == 400
    return Html(answer.text)


def test_a_form_that_no_page_here_is_known_to_have_sent_is_given_back_without_a_button(client):
    answer = client.post("/me/data/name", data={"name": "My words"})
    assert answer.status_code == 400
    assert "My words" in answer.text
    assert not Html(answer.text).forms
    assert "Set-Cookie" not in answer.headers


def test_a_form_older_than_who_is_signed_in_comes_back_filled_with_a_new_token(app, client):
    with app.app_context():
        network = builders.a_network()
        ann, bob = builders.a_member(network, "Ann Example"), builders.a_member(network, "Bob Example")
        ann_id, bob_id = ann.id, bob.id
    old = defaults(opened(client, "/sign-in").forms[0])["csrf_token"]
    for person_id, name in ((ann_id, "Ann Example"), (bob_id, "Bob Example"), (None, "")):
        with app.app_context():
            if person_id is not None:
                builders.sign_in(client, db.session.get_one(builders.Person, person_id))
            else:
                with transaction():
                    sessions.end_all_sessions(bob_id)
        page = refill(client, old, **HERE)
        (form,) = page.forms
        fields = defaults(form)
        assert fields["csrf_token"] != old
        assert (fields["note"], fields["form_key"]) == ("My words", "k")
        assert (f"You are signed in as {name}." in page.text) is bool(name)
        assert ("Sign in, in a new tab" in page.text) is not bool(name)
        old = fields["csrf_token"]
    assert client.post("/sign-out", headers=HERE, data={"csrf_token": old}).status_code == 303
