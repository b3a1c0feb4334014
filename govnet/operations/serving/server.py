"""The web server and, beside it, the worker: one command for a single machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache

import structlog
from flask import Flask

from govnet.extensions import db
from govnet.kernel.logs import AccessLog
from govnet.kernel.processes import GRACE, Forked, Lifeline, tell_service_manager
from govnet.operations.health import metrics
from govnet.operations.serving.http_server import THREADS, Server, ServerLimits, networks
from govnet.operations.serving.worker_cli import work_for
from govnet.sign_in.passwords import ROOM

log = structlog.get_logger()
_ALL_END = signal.SIGINT
"""The signal that a parent, or Ctrl-C, sends to processes that share a socket: SIGTERM ends one, the others go on."""


@cache
def _lifeline() -> Lifeline:
    """One for all children, made when the first is."""
    return Lifeline()


class Companion:
    """A process that runs beside this one and is started again when it dies, until stop(). It ends when this one does."""

    def __init__(
        self,
        *words: str,
        fds: Sequence[int] = (),
        ends_at: signal.Signals = signal.SIGTERM,
        work: Callable[[], object] | None = None,
    ) -> None:
        """`words` are its command; `work` does the same in a fork of this process, which shares the loaded program."""
        self.ends_at = ends_at
        lifeline = _lifeline().child
        self.words = [sys.executable, "-m", "govnet", *words, "--lifeline", str(lifeline)]
        self.fds = (*fds, lifeline)
        self._work = work
        self._stopping = threading.Event()
        self._changing = threading.RLock()
        """Held while a process is started, so that none is started unseen while another stops it."""
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def fork(self) -> None:
        """Begin as a fork, where this process may fork and no connection is open; otherwise start() begins it."""
        if self._work is not None and Forked.possible():
            self._process = Forked(self._forked)

    def _forked(self) -> None:
        assert self._work is not None
        _lifeline().hold_as_child()
        self._work()

    def start(self) -> None:
        """Start it, or watch over a forked process."""
        if self._process is None:
            self._start_once()
        self._watcher.start()

    def ask_to_stop(self) -> None:
        """Ask it to end, and start it no more."""
        self._stopping.set()
        with self._changing:
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(self.ends_at)

    def stop(self) -> None:
        """Ask it to end, wait, and insist after 25 s."""
        self.ask_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start_once(self) -> None:
        environ = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
        self._process = subprocess.Popen(self.words, pass_fds=self.fds, env=environ)  # noqa: S603

    def _watch(self) -> None:
        while not self._stopping.is_set():
            assert self._process is not None
            code = self._process.wait()
            if self._stopping.wait(1.0):
                return
            with self._changing:
                if self._stopping.is_set():
                    return
                self._start_once()
            log.warning("started again", command=self.words[3], code=code)


def serve(
    app: Flask,
    sock: socket.socket,
    *,
    beside: Sequence[Companion] = (),
    listens: Callable[[], None] = lambda: None,
    shared: bool = False,
) -> None:
    """Answer requests until SIGTERM or Ctrl-C, with `beside` running; finishes the open ones, and ends `beside` too.

    `listens` is called once requests are answered. `shared`: other processes listen on this socket, too.
    """
    _fork(app, beside)
    server = Server(
        AccessLog(app, [metrics.answered]),
        sock,
        limits=ServerLimits(body=app.config["MAX_CONTENT_LENGTH"]),
        proxies=networks(app.config["PROXY_ADDRESSES"]) if app.config["TRUSTED_PROXIES"] else (),
        threads=THREADS + ROOM,
        shared=shared,
    )

    def end(number: int, _frame: object) -> None:
        for companion in beside:
            companion.ask_to_stop()
        server.drain(all_end=not shared or number == _ALL_END)

    def work() -> None:
        listens()
        server.run()

    _run(work, end, beside)
    server.close()


def the_worker(app: Flask, sock: socket.socket) -> Companion:
    """The worker as a companion of a web server that listens on this socket."""

    def work() -> None:
        sock.close()
        work_for(app)

    return Companion("worker", work=work)


def _fork(app: Flask, companions: Sequence[Companion]) -> None:
    """While this process has one thread; they share the loaded program's memory, and no connection."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    for companion in companions:
        companion.fork()


def supervise(
    app: Flask,
    sock: socket.socket,
    processes: int,
    *,
    beside: Sequence[Companion] = (),
    listens: Callable[[], None] = lambda: None,
) -> None:
    """The same by several processes that listen on one socket, each started again when it dies."""
    reading, ready = os.pipe()
    words = ("serve", "--no-worker", "--socket", str(sock.fileno()), "--ready", str(ready))

    def answer() -> None:
        serve(app, sock, listens=lambda: say_ready(ready), shared=True)

    fds = [sock.fileno(), ready]
    web = [Companion(*words, fds=fds, ends_at=_ALL_END, work=answer) for _ in range(processes)]
    _fork(app, [*web, *beside])
    ended = threading.Event()

    def end(*_signal: object) -> None:
        for companion in (*web, *beside):
            companion.ask_to_stop()
        ended.set()

    def wait() -> None:
        threading.Thread(target=_once_ready, args=(reading, listens), daemon=True).start()
        while not ended.wait(60):
            pass

    _run(wait, end, [*web, *beside])


def say_ready(ready: int) -> None:
    """Tell the parent at the other end of this pipe that requests are answered."""
    os.write(ready, b"1")


def _once_ready(reading: int, listens: Callable[[], None]) -> None:
    """Call `listens` when the first process reports that it answers; the others' reports are read and forgotten."""
    os.read(reading, 1)
    listens()
    while os.read(reading, 100):
        pass


def _run(work: Callable[[], object], end: Callable[..., None], beside: Sequence[Companion]) -> None:
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    began = time.monotonic()
    for companion in beside:
        companion.start()
    try:
        work()
    finally:
        tell_service_manager("STOPPING=1")
        for companion in beside:
            companion.ask_to_stop()
        for companion in beside:
            companion.stop()
        log.info("stopped", after_seconds=round(time.monotonic() - began))
