"""One connection of a mail server that hands mail in by LMTP (RFC 2033): bounded in time, size and memory."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session, syntax

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd writes every address there
_END = b"\r\n.\r\n"
_PIECE = 64 * 1024
_LONGEST_COMMAND = 600
_NO_CODE = re.compile(r"([245])(\d\d) (?!\d\.\d{1,3}\.\d)")
"""An answer without an enhanced status code (RFC 3463), which RFC 2033 asks for."""
_NOT_FOR_A_FIELD = re.compile(r"[^\x21-\x7e]")
NOW_FULL = "452 4.3.1 Too many mails at once. Try again later."
TOO_LARGE = "552 5.3.4 The mail is too large."
TRY_AGAIN = "451 4.3.0 The mail cannot be kept now. Try again later."
ENDING = "421 4.3.2 The server is going down."
CROWDED = "421 4.3.2 Too many connections. Try again later."


@dataclass(frozen=True)
class LmtpLimits:
    """The limits of one connection, and of all together."""

    size: int
    """Bytes of a mail."""
    together: int = 32 * 1024 * 1024
    """Bytes of all mails that are coming in, or wait to be kept."""
    connections: int = 20
    recipients: int = 20
    """In one transaction."""
    commands: int = 1_000
    """Of each kind in one connection, before it has to be made anew."""
    seconds: float = 120.0
    """For a command, or a whole mail, to come in."""


Keep = Callable[[bytes, Sequence[str]], Awaitable[Sequence[str]]]


@dataclass
class Room:
    """The common state of all connections: their limits, their clients, and what to do with a mail.

    `is_ours` says whether an address is one that the program reads; `keep` keeps a mail and returns an answer for each recipient.
    """

    limits: LmtpLimits
    is_ours: Callable[[str], bool]
    keep: Keep
    hostname: str
    lines: set[LmtpConnection] = field(default_factory=set)
    held: int = 0
    """Bytes that are in memory now."""
    ending: bool = False


class LmtpConnection(LMTP):
    """One connection. A mail is answered once for each recipient, and only when it is kept."""

    line_length_limit = _PIECE
    """The buffer size of the connection's reader in aiosmtpd; a mail is taken in pieces of that size, whatever its lines."""

    def __init__(self, room: Room, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            self,
            data_size_limit=room.limits.size,
            hostname=room.hostname,
            ident="LMTP govnet",
            timeout=room.limits.seconds,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            command_call_limit=room.limits.commands,
            loop=loop,
        )
        self.command_size_limits = defaultdict(lambda: _LONGEST_COMMAND)
        self.room = room
        self.in_hand = False
        """Whether a mail is coming in, or being kept."""
        self._greeting = False

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or send it away while there are too many."""
        crowded = len(self.room.lines) >= self.room.limits.connections
        if crowded or self.room.ending:
            transport.write(f"{CROWDED if crowded else ENDING}\r\n".encode())
            transport.close()
        self.room.lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Drop the rest of it."""
        self.room.lines.discard(self)
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        super().connection_lost(error)

    def abort(self) -> None:
        """Close it even if the client does not read the answers."""
        transport: Any = self.transport
        if transport is not None:
            transport.abort()

    _timeout_cb = abort

    def end(self) -> None:
        """Close the connection: at once, unless a mail is in hand."""
        transport: Any = self.transport
        if not self.in_hand and transport is not None:
            transport.write(f"{ENDING}\r\n".encode())
            transport.close()

    async def push(self, status: Any) -> None:
        """Answer, with an enhanced status code where aiosmtpd gives none."""
        if isinstance(status, str) and not self._greeting:
            status = _NO_CODE.sub(r"\1\2 \1.0.0 ", status, count=1)
        await super().push(status)

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802
        """Send the extensions offered; these lines carry no status codes (RFC 2034)."""
        self._greeting = True
        try:
            await super().smtp_LHLO(arg)
        finally:
            self._greeting = False

    async def handle_EHLO(  # noqa: N802
        self, _server: LMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what RFC 2033 asks for besides."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that the program reads, and no other."""
        if not self.room.is_ours(address):
            return "550 5.1.1 There is no such address here."
        if len(envelope.rcpt_tos) >= self.room.limits.recipients:
            return "452 4.5.3 Too many recipients."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of the program's own loses no mail: the mail server keeps it and tries again."""
        logging.getLogger(__name__).error("LMTP failed", exc_info=error)
        return TRY_AGAIN

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take the mail and answer for each recipient, in their order (RFC 2033, 4.2)."""
        envelope = self.envelope
        assert envelope is not None
        if await self.check_helo_needed("LHLO"):
            return
        if arg or not envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        self.in_hand, recipients = True, list(envelope.rcpt_tos)
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            answers = await self._answers(f"Return-Path: {_path(envelope.mail_from)}".encode(), recipients)
        except (ConnectionError, EOFError):  # half a mail, then gone
            raise
        except Exception as error:
            answers = [await self.handle_exception(error)] * len(recipients)
        finally:
            self.in_hand = False
        self.envelope = self._create_envelope()
        await self.push("\r\n".join(answers))
        if self.room.ending:
            self.end()

    async def _answers(self, begin: bytes, recipients: Sequence[str]) -> Sequence[str]:
        raw = bytearray(begin)
        refused, held = "", 0
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]  # a mail may end with its first line
        try:
            while True:
                piece, last = await self._piece()
                if not refused and len(raw) + len(piece) > self.room.limits.size:
                    refused = TOO_LARGE
                elif not refused and self.room.held + len(piece) > self.room.limits.together:
                    refused = NOW_FULL
                if refused:
                    raw.clear()
                else:
                    raw += piece
                    held += len(piece)
                    self.room.held += len(piece)
                if last:
                    break
            if refused:
                return [refused] * len(recipients)
            del raw[-3:]
            mail = bytes(raw.replace(b"\r\n.", b"\r\n"))  # RFC 5321, 4.5.2
            raw.clear()
            return await self.room.keep(mail, recipients)
        finally:
            self.room.held -= held

    async def _piece(self) -> tuple[bytes, bool]:
        """The result for a mail, and whether it was the last of it."""
        try:
            return await self._reader.readuntil(_END), True
        except asyncio.LimitOverrunError as over:
            return await self._reader.read(over.consumed), False


def _path(sender: str | None) -> str:
    """The sender for the field Return-Path, which the final server adds (RFC 5321, 4.4); "<>" for a report."""
    return f"<{_NOT_FOR_A_FIELD.sub('', sender or '').strip('<>')}>"
