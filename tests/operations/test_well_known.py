"""Addresses that programs ask of a server, and the names it answers to."""

from __future__ import annotations

import zlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import Client

from govnet.kernel.log_throttle import Seldom
from govnet.record.exports import packed
from govnet.web import hosts, origins
from govnet.web.hosts import KnownHosts, known_hosts
from tests.builders import a_network

SITE = "https://network.example.org"


def answer(names: tuple[str, ...], host: str, path: str = "/") -> str:
    said: list[str] = []
    guarded = KnownHosts(lambda _environ, start: start("200 OK", []) or [b""], names)
    environ = {"HTTP_HOST": host, "PATH_INFO": path, "wsgi.url_scheme": "http", "REQUEST_METHOD": "GET"}
    list(guarded(environ, lambda status, _headers, _exc=None: said.append(status)))
    return said[0][:3]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("network.example.org", "200"),
        ("NETWORK.example.org:443", "200"),
        ("evil.example", "400"),
        ("network.example.org.evil.example", "400"),
        ("network.example.org@evil.example", "400"),
        ("localhost", "400"),
        ("", "400"),
        ("network.example.org:65535", "200"),
        ("network.example.org:65536", "400"),
        ("network.example.org:99999", "400"),
        ("network.example.org:0", "400"),
    ],
)
def test_a_real_server_answers_to_its_own_name_alone(host: str, status: str) -> None:
    assert answer(known_hosts(SITE, (), production=True), host) == status


def test_a_server_answers_to_other_names_in_the_settings() -> None:
    names = known_hosts(SITE, ("old.example.org",), production=True)
    assert [answer(names, host) for host in ("old.example.org", "new.example.org")] == ["200", "400"]


def test_somebody_who_works_on_it_can_use_this_machines_names() -> None:
    names = known_hosts("http://127.0.0.1:5000", (), production=False)
    assert {answer(names, host) for host in ("localhost:5000", "127.0.0.1:5000", "[::1]:5000")} == {"200"}


def test_a_monitor_may_ask_by_address_how_the_server_is() -> None:
    assert answer(known_hosts(SITE, (), production=True), "10.0.0.7:8000", "/healthz") == "200"


def test_a_foreign_name_is_in_no_answer(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_network()
    answered = client.get("/uk/home.json", headers={"Host": "evil.example"})
    assert answered.status_code == 400
    assert "evil" not in answered.text + str(answered.headers)


def test_anyone_who_finds_a_vulnerability_learns_whom_to_tell(client: FlaskClient, app: Flask) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404  # nobody could be asked yet
    with app.app_context():
        a_network()
    lines = client.get("/.well-known/security.txt").text.splitlines()
    assert lines[0] == "Contact: mailto:contact@example.org"
    assert lines[1] == "Expires: 2015-10-10T00:00:00Z"
    assert lines[-1].endswith("/.well-known/security.txt")


def test_the_operator_may_name_another_address(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECURITY_CONTACT", "https://example.org/holes")
    assert client.get("/.well-known/security.txt").text.startswith("Contact: https://example.org/holes\n")


def test_robots_are_kept_from_private_pages_and_from_a_demo(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /me" in lines
    assert "Disallow: /" not in lines
    monkeypatch.setitem(app.config, "DEMO", True)
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_a_download_comes_packed_to_clients_that_can_unpack_it(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_network()
    plain = client.get("/uk/data/record.jsonl").data
    sent = client.get("/uk/data/record.jsonl", headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Encoding"] == "gzip"
    assert zlib.decompress(sent.data, wbits=31) == plain
    lines = [f"line {n}\n" for n in range(50_000)]
    assert zlib.decompress(b"".join(packed(iter(lines))), wbits=31).decode() == "".join(lines)


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("127.0.0.1:5000", "proxy_set_header Host $host;"),
        ("[::1]:5000", "proxy_set_header Host $host;"),
        ("govnet_backend", "proxy_set_header Host $host;"),
        ("www.example.org", "add it to MORE_HOSTS"),
    ],
)
def test_a_wrong_name_is_explained_in_the_log_once_and_leads_to_the_right_one(
    host: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "_seldom", Seldom())
    client = Client(
        KnownHosts(
            lambda _environ, _start: [], known_hosts(SITE, ("old.example.org",), production=True), SITE
        )
    )
    with capture_logs() as logs:
        answers = [client.get("/me?token=secret", headers={"Host": host}) for _ in range(3)]
    assert f'<a href="{SITE}/">' in answers[0].text
    assert "This server does not answer under this name" in answers[0].text
    (line,) = logs
    assert (line["host"], line["SITE_URL"]) == (host, SITE)
    assert line["answers_to"] == ["network.example.org", "old.example.org"]
    assert hint in line["advice"]
    assert "secret" not in str(line)


@pytest.mark.parametrize(
    ("sent_from", "hint"),
    [
        ("https://old.example.org", "proxy_set_header X-Forwarded-Proto $scheme;"),
        ("https://evil.example", "another site"),
        ("null", "another site"),
    ],
)
def test_a_form_that_is_taken_for_another_sites_is_explained_in_the_log_once(
    sent_from: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origins, "_seldom", Seldom())
    client = Client(origins.OwnWritesOnly(lambda _environ, _start: [], SITE, lambda _environ: False))
    with capture_logs() as logs:
        for _ in range(3):
            headers = {"Host": "old.example.org", "Origin": sent_from}
            assert client.post("/sign-in", headers=headers).status_code == 400
    (line,) = logs
    assert hint in line["advice"]
    assert line["asked_as"] == "http://old.example.org:80"
