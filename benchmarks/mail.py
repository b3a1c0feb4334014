"""How fast the sending loop is beside bare smtplib: the same mails to the same server, in turns, in one run."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import smtplib
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select

from govnet import create_app
from govnet.extensions import db
from govnet.kernel.models import Base
from govnet.kernel.transaction import transaction
from govnet.mail.delivery import sender
from govnet.mail.headers import Address
from govnet.mail.message import Envelope, MailKind, Template, personalise
from govnet.mail.models import Delivery
from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.audience import Recipient
from govnet.mail.outgoing.notices import Notice
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import News

ROUNDS = 20
A_ROUND = 500
ALONE_BAR = 0.5
"""Of smtplib alone, which forgets everything in a crash: mostly the speed of the disk."""
SAFE_BAR = 0.5
"""Of smtplib with the least that makes a crash harmless: one commit to disk (synchronous=FULL) for each mail."""


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least that a mail server can say."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"DATA":
            writer.write(b"354 go on\r\n")
            while (await reader.readline()) not in (b".\r\n", b""):
                pass
        writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        if word == b"QUIT":
            break
    writer.close()


def _sink(pipe: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whatever this process's parent does at it

    async def serve() -> None:
        server = await asyncio.start_server(_talk, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def a_server() -> Iterator[int]:
    """A mail server in a process of its own; its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_sink, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _queue(number: int) -> Template:
    """That many deliveries of one mail; its bytes."""
    notice = Notice(
        template="mail/confirm",
        news=News.ANNOUNCEMENT,
        kind=MailKind.LIST,
        context={"confirm_url": "https://example.org/x", "network": _Network()},
    )
    people = [Recipient(f"p{n}@example.org", f"Person {n}", "en") for n in range(number)]
    subject, template = outbox.written_for(notice, None, people[0])
    row = {"key": "bench", "template": "bench", "kind": MailKind.LIST, "news": News.ANNOUNCEMENT}
    row |= {"made_at": outbox.clock.now(), "contact": "contact@example.org"}
    with transaction():
        outbox.enqueue(outbox.Batch(row, {("en", "member"): (subject, template)}, people, notice.goes, None))
    return template


class _Network:
    name = "The UK network"


def _bare(port: int, template: Template, number: int) -> float:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for n in range(number):
            envelope = Envelope(Address(f"p{n}@example.org"), f"<{n}@example.org>")
            line.sendmail("us@example.org", [f"p{n}@example.org"], personalise(template, envelope))
    return time.perf_counter() - began


def _safe(port: int, template: Template, number: int, disk: sqlite3.Connection) -> float:
    """The same with a row and a commit for each mail, as little as can be."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for n in range(number):
            envelope = Envelope(Address(f"p{n}@example.org"), f"<{n}@example.org>")
            line.sendmail("us@example.org", [f"p{n}@example.org"], personalise(template, envelope))
            disk.execute("INSERT INTO sent (at) VALUES (?)", (time.time(),))
            disk.commit()
    return time.perf_counter() - began


def _disk(folder: Path) -> sqlite3.Connection:
    disk = sqlite3.connect(folder / "least.db")
    for words in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE sent (at REAL)"):
        disk.execute(words)
    return disk


def _ours(number: int) -> float:
    began = time.perf_counter()
    left = number
    while left:
        left -= sender.run(at_once=min(left, sender.AT_ONCE))
    return time.perf_counter() - began


def _measure(folder: Path, port: int) -> dict[str, list[float]]:
    """Seconds each round took, by who sent; "queued" is one figure for all of them."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/bench.db",
            "DATA_DIR": str(folder),
            "MAIL_PORT": port,
        }
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        began = time.perf_counter()
        template = _queue(ROUNDS * A_ROUND)
        took: dict[str, list[float]] = {"queued": [(time.perf_counter() - began) / ROUNDS]}
        took |= {"alone": [], "safe": [], "ours": []}
        disk = _disk(folder)
        for _ in range(ROUNDS):
            took["alone"].append(_bare(port, template, A_ROUND))
            took["ours"].append(_ours(A_ROUND))
            took["safe"].append(_safe(port, template, A_ROUND, disk))
        disk.close()
        done = db.session.scalar(select(func.count()).where(Delivery.state == DeliveryState.ACCEPTED))
        assert done == ROUNDS * A_ROUND
        db.session.remove()
        db.engine.dispose()
    return took


def main() -> Iterator[dict[str, Any]]:
    """The loop's rate against smtplib's, and how much faster rows are queued than sent."""
    with tempfile.TemporaryDirectory() as folder, a_server() as port:
        took = _measure(Path(folder), port)
    rate = {name: A_ROUND / median(seconds) for name, seconds in took.items()}
    ours = rate["ours"]
    yield _line("mail sent", ours, "smtplib alone", _against(took, "alone"), ALONE_BAR)
    yield _line("mail sent safely", ours, "smtplib and a commit a mail", _against(took, "safe"), SAFE_BAR)
    yield _line("mail queued", rate["queued"], "mail sent", rate["queued"] / ours, 2.0)


def _against(took: dict[str, list[float]], other: str) -> float:
    """The median of the rounds' ratios: the disk's pace changes from one moment to the next."""
    return median(theirs / ours for theirs, ours in zip(took[other], took["ours"], strict=True))


def _line(name: str, value: float, against: str, ratio: float, bar: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 1),
        "unit": "mails/s",
        "against": against,
        "ratio": round(ratio, 3),
        "bar": bar,
        "ok": ratio >= bar,
    }
