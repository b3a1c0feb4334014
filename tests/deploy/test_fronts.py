"""The web servers of deploy/ in front of the real program: TLS, forms, bounds, and what strangers say of themselves."""

from __future__ import annotations

import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.charter.test_founding_file import FILE
from tests.deploy import confined, fronts
from tests.deploy.files import DEPLOY, ROOT
from tests.deploy.fronts import NAME, Line

SPOOFED = {
    "X-Forwarded-For": "192.0.2.77",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=192.0.2.77;proto=http;host=evil.example",
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fronts.certify(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def govnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """govnet in production, bound as its unit binds it, with a network; its port."""
    folder, port = tmp_path_factory.mktemp("govnet"), fronts.free_port()
    (folder / "network.toml").write_text(FILE)
    environment = {
        "PATH": os.environ["PATH"], "GOVNET_ENV": "production", "GOVNET_DATA": str(folder), "SECRET_KEY": "s" * 40,
        "MAIL_KEY": "m" * 40, "SITE_URL": f"https://{NAME}", "MAIL_DOMAIN": NAME, "TRUSTED_PROXIES": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "govnet"]
    bound = [sys.executable, confined.SELF, str(DEPLOY / "govnet-web.service"), *command]
    subprocess.run([*command, "init", "--file", str(folder / "network.toml")], cwd=ROOT, env=environment, check=True,
                   capture_output=True)  # fmt: skip
    with (folder / "said").open("w") as said:
        process = subprocess.Popen([*bound, "serve", "--no-worker", "--port", str(port)], cwd=ROOT, env=environment,
                                   stdout=said, stderr=said)  # fmt: skip
    fronts.reachable(port, process)
    yield port
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module", params=sorted(fronts.KINDS))
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, authority: Path, govnet: int
) -> Iterator[tuple[int, int]]:
    with fronts.started(request.param, _with_certificate(tmp_path_factory, authority), govnet) as ports:
        yield ports


def _with_certificate(folders: pytest.TempPathFactory, authority: Path) -> Path:
    folder = folders.mktemp("front")
    for name in ("site.pem", "site.key"):
        (folder / name).write_bytes((authority.parent / name).read_bytes())
    return folder


def ask(
    port: int, authority: Path, path: str, method: str = "GET", body: bytes | None = None, **fields: str
) -> tuple[HTTPResponse, str]:
    line = Line(port, authority)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read all
            line.request(
                method,
                path,
                body=body,
                headers={key.replace("_", "-"): value for key, value in fields.items()},
            )
        answer = line.getresponse()
        return answer, answer.read().decode()
    finally:
        line.close()


def test_pages_come_over_tls_and_a_form_is_taken(site: tuple[int, int], authority: Path) -> None:
    answer, page = ask(site[0], authority, "/sign-in")
    assert answer.status == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert cookie.startswith("__Host-")
    names = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    sent = {**names, "email": "robin@example.org"}
    body = urlencode(sent).encode()
    fields = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookie,
        "Origin": f"https://{NAME}",
    }
    answer, page = ask(site[0], authority, "/sign-in", "POST", body, **fields, **SPOOFED)
    assert answer.status in (200, 302, 303), page
    assert (answer.headers["Location"] or "/").startswith(("/", f"https://{NAME}/"))
    answer, _page = ask(
        site[0], authority, "/sign-in", "POST", body, **{**fields, "Origin": "https://evil.example"}
    )
    assert answer.status == 400


def test_without_tls_people_are_sent_to_the_page_with_it(site: tuple[int, int]) -> None:
    line = HTTPConnection("127.0.0.1", site[1], timeout=30)
    line.request("GET", "/uk/?page=2", headers={"Host": NAME})
    answer = line.getresponse()
    assert answer.status in (301, 308)
    assert re.fullmatch(rf"https://{re.escape(NAME)}(:\d+)?/uk/\?page=2", answer.headers["Location"])
    line.close()


def test_a_body_that_is_too_large_is_refused_before_the_program_sees_it(
    site: tuple[int, int], authority: Path
) -> None:
    fields = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{NAME}"}
    answer, _page = ask(site[0], authority, "/sign-in", "POST", b"a" * 1_100_000, **fields)
    assert answer.status == 413
    assert "govnet" not in (answer.headers.get("Content-Security-Policy") or "")


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the fields that it was asked with."""

    def do_GET(self) -> None:
        said = "".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words: object) -> None:
        """Nothing is logged."""


@pytest.mark.parametrize("kind", sorted(fronts.KINDS))
def test_forwarded_fields_from_a_visitor_never_reach_the_program(
    kind: str, tmp_path_factory: pytest.TempPathFactory, authority: Path
) -> None:
    behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    folder = _with_certificate(tmp_path_factory, authority)
    with fronts.started(kind, folder, behind.server_port) as (port, _plain):
        _answer, said = ask(port, authority, "/", Origin="https://evil.example", Cookie="a=b", **SPOOFED)
    behind.shutdown()
    behind.server_close()
    seen = {line.split(": ")[0].lower(): line.split(": ", 1)[1] for line in said.splitlines()}
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "https"
    assert seen["host"] == NAME
    assert seen["origin"] == "https://evil.example"
    assert seen["cookie"] == "a=b"
    assert "192.0.2.77" not in said
    assert "evil.example" not in said.replace("Origin: https://evil.example", "")
    assert "/evil" not in said.replace("https://evil.example", "")


def test_caddy_takes_its_file_as_it_stands() -> None:
    done = subprocess.run(["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    formatted = subprocess.run(
        ["caddy", "fmt", str(DEPLOY / "Caddyfile")], capture_output=True, text=True, check=False
    )
    assert formatted.stdout == (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
