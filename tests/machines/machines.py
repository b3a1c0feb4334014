"""Several machines as one network has them, each a folder and a process of its own: webs, workers, and what they share."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg

from tests import databases
from tests.journeys.house import ROOT, until
from tests.machines.post_office import PostOffice
from tests.redis_server import Redis, free_port

HOST = "network.example.org"
SITE = f"https://{HOST}"
TOKEN = "a-token-for-whoever-reads-the-numbers"


class Machine:
    """One govnet process on a folder of its own; `words` are the command."""

    def __init__(self, name: str, folder: Path, environ: dict[str, str], *words: str) -> None:
        self.name, self.folder, self.words = name, folder / name, words
        self.environ = {**environ, "GOVNET_DATA": str(self.folder)}
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.began = 0

    def start(self) -> None:
        """Start it, in a group of its own; its log goes on where it was."""
        with self.log.open("ab") as log:
            self.began = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "govnet", *self.words],
                cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to it and all that it started, and wait until it is gone."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    def command(self, *words: str, status: int | None = 0) -> str:
        """Run a govnet command on this machine; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "govnet", *words],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert status is None or done.returncode == status, f"govnet {' '.join(words)}: {said}"
        assert "Traceback" not in said, said
        return said


class Web(Machine):
    """A machine that answers requests and does no work."""

    def __init__(self, name: str, folder: Path, environ: dict[str, str]) -> None:
        self.port = free_port()
        super().__init__(name, folder, environ, "serve", "--no-worker", "--port", str(self.port))

    def until_it_listens(self) -> None:
        """Wait until the newest process says so."""
        process = self.process
        assert process is not None

        def listens() -> bool:
            assert process.poll() is None, self.log.read_text()[-3000:]
            return b"govnet listens on" in self.log.read_bytes()[self.began :]

        until(listens, f"{self.name} to listen")


class Site:
    """PostgreSQL, Redis, a mail server, two machines for the web and three that work."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.cluster = databases.start_cluster(
            "listen_addresses=127.0.0.1", f"port={port}", "synchronous_commit=on"
        )
        self.database = f"postgresql://govnet@127.0.0.1:{port}/machines"
        databases.create_database(f"postgresql+psycopg://govnet@127.0.0.1:{port}/{{name}}", "machines")
        (folder / "redis").mkdir()
        self.redis = Redis(folder / "redis")
        self.post = PostOffice()
        ours = ("GOVNET", "MAIL_", "DATABASE", "REDIS")
        environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environ |= {
            "GOVNET_ENV": "production",
            "SECRET_KEY": "the-machines-share-this-key-and-nobody-else-has-it",
            "MAIL_KEY": "another-key-that-all-of-the-machines-share-here",
            "SITE_URL": SITE,
            "MAIL_DOMAIN": "govnet.invalid",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_TIMEOUT": "1",
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis.url,
            "METRICS_TOKEN": TOKEN,
        }
        self.environ = environ
        self.folder = folder

    def open(self) -> None:
        """Start what is shared, and say which machines there are."""
        self.redis.start()
        self.post.start()
        environ = {**self.environ, "MAIL_PORT": str(self.post.port)}
        self.webs = [Web(f"web{n}", self.folder, environ) for n in (1, 2)]
        self.workers = [Machine(f"worker{n}", self.folder, environ, "worker") for n in (1, 2, 3)]

    def close(self) -> None:
        """End everything that was started here, whatever happened to it."""
        for machine in [*getattr(self, "webs", []), *getattr(self, "workers", [])]:
            machine.kill()
        self.redis.stop()
        self.post.stop()
        with suppress(subprocess.CalledProcessError):  # stopped already
            self.cluster.control("-m", "immediate", "stop")
        shutil.rmtree(self.cluster.folder, ignore_errors=True)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The database's answer."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]

    def workers_alive(self) -> int:
        """How many gave a sign of life in the last seconds, and are running."""
        pids = {machine.process.pid for machine in self.workers if machine.process is not None}
        return len(pids & {int(str(row[0])) for row in self.rows("SELECT pid FROM worker_beat")})

    def until_nothing_waits(self, seconds: float) -> None:
        """Wait until every mail went that is due: a proposal that can still be undone is told of later."""
        query = """SELECT 'delivery', id FROM delivery WHERE state IN ('queued', 'deferred', 'in_hand')
            UNION ALL SELECT 'recipient_chunk', id FROM recipient_chunk
            UNION ALL SELECT 'telling', entry_id FROM telling WHERE done_at IS NULL AND next_at <= now()"""
        until(lambda: not self.rows(query), "the queue to be empty", seconds)
