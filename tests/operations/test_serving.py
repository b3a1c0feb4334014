"""What the web server passes on of what a proxy says."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading

import click
import pytest
from waitress.server import create_server

from govnet.operations import serving


def seen_by_the_app(proxies: int) -> str:
    def say(environ, start):  # type: ignore[no-untyped-def]
        start("200 OK", [("Content-Type", "text/plain")])
        return [environ.get("HTTP_X_FORWARDED_PROTO", "nothing").encode()]

    server = create_server(say, host="127.0.0.1", port=0, **serving.settings(proxies))

    def run() -> None:
        with contextlib.suppress(OSError):  # it was waiting on the socket that is closed below
            server.run()

    running = threading.Thread(target=run, daemon=True)
    running.start()
    line = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=5)
    try:
        line.request("GET", "/", headers={"X-Forwarded-Proto": "https"})
        return line.getresponse().read().decode()
    finally:
        line.close()
        server.close()
        running.join(5)


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(click.ClickException, match="Set PORT to another number"):
            serving.check_free("127.0.0.1", other.getsockname()[1])


@pytest.mark.parametrize(("proxies", "seen"), [(0, "nothing"), (1, "https")])
def test_a_proxy_is_believed_only_where_there_is_one(proxies: int, seen: str) -> None:
    assert seen_by_the_app(proxies) == seen
