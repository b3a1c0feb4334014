"""How long commands take to start, in CPU against importing Flask and SQLAlchemy: the help, a mail by pipe, the application."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from govnet import create_app
from govnet.extensions import db
from govnet.kernel.models import Base
from govnet.mail.incoming.reply_addresses import written

ROUNDS = 5
BARS = {"help": 0.5, "version": 0.5, "receive": 0.7, "create_app": 3.5}
PATTERN = "replies+{token}@network.example.org"
MAIL = b"From: nell@example.org\nMessage-ID: <1@example.org>\n\nYes\n"


def main() -> Iterator[dict[str, Any]]:
    """One result a command: the least CPU of several rounds, and what it is of the bare imports' in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        environ = _environ(folder)
        to = written(PATTERN, "only-for-development", "confirm", [1, 2])
        commands = {
            "bare": ["-c", "import flask, sqlalchemy"],
            "help": ["-m", "govnet", "--help"],
            "version": ["-m", "govnet", "--version"],
            "receive": ["-m", "govnet", "receive", to],
            "create_app": ["-c", "from govnet import create_app; create_app()"],
        }
        least = {name: min(_cpu(words, environ) for _ in range(ROUNDS)) for name, words in commands.items()}
    for name, bar in BARS.items():
        ratio = least[name] / least["bare"]
        yield {
            "name": f"start-up: {name}",
            "seconds": round(least[name], 3),
            "bare": round(least["bare"], 3),
            "ratio": round(ratio, 2),
            "bar": bar,
            "ok": ratio <= bar,
        }


def _environ(folder: str) -> dict[str, str]:
    """The settings of a server of its own, with its database made."""
    url = f"sqlite:///{folder}/govnet.db"
    with create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder}).app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOVNET_", "MAIL_"))}
    return {**kept, "GOVNET_DATA": folder, "DATABASE_URL": url, "MAIL_REPLIES": PATTERN}


def _cpu(words: list[str], environ: Mapping[str, str]) -> float:
    """Seconds of CPU, the system's included, of a process that is only this."""
    with subprocess.Popen(
        [sys.executable, *words], env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(MAIL)
        process.stdin.close()
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime
