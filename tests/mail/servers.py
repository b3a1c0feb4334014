"""Mail servers with moods, on loopback."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


async def silence(transport: Any) -> None:
    """Say nothing until the other side is gone."""
    try:
        await asyncio.sleep(60.0)
    finally:
        transport.abort()


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
            "nul": "550 5.1.1 no\0body",
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


class Grudging:
    """Takes everything, but answers the steps named in `says` with these words; "drop" hangs up, "silence" says nothing.

    Steps: GREETING, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, END for the end of a mail's content, and QUIT.
    """

    def __init__(self, **says: str) -> None:
        self.says = says
        self.asked = 0
        """How often this was said: once a connection, since a client may try several ways to sign in."""
        self.taken: list[str] = []
        self.ids: list[tuple[str, str]] = []
        """Each address with the Message-ID of what was taken for it."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "END" not in self.says:
            self.taken.extend(envelope.rcpt_tos)
            head = envelope.content.decode("ascii", "replace").partition("\r\n\r\n")[0]
            found = next(line for line in head.split("\r\n") if line.startswith("Message-ID: "))
            self.ids.extend((address, found.removeprefix("Message-ID: ")) for address in envelope.rcpt_tos)
            return "250 2.0.0 Ok: queued as 4F2A"
        self.asked += 1
        if self.says["END"] == "drop":
            server.transport.abort()
        if self.says["END"] == "silence":
            await silence(server.transport)
        return self.says["END"]


class _GrudgingTalk(SMTP):
    _greeted = _counted = False

    async def push(self, status: Any) -> None:
        says = self.event_handler.says
        greeting = not self._greeted and says.get("GREETING")
        self._greeted = True
        if greeting:
            self._count()
            await self._say(greeting)
        else:
            await super().push(status)

    async def _say(self, said: str) -> None:
        if said == "drop":
            self.transport.abort()
        elif said == "silence":
            await silence(self.transport)
        else:
            await super().push(said)

    def _count(self) -> None:
        self.event_handler.asked += not self._counted
        self._counted = True

    async def _answer(self, verb: str, arg: Any) -> None:
        said = self.event_handler.says.get(verb)
        if said is None:
            await getattr(super(), f"smtp_{verb}")(arg)
            return
        self._count()
        await self._say(said)

    async def smtp_EHLO(self, arg: Any) -> None:  # noqa: N802
        await self._answer("EHLO", arg)

    async def smtp_HELO(self, arg: Any) -> None:  # noqa: N802
        await self._answer("HELO", arg)

    async def smtp_STARTTLS(self, arg: Any) -> None:  # noqa: N802
        await self._answer("STARTTLS", arg)

    async def smtp_AUTH(self, arg: Any) -> None:  # noqa: N802
        await self._answer("AUTH", arg)

    async def smtp_MAIL(self, arg: Any) -> None:  # noqa: N802
        await self._answer("MAIL", arg)

    async def smtp_RCPT(self, arg: Any) -> None:  # noqa: N802
        await self._answer("RCPT", arg)

    async def smtp_DATA(self, arg: Any) -> None:  # noqa: N802
        await self._answer("DATA", arg)

    async def smtp_QUIT(self, arg: Any) -> None:  # noqa: N802
        await self._answer("QUIT", arg)


class Secured(Free):
    """The same with a certificate for STARTTLS, and a user named govnet whose password is "right"."""

    def __init__(self, handler: object, certificate: Path) -> None:
        self.certificate = certificate
        super().__init__(handler)

    def factory(self) -> SMTP:
        return _GrudgingTalk(
            self.handler,
            tls_context=server_context(self.certificate),
            authenticator=_sign_in,
            auth_require_tls=False,
            decode_data=False,
        )


def server_context(certificate: Path) -> ssl.SSLContext:
    """The certificate of a server; the key is in the same file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _sign_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"govnet", b"right"), handled=False)


def a_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody signed but itself, and its key, in one file."""
    both = folder / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=govnet -addext subjectAltName=IP:127.0.0.1"
    made = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "own.pem"))
    subprocess.run(["openssl", *words.split(), *made], check=True, capture_output=True)
    both.write_bytes((folder / "own.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return both


@contextmanager
def running(controller: Controller) -> Iterator[int]:
    """The controller's port, while it runs."""
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)
