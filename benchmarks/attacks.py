"""What a stranger's slow, idle, endless or pipelined connections cost everybody else: pages asked for meanwhile, in seconds.

By itself it attacks a small application behind the server of `govnet serve`; `python -m benchmarks.attacks PORT` attacks what
listens there.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from govnet.operations.serving.http_server import Server
from govnet.operations.serving.server_socket import bound

CONNECTIONS = 150
SECONDS = 12.0
BAR = 1.0
"""Seconds in which every page must come meanwhile, to the attacker's neighbour and behind the attacker's own address."""
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def application(environ, start):  # type: ignore[no-untyped-def]
    """Reads what was sent and says so."""
    length = len(environ["wsgi.input"].read())
    time.sleep(0.005)
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"%d bytes" % length]


def slow_head(number: int) -> Iterator[bytes]:
    """A byte of a field each second."""
    yield b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    while True:
        yield b"a"


def slow_body(number: int) -> Iterator[bytes]:
    """A byte of a form each second."""
    yield HEAD + b"Content-Length: 100000\r\n\r\n"
    while True:
        yield b"a"


def idle(number: int) -> Iterator[bytes]:
    """Nothing at all."""
    while True:
        yield b""


def pipelined(number: int) -> Iterator[bytes]:
    """Two hundred requests at a time, whose answers nobody reads."""
    while number < 20:
        yield b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200


def chunks(number: int) -> Iterator[bytes]:
    """A body without an end."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while number < 20:
        yield b"10000\r\n" + b"a" * 0x10000 + b"\r\n"


KINDS: tuple[Callable[[int], Iterator[bytes]], ...] = (slow_head, slow_body, idle, pipelined, chunks)


def page(port: int, peer: str) -> float:
    """Seconds until a page came to that address; 5 where none did."""
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5, source_address=(peer, 0))
    try:
        line.request("GET", "/")
        return time.monotonic() - began if line.getresponse().read() is not None else 5.0
    except OSError:
        return 5.0
    except http.client.HTTPException:
        return 5.0
    finally:
        line.close()


def attack(port: int, kind: Callable[[int], Iterator[bytes]]) -> dict[str, object]:
    """Attack for some seconds, and ask for pages meanwhile."""
    lines: dict[socket.socket, Iterator[bytes]] = {}
    for number in range(CONNECTIONS):
        one = socket.create_connection(("127.0.0.1", port), timeout=5)
        one.setblocking(False)
        lines[one] = kind(number)
    neighbour: list[float] = []
    same: list[float] = []
    ends = time.monotonic() + SECONDS
    open_at_first = len(lines)
    while time.monotonic() < ends:
        for one, words in list(lines.items()):
            try:
                one.send(next(words, b""))
                if one.recv(1, socket.MSG_PEEK) == b"":
                    raise ConnectionResetError
            except BlockingIOError:
                continue
            except OSError:
                one.close()
                del lines[one]
        neighbour.append(page(port, "127.0.0.2"))
        same.append(page(port, "127.0.0.1"))
        time.sleep(1)
    left = len(lines)
    for one in lines:
        one.close()
    return {
        "name": f"attack: {kind.__name__}", "connections": open_at_first, "left": left,
        "neighbour_median": round(statistics.median(neighbour), 3), "neighbour_worst": round(max(neighbour), 3),
        "same_median": round(statistics.median(same), 3), "same_worst": round(max(same), 3),
        "ok": max(neighbour) < BAR and max(same) < BAR,
    }  # fmt: skip


def _serve(port: int) -> None:
    Server(application, bound("127.0.0.1", port)).run()


def main(port: int = 0) -> Iterator[dict[str, object]]:
    """Each kind of attack, one after the other."""
    process = None
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
        process.start()
        time.sleep(3)
    try:
        for kind in KINDS:
            yield attack(port, kind)
            time.sleep(2)
    finally:
        if process is not None:
            process.terminate()
            process.join(30)


if __name__ == "__main__":
    for result in main(int(sys.argv[1])):
        print(json.dumps(result), flush=True)
