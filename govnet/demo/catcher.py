"""A mail server for the demo and the tests: takes everything on loopback and keeps each mail as a file."""

import asyncio
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

LARGEST = 1024 * 1024
_NAME = re.compile(r"(\d{6,12})\.eml")
_SOFT_BREAK = re.compile(r"(?<!^--) \r?\n", re.MULTILINE)


class Envelope(Protocol):
    """What aiosmtpd hands over for one mail."""

    mail_from: str | None
    rcpt_tos: list[str]
    content: bytes


class Keeper:
    """Writes each mail into a folder, complete or not at all, before the sender is told that it was taken."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.last = max((mail.number for mail in caught(folder)), default=0)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook for one mail."""
        self.last += 1
        self._keep(f"{self.last:06d}", envelope)
        return f"250 2.0.0 kept as {self.last}"

    def _keep(self, number: str, envelope: Envelope) -> None:
        head = f"X-Envelope-From: <{envelope.mail_from or ''}>\r\n"
        head += "".join(f"X-Envelope-To: <{address}>\r\n" for address in envelope.rcpt_tos)
        unfinished = self.folder / f".{number}"
        unfinished.write_bytes(head.encode("utf-8", "replace") + envelope.content)
        unfinished.rename(self.folder / f"{number}.eml")


class Catcher(Controller):
    """The server in a thread of its own; `port` 0 takes a free one, found in `port` after start."""

    def __init__(self, folder: Path, port: int = 0, hostname: str = "127.0.0.1") -> None:
        super().__init__(Keeper(folder), hostname=hostname, port=port, data_size_limit=LARGEST)

    def _trigger_server(self) -> None:
        """Learn the port that the system chose before aiosmtpd calls on it to see that it answers."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _talk(keeper: Keeper, loop: asyncio.AbstractEventLoop) -> SMTP:
    return SMTP(keeper, data_size_limit=LARGEST, loop=loop)


async def serve(folder: Path, port: int, hostname: str = "127.0.0.1") -> None:
    """Catch mail until the task is cancelled."""
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=LARGEST, loop=loop), hostname, port
    )
    async with server:
        await server.serve_forever()


@dataclass(frozen=True, slots=True)
class Caught:
    """A mail that was taken: its number, and its file."""

    number: int
    path: Path

    def headers(self) -> EmailMessage:
        """The header fields, decoded; the body is not read."""
        with self.path.open("rb") as file:
            return BytesParser(policy=policy.default).parse(file, headersonly=True)

    def message(self) -> EmailMessage:
        """The whole mail, parsed."""
        with self.path.open("rb") as file:
            return BytesParser(policy=policy.default).parse(file)

    def raw(self) -> bytes:
        """The mail as it came over the wire, without the lines that the catcher put in front."""
        kept = self.path.read_bytes()
        while kept.startswith(b"X-Envelope-"):
            kept = kept.partition(b"\n")[2]
        return kept

    def shown(self) -> list[tuple[str, str]]:
        """Every header field with its value, for people."""
        return [(name, " ".join(str(value).split())) for name, value in self.headers().items()]

    def text(self) -> str:
        """The plain text, its soft line breaks joined (RFC 3676)."""
        return _SOFT_BREAK.sub(" ", self._part("plain"))

    def html(self) -> str:
        """The HTML, or nothing."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message().get_body((kind,))
        return "" if part is None else str(part.get_content())


def folder_in(data_dir: str) -> Path:
    """Where the demo's mail is kept."""
    return Path(data_dir) / "mail"


def caught(folder: Path) -> Iterator[Caught]:
    """The mails in a folder, newest first."""
    names = os.listdir(folder) if folder.is_dir() else []
    found = sorted((int(m[1]) for name in names if (m := _NAME.fullmatch(name))), reverse=True)
    return (Caught(number, folder / f"{number:06d}.eml") for number in found)


def some(folder: Path, *, to: str = "", before: int | None = None, limit: int = 50) -> list[Caught]:
    """The newest mails below a number, to one address if it is given."""
    older = (mail for mail in caught(folder) if before is None or mail.number < before)
    wanted = (
        mail for mail in older if not to or f"<{to.lower()}>" in str(mail.headers()["X-Envelope-To"]).lower()
    )
    return list(islice(wanted, limit))


def one(folder: Path, number: int) -> Caught | None:
    """The mail of this number, if it was caught."""
    path = folder / f"{number:06d}.eml"
    return Caught(number, path) if path.is_file() else None
