"""A mail server for the demo and the tests: takes everything on loopback and keeps each mail as a file."""

import asyncio
from pathlib import Path
from typing import Any, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from govnet.demo.caught import caught

LARGEST = 1024 * 1024


class ReceivedEnvelope(Protocol):
    """The content that aiosmtpd hands over for one mail."""

    mail_from: str | None
    rcpt_tos: list[str]
    content: bytes


class Keeper:
    """Writes each mail into a folder, complete or not at all, before the sender gets a yes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.last = max((mail.number for mail in caught(folder)), default=0)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: ReceivedEnvelope) -> str:  # noqa: N802
        """aiosmtpd's hook for one mail."""
        self.last += 1
        self._keep(f"{self.last:06d}", envelope)
        return f"250 2.0.0 kept as {self.last}"

    def _keep(self, number: str, envelope: ReceivedEnvelope) -> None:
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


async def serve(folder: Path, port: int, hostname: str = "127.0.0.1") -> None:
    """Catch mail until the task is cancelled."""
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=LARGEST, loop=loop), hostname, port
    )
    async with server:
        await server.serve_forever()
