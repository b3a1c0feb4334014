"""Workers as they run: one takes the mail, another takes its place, and both end when they are asked."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from govnet.extensions import db
from govnet.mail.incoming import reply_handlers
from govnet.mail.models import InboundMail

PATTERN = "replies+{token}@govnet.example.org"


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@pytest.fixture
def worker(app: Flask, port: int, tmp_path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker that takes mail, once or more often."""
    started: list[subprocess.Popen[bytes]] = []
    environ = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "GOVNET_DATA": str(tmp_path),
        "MAIL_REPLIES": PATTERN,
        "LMTP_LISTEN": f"127.0.0.1:{port}",
    }

    def start() -> subprocess.Popen[bytes]:
        one = subprocess.Popen([sys.executable, "-m", "govnet", "worker"], env=environ)
        started.append(one)
        return one

    yield start
    for one in started:
        one.kill()
        one.wait()


def _hand_in(app: Flask, port: int, number: int) -> None:
    """Hand a mail in as soon as somebody takes it."""
    with app.app_context():
        app.config["MAIL_REPLIES"], before = PATTERN, app.config["MAIL_REPLIES"]
        to = reply_handlers.address("confirm", number, number)
        app.config["MAIL_REPLIES"] = before
    until = time.monotonic() + 60
    while True:
        try:
            with smtplib.LMTP("127.0.0.1", port, local_hostname="mail.example.org", timeout=20) as server:
                server.sendmail(
                    "nell@example.org", [to], f"Message-ID: <{number}@example.org>\r\n\r\nYes\r\n"
                )
            return
        except ConnectionError:
            assert time.monotonic() < until, "nobody takes mail"
            time.sleep(0.1)


def _kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(InboundMail)) or 0


def test_mail_is_taken_by_one_worker_then_by_the_next_until_they_are_asked_to_end(app, port, worker) -> None:
    first = worker()
    _hand_in(app, port, 1)
    second = worker()
    first.send_signal(signal.SIGKILL)
    first.wait()
    _hand_in(app, port, 2)
    assert _kept(app) == 2
    with socket.create_connection(("127.0.0.1", port), timeout=30) as idle:
        assert idle.recv(100).startswith(b"220")
        second.terminate()
        assert idle.recv(100).startswith(b"421")
    assert second.wait(30) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
