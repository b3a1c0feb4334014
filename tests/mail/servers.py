"""Mail servers with moods, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Free(Controller):
    """A controller on whatever port is free."""

    def __init__(self, handler: object) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Moody:
    """Answers by address: gone, full, later, busy, drop, blocked; `mood` is for everybody."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.mood = ""
        self.refuse_sender = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answers = {
            "gone": "550 5.1.1 no such user",
            "full": "452 4.2.2 mailbox full",
            "later": "451 4.3.0 later",
            "busy": "421 4.7.0 busy",
            "blocked": "550 5.7.1 we do not like you",
        }
        mood = self.mood or address.partition("@")[0].partition("-")[0]
        if mood == "drop":
            server.transport.abort()
        if mood not in answers:
            envelope.rcpt_tos.append(address)
        return answers.get(mood, "250 OK")

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.refuse_sender:
            return "550 5.7.1 not you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.mood == "spam":
            return "554 5.6.0 not this"
        head = envelope.content.decode("ascii").partition("\r\n\r\n")[0]
        message_id = next(line for line in head.split("\r\n") if line.startswith("Message-ID: "))
        self.taken.append((envelope.rcpt_tos[0], message_id.removeprefix("Message-ID: ")))
        if self.mood == "lost":
            server.transport.abort()
        return "250 OK"


@contextmanager
def running(controller: Controller) -> Iterator[int]:
    """The controller's port, while it runs."""
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)
