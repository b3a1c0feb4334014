"""The web server and, beside it, the worker: one command for a single machine."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from flask import Flask

from govnet.accounts.passwords import ROOM
from govnet.operations.http_server import THREADS, Limits, Server, networks

log = structlog.get_logger()
_GRACE = 25.0
"""Seconds that a process beside this one has to end: a little more than the web has to answer what came."""


class Companion:
    """A process that runs beside this one and is started again when it dies, until stop()."""

    def __init__(self, *words: str, fds: Sequence[int] = ()) -> None:
        self.words = [sys.executable, "-m", "govnet", *words]
        self.fds = tuple(fds)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start it."""
        self._start_once()
        self._watcher.start()

    def ask_to_stop(self) -> None:
        """Ask it to end, and start it no more."""
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """Ask it to end, wait, and insist after 25 s."""
        self.ask_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start_once(self) -> None:
        self._process = subprocess.Popen(self.words, pass_fds=self.fds)  # noqa: S603

    def _watch(self) -> None:
        while not self._stopping.is_set():
            assert self._process is not None
            code = self._process.wait()
            if self._stopping.wait(1.0):
                return
            log.warning("started again", command=self.words[3:], code=code)
            self._start_once()


def serve(app: Flask, sock: socket.socket, *, beside: Sequence[Companion] = ()) -> None:
    """Answer requests until SIGTERM or Ctrl-C, with `beside` running; answers what came by then, and ends them too."""
    proxies = networks(app.config["PROXY_ADDRESSES"]) if app.config["TRUSTED_PROXIES"] else ()
    server = Server(
        app,
        sock,
        limits=Limits(body=app.config["MAX_CONTENT_LENGTH"]),
        proxies=proxies,
        threads=THREADS + ROOM,
    )

    def end(*_signal: object) -> None:
        for companion in beside:
            companion.ask_to_stop()
        server.drain()

    _run(server.run, end, beside)
    server.close()


def supervise(sock: socket.socket, processes: int, *, beside: Sequence[Companion] = ()) -> None:
    """The same by several processes that listen on one socket, each started again when it dies."""
    listening = str(sock.fileno())
    web = [
        Companion("serve", "--no-worker", "--socket", listening, fds=[sock.fileno()])
        for _ in range(processes)
    ]
    ended = threading.Event()

    def end(*_signal: object) -> None:
        for companion in (*web, *beside):
            companion.ask_to_stop()
        ended.set()

    def wait() -> None:
        while not ended.wait(60):
            pass

    _run(wait, end, [*web, *beside])


def _run(work: Callable[[], object], end: Callable[..., None], beside: Sequence[Companion]) -> None:
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    began = time.monotonic()
    for companion in beside:
        companion.start()
    try:
        work()
    finally:
        for companion in beside:
            companion.ask_to_stop()
        for companion in beside:
            companion.stop()
        log.info("stopped", after_seconds=round(time.monotonic() - began))
