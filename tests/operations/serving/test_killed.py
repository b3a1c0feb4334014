"""A worker whose `serve` is killed finishes the mail that it has in hand, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import http.client
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.mail.servers import Free, running
from tests.operations.serving.test_processes import Govnet, alive, started  # noqa: F401  (a fixture)
from tests.pages import Html, defaults

pytestmark = pytest.mark.sqlite


class Slow:
    """Takes a mail's content, and answers when it is told to."""

    def __init__(self) -> None:
        self.came, self.answer = threading.Event(), threading.Event()
        self.taken: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.came.set()
        while not self.answer.is_set():
            await asyncio.sleep(0.05)
        self.taken += envelope.rcpt_tos
        return "250 OK"


def ask_for_link(govnet: Govnet, address: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", govnet.port, timeout=30)
    line.request("GET", "/sign-in")
    page = line.getresponse()
    cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
    form = next(form for form in Html(page.read().decode()).forms if "email" in defaults(form))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    line.request("POST", "/sign-in", urlencode({**defaults(form), "email": address}), headers)
    answer = line.getresponse()
    assert answer.status == 303, answer.read()
    line.close()


def test_the_mail_in_hand_is_finished_and_written_down(tmp_path: Path, started: list[Govnet]) -> None:  # noqa: F811
    slow = Slow()
    with running(Free(slow)) as port:
        govnet = Govnet(tmp_path, MAIL_SERVER="127.0.0.1", MAIL_PORT=str(port))
        started.append(govnet)
        govnet.until("govnet listens")
        environ = {**os.environ, "GOVNET_DATA": str(tmp_path), "SITE_URL": f"http://127.0.0.1:{govnet.port}"}
        give = [sys.executable, "-m", "govnet", "operator", "give", "kit@example.org", "--name", "Kit"]
        done = subprocess.run(give, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ask_for_link(govnet, "kit@example.org")
        assert slow.came.wait(60)
        (worker,) = govnet.children()
        govnet.process.kill()
        govnet.process.wait()
        time.sleep(1)
        assert alive(worker)
        slow.answer.set()
        until = time.monotonic() + 15
        while alive(worker):
            assert time.monotonic() < until
            time.sleep(0.1)
    with sqlite3.connect(tmp_path / "govnet.db") as database:
        states = database.execute("SELECT state FROM delivery ORDER BY id").fetchall()
    database.close()
    assert states.count(("accepted",)) == len(slow.taken) >= 1
    assert ("in_hand",) not in states
