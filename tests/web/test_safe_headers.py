"""Every page's headers for safety, and the cookies of sessions where strangers use it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govnet.kernel.settings import load_config
from tests import builders

STRANGERS = {
    "GOVNET_ENV": "production",
    "SECRET_KEY": "s" * 64,
    "MAIL_KEY": "m" * 64,
    "SITE_URL": "https://network.example.org",
    "GOVNET_DATA": "/srv/govnet/data",
    "MAIL_DOMAIN": "network.example.org",
}


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("path", ["/uk/", "/uk/decisions", "/sign-in", "/nowhere"])
def test_every_page_says_what_browsers_may_do_with_it(client: FlaskClient, path: str) -> None:
    builders.a_network()
    headers = client.get(path, base_url="https://localhost").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.usefixtures("context")
def test_names_below_it_are_promised_where_the_operator_says_so(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.a_network()
    monkeypatch.setitem(
        app.config, "HSTS_SUBDOMAINS", load_config().load({"HSTS_SUBDOMAINS": "1"}).HSTS_SUBDOMAINS
    )
    headers = client.get("/uk/", base_url="https://localhost").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.usefixtures("context")
def test_promises_that_need_https_are_not_made_without(client: FlaskClient) -> None:
    builders.a_network()
    assert "Strict-Transport-Security" not in client.get("/uk/").headers


def test_where_strangers_use_it_cookies_are_bound_to_the_host_and_to_https() -> None:
    settings = load_config().load(dict(STRANGERS)).as_flask()
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_HTTPONLY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SITE_URL", "http://network.example.org"),
        ("MAIL_REPLIES", "no token"),
    ],
)
def test_it_does_not_start_for_strangers_with_settings_that_are_not_safe(name: str, value: str) -> None:
    config = load_config()
    environ = {**STRANGERS, name: value}
    if not value:
        del environ[name]
    with pytest.raises(config.ConfigError, match=name):
        config.load(environ)
