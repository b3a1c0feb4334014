"""The web server against slow, greedy and confused strangers: real sockets, short limits."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import http.client
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from govnet.kernel.client_address import peer_of
from govnet.operations.serving.http_server import Server, ServerLimits, networks
from govnet.operations.serving.server_socket import bound, drop_newcomers

LIMITS = ServerLimits(
    body=10_000, waiting=0.6, sending=0.6, kept=6.0, stalled=1.0, lingering=0.6, last_call=0.1, connections=30, a_peer=10,
    draining=5.0, parting=0.2, handshake=0.1,
)  # fmt: skip
HEAD = b"POST / HTTP/1.1\r\nHost: example.org\r\n"
GET = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"


class Site:
    """A server on loopback, and what its application was asked for."""

    def __init__(self, limits: ServerLimits = LIMITS, proxies: tuple[str, ...] = ()) -> None:
        self.asked: list[dict[str, Any]] = []
        self.lines: list[socket.socket] = []
        self.hold = threading.Event()
        self.hold.set()
        self.sock = bound("127.0.0.1", 0)
        self.port = self.sock.getsockname()[1]
        self.server = Server(self.answer, self.sock, limits=limits, proxies=networks(proxies), threads=4)
        self.running = threading.Thread(target=self._run, daemon=True)
        self.running.start()

    def _run(self) -> None:
        with contextlib.suppress(SystemExit):
            self.server.run()

    def answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read()
        self.asked.append({**environ, "body": len(body)})
        if environ["PATH_INFO"] == "/held":
            self.hold.wait(10)
        size = 3_000_000 if environ["PATH_INFO"] == "/large" else 4
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(size))])
        return [b"here"] if size == 4 else [b"a" * size]

    def connect(self, peer: str = "127.0.0.1") -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=(peer, 0))
        self.lines.append(line)
        return line

    def get(self, peer: str = "127.0.0.1", **fields: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(peer, 0))
        try:
            line.request("GET", "/", headers=fields)
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()

    def end(self) -> None:
        self.hold.set()
        for line in self.lines:
            line.close()
        self.server.drain()
        self.running.join(10)
        assert not self.running.is_alive()
        self.server.close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.end()


def asks(line: socket.socket) -> bytes:
    """One request and its answer, on a connection that stays."""
    line.sendall(GET)
    found = b""
    while not found.endswith(b"here"):
        found += line.recv(1000)
    return found


def rest_of(line: socket.socket) -> bytes:
    """Everything until the other side closes."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while more := line.recv(65536):
            found += more
    line.close()
    return found


def drip(line: socket.socket, seconds: float) -> float:
    """A byte each tenth of a second until the other side closes; how long that took."""
    began = time.monotonic()
    line.setblocking(False)
    while time.monotonic() - began < seconds:
        try:
            line.send(b"a")
            if line.recv(1, socket.MSG_PEEK) != b"":
                break
        except BlockingIOError:
            time.sleep(0.1)
        except OSError:
            break
        else:
            break
    line.setblocking(True)
    return time.monotonic() - began


def test_a_taken_port_is_named_in_a_sentence() -> None:
    with (
        bound("127.0.0.1", 0) as other,
        pytest.raises(click.ClickException, match="Set PORT to another number"),
    ):
        bound("127.0.0.1", other.getsockname()[1])


@pytest.mark.parametrize(
    ("proxies", "seen"), [((), None), (("127.0.0.0/8",), "https"), (("10.0.0.0/8", "::1"), None)]
)
def test_a_proxy_is_believed_only_where_one_may_stand(proxies: tuple[str, ...], seen: str | None) -> None:
    site = Site(proxies=proxies)
    site.get(**{"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"})
    assert site.asked[0].get("HTTP_X_FORWARDED_PROTO") == seen
    assert ("HTTP_X_FORWARDED_FOR" in site.asked[0]) == (seen is not None)
    assert ("HTTP_FORWARDED" in site.asked[0]) == (seen is not None)
    site.end()


SLOW = {
    "fields": b"GET / HTTP/1.1\r\nX-Slow: ",
    "the first line": b"GET /",
    "a body": HEAD + b"Content-Length: 5000\r\n\r\n",
    "a body in chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n",
    "a body that was announced": HEAD + b"Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n",
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_byte_now_and_then_does_not_keep_a_connection(site: Site, kind: str) -> None:
    line = site.connect()
    line.sendall(SLOW[kind])
    if "announced" in kind:
        assert line.recv(100).startswith(b"HTTP/1.1 100")
    assert 0.4 < drip(line, 8) < 4
    answer = rest_of(line)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"Go back: what you wrote is still there" in answer
    assert site.asked == []


@pytest.mark.parametrize("words", [b"", b"\r\n", GET])
def test_a_connection_that_asks_for_nothing_is_closed(site: Site, words: bytes) -> None:
    line = site.connect()
    line.sendall(words)
    began = time.monotonic()
    answer = rest_of(line)
    assert 0.4 < time.monotonic() - began < 4
    assert answer.count(b"HTTP/1.1 200") == (words == GET)


def test_a_proxy_may_keep_a_connection_longer_and_have_as_many_as_it_likes() -> None:
    site = Site(proxies=("127.0.0.1",))
    lines = [site.connect() for _ in range(20)]
    for line in lines:
        assert asks(line).startswith(b"HTTP/1.1 200")
    time.sleep(2)
    for line in lines:
        assert asks(line).startswith(b"HTTP/1.1 200")
    site.end()


@pytest.mark.parametrize("kind", ["idle", "fields", "a body"])
def test_a_crowd_of_slow_connections_shuts_nobody_out(kind: str) -> None:
    site = Site(limits=ServerLimits(connections=30, a_peer=10))
    lines = []
    for number in range(60):
        line = site.connect(f"127.0.0.{2 + number % 5}")
        line.sendall(SLOW.get(kind, b""))
        lines.append(line)
    began = time.monotonic()
    assert site.get("127.0.0.9") == 200
    assert site.get("127.0.0.2") == 200
    assert time.monotonic() - began < 2
    time.sleep(1.2)
    there = [channel.peer for channel in site.server.active_channels.values()]
    assert len(there) <= 30
    assert max(there.count(peer) for peer in there) <= 10
    for line in lines:
        line.close()
    site.end()


def test_a_client_with_everything_in_hand_already_has_to_wait(site: Site) -> None:
    site.hold.clear()
    lines = [site.connect() for _ in range(10)]
    for line in lines:
        line.sendall(GET.replace(b"/ ", b"/held ", 1))
    time.sleep(0.5)
    assert rest_of(site.connect()).startswith(b"HTTP/1.1 503 ")
    site.hold.set()
    for line in lines:
        assert line.recv(1000).startswith(b"HTTP/1.1 200")
        line.close()


TOO_LARGE = {
    "a length over the limit": HEAD + b"Content-Length: 10001\r\n\r\n",
    "a gigabyte": HEAD + b"Content-Length: 1000000000\r\n\r\n",
    "a length that was announced": HEAD + b"Expect: 100-continue\r\nContent-Length: 10001\r\n\r\n",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b"a" * 4096 + b"\r\n" + b"1000\r\n" + b"a" * 4096
    + b"\r\n" + b"1000\r\n" + b"a" * 4096 + b"\r\n",
    "one large chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n100000\r\n" + b"a" * 30_000,
    "chunks of a byte": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 11_000,
    "a chunk's long extension": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 30_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_too_large_a_body_is_refused_before_it_is_stored(site: Site, kind: str) -> None:
    line = site.connect()
    line.sendall(TOO_LARGE[kind])
    answer = rest_of(line)
    assert answer.startswith(b"HTTP/1.1 413 "), answer[:200]
    assert b"100 Continue" not in answer
    assert site.asked == []


def test_a_sender_who_goes_on_sending_still_reads_why(site: Site) -> None:
    line = site.connect()
    line.sendall(HEAD + b"Content-Length: 3000000\r\n\r\n")
    with contextlib.suppress(OSError):
        for _ in range(30):
            line.sendall(b"a" * 100_000)
    assert b"413" in rest_of(line)[:20]


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 10000\r\n\r\n" + b"a" * 10_000,
        b"Transfer-Encoding: chunked\r\n\r\n2710\r\n" + b"a" * 10_000 + b"\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n64\r\n"
        + b"a" * 100
        + b"\r\n"
        + b"4\r\naaaa\r\n" * 1_000
        + b"0\r\n\r\n",
    ],
)
def test_a_body_just_within_the_limit_is_taken(site: Site, body: bytes) -> None:
    line = site.connect()
    line.sendall(HEAD + body)
    assert line.recv(1000).startswith(b"HTTP/1.1 200")
    assert site.asked[0]["body"] in (10_000, 4_100)
    line.close()


def test_fields_without_end_are_refused(site: Site) -> None:
    line = site.connect()
    with contextlib.suppress(OSError):
        line.sendall(b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 10_000)
    assert b" 431 " in rest_of(line)[:20]


CONFUSED = {
    "a length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "in other letters": b"content-length: 5\r\nTRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n",
    "an encoding that is none": b"Content-Length: 5\r\nTransfer-Encoding: x\r\n\r\nhello",
    "an empty encoding": b"Content-Length: 5\r\nTransfer-Encoding:\r\n\r\nhello",
    "a blank before the colon": b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\nhello",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length with a sign": b"Content-Length: +5\r\n\r\nhello",
    "a bare line end": b"Content-Length: 5\nTransfer-Encoding: chunked\r\n\r\nhello",
}


@pytest.mark.parametrize("kind", CONFUSED)
def test_a_request_whose_end_is_not_plain_is_400_and_nothing_behind_it_is_read(site: Site, kind: str) -> None:
    line = site.connect()
    line.sendall(HEAD + CONFUSED[kind] + GET)
    answer = rest_of(line)
    assert answer.partition(b"\r\n")[0].endswith(b" 400 Bad Request")
    assert answer.count(b"HTTP/1.") == 1
    assert site.asked == []


def test_chunks_before_http_1_1_are_400(site: Site) -> None:
    line = site.connect()
    line.sendall(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert b" 400 " in rest_of(line)[:20]
    assert site.asked == []


def test_requests_behind_each_other_are_answered_in_turn_while_others_are_served(site: Site) -> None:
    line = site.connect()
    line.sendall(GET * 300)
    assert site.get() == 200
    found = b""
    while found.count(b"HTTP/1.1 200") < 300:
        found += line.recv(65536)
    line.close()


def test_answers_that_nobody_takes_hold_no_thread(site: Site) -> None:
    lines = [site.connect() for _ in range(8)]
    for line in lines:
        line.sendall(GET.replace(b"/ ", b"/large ", 1) * 100)
    began = time.monotonic()
    assert site.get("127.0.0.2") == 200
    assert time.monotonic() - began < 2
    time.sleep(3)
    assert len(site.asked) <= 3 * 8 + 1  # what the network takes by itself
    assert len(site.server.active_channels) <= 1
    for line in lines:
        line.close()


def test_at_its_end_it_answers_what_has_come_and_takes_nothing_more() -> None:
    site = Site()
    site.hold.clear()
    held, silent, sending = site.connect(), site.connect(), site.connect()
    held.sendall(GET.replace(b"/ ", b"/held ", 1))
    sending.sendall(HEAD + b"Content-Length: 5\r\n\r\nhe")
    time.sleep(0.3)
    site.server.drain()
    began = time.monotonic()
    assert rest_of(silent) == b""
    assert time.monotonic() - began < 3
    with pytest.raises(ConnectionRefusedError):
        site.connect()
    sending.sendall(b"llo")
    assert rest_of(sending).startswith(b"HTTP/1.1 200")
    site.hold.set()
    assert rest_of(held).endswith(b"here")
    site.end()


def test_an_endless_request_does_not_keep_the_server_from_ending() -> None:
    site = Site(limits=ServerLimits(draining=1.0))
    site.hold.clear()
    held = site.connect()
    held.sendall(GET.replace(b"/ ", b"/held ", 1))
    time.sleep(0.3)
    site.server.drain()
    site.running.join(9)
    site.end()


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9%eth0", "2001:db8:1:2::/64"),
    ],
)
def test_one_asker_is_an_address_or_a_64(address: str, peer: str) -> None:
    assert peer_of(address) == peer


@pytest.mark.sqlite
def test_the_command_serves_by_two_processes_and_ends_at_sigterm(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "govnet",
        "serve",
        "--no-worker",
        "--port",
        str(port),
        "--processes",
        "2",
    ]
    environ = {**os.environ, "GOVNET_DATA": str(tmp_path), "SITE_URL": f"http://127.0.0.1:{port}"}
    environ.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "govnet", "init"], env=environ, check=True, capture_output=True)
    process = subprocess.Popen(command, env=environ)
    try:
        for _ in range(300):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=20) as line,
            ):
                line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
                assert line.recv(100).startswith(b"HTTP/1.1 413 ")
                break
            time.sleep(0.1)
        else:
            raise AssertionError("it never listened")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
    finally:
        process.kill()
        process.wait()


def test_clients_already_there_are_accepted_and_later_ones_are_never_let_in() -> None:
    with bound("127.0.0.1", 0) as sock:
        where = sock.getsockname()
        came = [socket.create_connection(where) for _ in range(20)]
        drop_newcomers(sock)
        late = socket.socket()
        late.settimeout(0.3)
        with pytest.raises(TimeoutError):
            late.connect(where)
        for one in came:
            one.sendall(b"here")
            theirs, _address = sock.accept()
            assert theirs.recv(4) == b"here"
            theirs.close()
            one.close()
        with pytest.raises(BlockingIOError):
            sock.accept()
    late.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where, timeout=10)


def half_made(where: tuple[str, int]) -> socket.socket:
    """A connection that the server has answered; its client has not heard that yet, as on a busy machine."""
    line = socket.socket()
    deaf = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    line.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HP", 1, ctypes.addressof(deaf)))
    line.setblocking(False)
    assert line.connect_ex(where) == errno.EINPROGRESS
    time.sleep(0.1)
    return line


def finish(line: socket.socket) -> None:
    """Hear the server's answer, which it repeats within a second or two."""
    line.setsockopt(socket.SOL_SOCKET, 27, 0)  # SO_DETACH_FILTER
    line.settimeout(5)
    assert select.select([], [line], [], 5)[1]
    assert line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


def test_a_connection_half_made_when_the_server_ends_is_finished_and_answered() -> None:
    site = Site(replace(LIMITS, handshake=4.0))
    line = half_made(("127.0.0.1", site.port))
    site.server.drain()
    time.sleep(0.3)
    late = half_made(("127.0.0.1", site.port))
    finish(line)
    line.sendall(GET)
    assert rest_of(line).endswith(b"here")
    late.close()
    site.end()


@pytest.mark.parametrize("by", ["ending", "patience", "room"])
def test_what_has_come_on_a_silent_connection_is_answered_before_it_is_closed(by: str) -> None:
    with bound("127.0.0.1", 0) as sock:
        server = Server(lambda _environ, _start: [b""], sock, limits=replace(LIMITS, connections=1))
        line = socket.create_connection(sock.getsockname())
        server.handle_accept()
        (channel,) = server.active_channels.values()
        channel.since -= 100
        line.sendall(GET)
        if by == "ending":
            server.drain()
            server._last_call = 0.1
            server.limits = replace(server.limits, draining=1e9)
            server.readable()
        elif by == "patience":
            server.maintenance(time.time())
        else:
            others = [socket.create_connection(sock.getsockname()) for _ in range(3)]
            server.handle_accept()
            [other.close() for other in others]
        assert not channel.will_close
        channel.handle_read()
        assert channel.requests
        server.close()
        line.close()
