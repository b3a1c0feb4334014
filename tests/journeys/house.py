"""A govnet as strangers meet it: its own processes and database, a mail server on loopback, a clock to move on."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import TypeVar

from govnet.demo.caught import Caught, caught
from govnet.demo.mailbox import Catcher

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 40.0
START = datetime(2015, 4, 13, 9, 0, tzinfo=UTC)
"""When a house begins: a Monday, 10:00 in London. From then on its clock goes like the system's, but for later()."""
T = TypeVar("T")


@contextmanager
def a_port() -> Iterator[int]:
    """A port that nobody else is given until the block ends; a server that reuses addresses can listen on it."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def until(look: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Look again and again until there is something; fails with `what` after `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {patience:.0f} s for {what}")


@dataclass
class House:
    """One running govnet."""

    folder: Path
    port: int
    environ: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str, status: int = 0, given: str = "") -> str:
        """Run a govnet command, `given` on its standard input; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "govnet", *words],
            cwd=ROOT,
            env=self.environ,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == status, (
            f"govnet {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def later(self, by: timedelta) -> None:
        """Let time pass for web and worker at once."""
        file = Path(self.environ["GOVNET_CLOCK_FILE"])
        ahead = float(file.read_text()) if file.exists() else 0.0
        new = file.with_suffix(".next")
        new.write_text(str(ahead + by.total_seconds()))
        new.replace(file)

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Mails that arrived, oldest first."""
        found = [read(one) for one in reversed(list(caught(self.folder / "mail")))]
        return [mail for mail in found if to in str(mail["X-Envelope-To"])]

    def mail(self, to: str, subject: str, *, after: int = 0) -> EmailMessage:
        """The newest mail to an address whose subject has these words, not among its first `after`; waits for it."""

        def look() -> EmailMessage | None:
            return next(
                (m for m in reversed(self.mails(to)[after:]) if subject.lower() in subject_of(m)), None
            )

        try:
            return until(look, f"mail to {to}: {subject}")
        except AssertionError as error:
            raise AssertionError(f"{error}; there is {[str(m['Subject']) for m in self.mails(to)]}") from None


@cache
def read(mail: Caught) -> EmailMessage:
    """A mail, parsed once however often somebody looks for another one."""
    return mail.message()


def subject_of(mail: EmailMessage) -> str:
    """A mail's subject in small letters, on one line."""
    return " ".join(str(mail["Subject"]).split()).lower()


def words(mail: EmailMessage) -> str:
    """A mail's text part, its soft line breaks joined (RFC 3676)."""
    part = mail.get_body(("plain",))
    assert part is not None
    return re.sub(r"(?<!^--) \r?\n", " ", str(part.get_content()), flags=re.MULTILINE)


def link(mail: EmailMessage, part: str = "") -> str:
    """The first address in a mail's text that has `part` in it."""
    found = next((url for url in re.findall(r"https?://[^\s<>]+", words(mail)) if part in url), None)
    assert found, f"no address with {part!r} in:\n{words(mail)}"
    return found


@contextmanager
def a_house(folder: Path, database_url: str) -> Iterator[House]:
    """Tables and a founding link are not made yet: `house.command("init")` does that, then `running(house)`."""
    mail_folder = folder / "mail"
    mail_folder.mkdir(parents=True)
    catcher = Catcher(mail_folder)
    catcher.start()
    with a_port() as port:
        try:
            yield _house(folder, port, database_url, catcher.port)
        finally:
            catcher.stop()


def _house(folder: Path, port: int, database_url: str, mail_port: int) -> House:
    environ = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GOVNET", "MAIL_", "DATABASE"))
        },
        "GOVNET_DATA": str(folder / "data"),
        "DATABASE_URL": database_url,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "MAIL_REPLIES": "replies+{token}@govnet.example.org",
        "GOVNET_CLOCK_FILE": str(folder / "clock"),
        "SECRET_KEY": "a-journey-s-own-key-that-nobody-else-uses",
    }
    house = House(folder, port, environ)
    house.later(START - datetime.now(UTC))
    return house


@contextmanager
def running(house: House) -> Iterator[None]:
    """`govnet serve`, web and worker, until the block ends."""
    log = (house.folder / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "govnet", "serve"], cwd=ROOT, env=house.environ, stdout=log, stderr=log
    )
    try:
        until(lambda: _answers(house.url), "the web server")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
