"""Real processes: said to listen when they do, drained at SIGTERM without losing a request, and gone with a killed parent."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine

from govnet import create_app
from govnet.kernel.log_throttle import Seldom
from govnet.kernel.models import Base

pytestmark = pytest.mark.sqlite
CLIENTS = 80


@cache
def _tables() -> MetaData:
    """Of all features: some are declared where only the whole application imports them."""
    create_app()
    return Base.metadata


class Govnet:
    """`govnet serve` on a database of its own."""

    def __init__(self, folder: Path, *words: str, **settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.log = folder / "log"
        environ = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "GOVNET_SETTINGS")
        }
        environ |= {
            "GOVNET_DATA": str(folder),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "TRUSTED_PROXIES": "1",
            **settings,
        }
        engine = create_engine(f"sqlite:///{folder}/govnet.db")
        _tables().create_all(engine)
        engine.dispose()
        command = [sys.executable, "-m", "govnet", "serve", "--port", str(self.port), *words]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def until(self, words: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while words not in self.log.read_text():
            assert time.monotonic() < until, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    def children(self, parent: int | None = None) -> list[int]:
        pid = parent or self.process.pid
        tasks = Path(f"/proc/{pid}/task").glob("*/children")  # a child is of the thread that began it
        found = [int(each) for task in tasks for each in task.read_text().split()]
        return found

    def end(self) -> None:
        for pid in [self.process.pid, *self.children()] if self.process.poll() is None else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Govnet]]:
    running: list[Govnet] = []
    yield running
    for one in running:
        one.end()


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_killed_serve_takes_its_worker_and_its_web_processes_with_it(
    tmp_path: Path, started: list[Govnet]
) -> None:
    govnet = Govnet(tmp_path, "--processes", "2")
    started.append(govnet)
    govnet.until("govnet listens")
    children = govnet.children()
    assert len(children) == 3
    govnet.process.kill()
    govnet.process.wait()
    for _ in range(100):
        if not any(alive(pid) for pid in children):
            break
        time.sleep(0.1)
    assert [pid for pid in children if alive(pid)] == []


def test_a_serve_that_is_killed_while_its_worker_starts_takes_it_along(
    tmp_path: Path, started: list[Govnet]
) -> None:
    govnet = Govnet(tmp_path)
    started.append(govnet)
    for _ in range(600):
        if children := govnet.children():
            break
        time.sleep(0.02)
    govnet.process.kill()
    govnet.process.wait()
    for _ in range(100):
        if not any(alive(pid) for pid in children):
            return
        time.sleep(0.1)
    raise AssertionError("the worker lives on")


@pytest.mark.parametrize("processes", [1, 2])
def test_it_says_that_it_listens_when_it_answers_and_tells_systemd(
    tmp_path: Path, started: list[Govnet], processes: int
) -> None:
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(60)
    govnet = Govnet(
        tmp_path, "--no-worker", "--processes", str(processes), NOTIFY_SOCKET=str(tmp_path / "notify")
    )
    started.append(govnet)
    assert manager.recv(100) == b"READY=1"
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", govnet.port, timeout=20)
    line.request("GET", "/healthz")
    assert line.getresponse().read().startswith(b"ok")
    line.close()
    assert time.monotonic() - began < 2
    govnet.until("govnet listens on", 2)
    govnet.process.terminate()
    assert manager.recv(100) == b"STOPPING=1"
    assert govnet.process.wait(30) == 0
    manager.close()


class Visitor(threading.Thread):
    """Asks again and again on one connection, or on a new one each time, until told that it is over."""

    def __init__(self, port: int, kept: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.kept, self.said = port, kept, Counter[str]()

    def run(self) -> None:
        line = None
        while True:
            if line is None:
                try:
                    line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                    line.connect()
                except ConnectionRefusedError:
                    line.close()
                    return  # never accepted: a balancer asks another machine
            try:
                line.request("GET", "/robots.txt")
                answer = line.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.said[f"lost: {type(error).__name__}"] += 1
                line.close()
                return
            self.said["answered" if answer.status == 200 else f"status {answer.status}"] += 1
            if not self.kept or answer.getheader("Connection") == "close":
                self.said["closed"] += answer.getheader("Connection") == "close"
                line.close()
                line = None


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "new"])
def test_no_request_is_lost_at_sigterm_under_load(
    tmp_path: Path, started: list[Govnet], processes: int, kept: bool
) -> None:
    govnet = Govnet(tmp_path, "--no-worker", "--processes", str(processes))
    started.append(govnet)
    govnet.until("govnet listens")
    visitors = [Visitor(govnet.port, kept) for _ in range(CLIENTS)]
    for visitor in visitors:
        visitor.start()
    time.sleep(1.5)
    govnet.process.terminate()
    for visitor in visitors:
        visitor.join(40)
        assert not visitor.is_alive()
    said: Counter[str] = sum((visitor.said for visitor in visitors), Counter())
    print(dict(said))
    assert set(said) <= {"answered", "closed"}, dict(said)
    assert said["answered"] >= CLIENTS
    assert said["closed"] >= CLIENTS * kept
    assert govnet.process.wait(40) == 0


def test_one_process_of_several_that_is_asked_to_end_leaves_the_others_listening(
    tmp_path: Path, started: list[Govnet]
) -> None:
    govnet = Govnet(tmp_path, "--no-worker", "--processes", "2")
    started.append(govnet)
    govnet.until("govnet listens")
    time.sleep(2)
    first = govnet.children()[0]
    os.kill(first, signal.SIGTERM)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", govnet.port, timeout=30)
        line.request("GET", "/robots.txt")
        assert line.getresponse().status == 200
        line.close()
        time.sleep(0.05)
    assert not alive(first)
    govnet.until("started again")


def test_a_frequent_event_is_logged_at_once_and_then_with_its_number() -> None:
    seldom = Seldom(pause=0.2)
    assert [seldom.times("a") for _ in range(5)] == [1, 0, 0, 0, 0]
    assert seldom.times("b") == 1
    time.sleep(0.25)
    assert [seldom.times("a"), seldom.times("a")] == [5, 0]


def test_processes_of_one_serve_share_what_was_loaded_and_one_that_dies_is_begun_anew(
    tmp_path: Path, started: list[Govnet]
) -> None:
    govnet = Govnet(tmp_path, "--processes", "2")
    started.append(govnet)
    govnet.until("govnet listens")
    before = govnet.children()
    assert len(before) == 3
    for pid in before:
        sizes = sizes_of(pid)
        assert sizes["Private_Dirty"] < sizes["Rss"] / 2, sizes
    os.kill(before[0], signal.SIGKILL)
    govnet.until("started again")
    for _ in range(600):
        if len(now := [pid for pid in govnet.children() if alive(pid)]) == 3:
            break
        time.sleep(0.1)
    assert len(set(now) - set(before)) == 1
    govnet.process.terminate()
    assert govnet.process.wait(40) == 0
    assert not [pid for pid in {*now, *before} if alive(pid)]


def sizes_of(pid: int) -> dict[str, int]:
    """How many KB of a process's memory are what, by the kernel (proc(5), smaps_rollup)."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return {words[0].rstrip(":"): int(words[1]) for words in lines}
