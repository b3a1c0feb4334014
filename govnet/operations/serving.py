"""The web server and, beside it, the worker: one command for a single machine."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Any

import click
import structlog
import waitress
from flask import Flask

log = structlog.get_logger()
THREADS = 8
_GRACE = 20.0


class Companion:
    """A process that runs beside this one and is started again when it dies, until stop()."""

    def __init__(self, *words: str) -> None:
        self.words = [sys.executable, "-m", "govnet", *words]
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start it."""
        self._start_once()
        self._watcher.start()

    def stop(self) -> None:
        """Ask it to end, wait, and insist after 20 s."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start_once(self) -> None:
        self._process = subprocess.Popen(self.words)  # noqa: S603

    def _watch(self) -> None:
        while not self._stopping.is_set():
            assert self._process is not None
            code = self._process.wait()
            if self._stopping.wait(1.0):
                return
            log.warning("started again", command=self.words[3:], code=code)
            self._start_once()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def settings(proxies: int) -> dict[str, Any]:
    """How to listen. What a proxy says of its visitor is kept only where there is a proxy: the app reads it then."""
    return {"threads": THREADS, "ident": None, "clear_untrusted_proxy_headers": not proxies}


def check_free(host: str, port: int) -> None:
    """ClickException, saying what to do, where something else listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the server does: one that just ended is no bar
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Cannot listen on port {port}: {error.strerror}. Set PORT to another number."
            ) from error


def serve(app: Flask, *, host: str, port: int, beside: tuple[Companion, ...] = ()) -> None:
    """Answer requests until SIGTERM or Ctrl-C, with `beside` running; ends them too."""
    check_free(host, port)
    signal.signal(signal.SIGTERM, _end)
    for companion in beside:
        companion.start()
    began = time.monotonic()
    try:
        waitress.serve(app, host=host, port=port, **settings(app.config["TRUSTED_PROXIES"]))
    except KeyboardInterrupt:
        pass
    finally:
        for companion in beside:
            companion.stop()
        log.info("stopped", after_seconds=round(time.monotonic() - began))
