"""The door for mail: the worker listens where LMTP_LISTEN says, in a thread beside its duties.

Of several workers on one machine one listens; when it ends, another takes its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog
from flask import Flask

from govnet.extensions import db
from govnet.kernel.errors import RuleBroken
from govnet.mail.incoming import inbox, intake, lmtp
from govnet.mail.incoming.lmtp import LmtpConnection, LmtpLimits, Room
from govnet.mail.incoming.lmtp_address import ListenAddress, listen_address

log = structlog.get_logger()
AGAIN = 3.0
"""Seconds after which a worker tries again to listen, where another one does."""
_LAST_MAIL = 10.0
"""Seconds that a mail in hand has when the worker is asked to end."""
_MANY = 128


@contextlib.contextmanager
def open_beside(app: Flask, limits: LmtpLimits | None = None) -> Iterator[None]:
    """Take mail for the length of the block, if LMTP_LISTEN is set; at its end a mail in hand is finished."""
    if not app.config["LMTP_LISTEN"]:
        yield
        return
    door = MailDoor(app, listen_address(app.config["LMTP_LISTEN"]), limits or LmtpLimits(inbox.LARGEST))
    door.start()
    try:
        yield
    finally:
        door.stop()


class MailDoor:
    """Listens in a thread of its own, which no commit holds up: mails are kept by a second one, one after the other."""

    def __init__(self, app: Flask, address: ListenAddress, limits: LmtpLimits) -> None:
        self.app, self.address = app, address
        self.room = Room(limits, self._is_ours, self._keep, app.config["MAIL_DOMAIN"])
        self._keeper = ThreadPoolExecutor(1, "keep mail")
        self._thread = threading.Thread(target=self._run, name="LMTP", daemon=True)
        self._end = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._said = ""
        self._loop.set_exception_handler(_note)

    def start(self) -> None:
        """Begin to listen, or to wait for the place."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; mails in hand are finished, and mails that did not come whole by then are not kept."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._keeper.shutdown()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        while not self._end.is_set():
            try:
                with _bound(self.address) as sock:
                    await self._take(sock)
            except Exception as error:
                self._say_once(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), AGAIN)

    def _say_once(self, error: Exception) -> None:
        if str(error) == self._said:
            return
        self._said, address = str(error), str(self.address)
        if isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EAGAIN):
            log.info("another worker takes mail", address=address)
        else:
            log.error("mail is not taken", address=address, why=f"{type(error).__name__}: {error}")

    async def _take(self, sock: socket.socket) -> None:
        begin = self._loop.create_unix_server if self.address.path else self._loop.create_server
        server = await begin(self._line, sock=sock)
        log.info("mail is taken", address=str(self.address))
        self._said = ""
        await self._end.wait()
        self.room.ending = True
        server.close()
        await self._finish()

    def _line(self) -> LmtpConnection:
        return LmtpConnection(self.room, self._loop)

    async def _finish(self) -> None:
        for line in list(self.room.lines):
            line.end()
        for _ in range(int(_LAST_MAIL * 20)):
            if not self.room.lines:
                return
            await asyncio.sleep(0.05)
        for line in list(self.room.lines):
            line.abort()
        await asyncio.sleep(0)

    def _is_ours(self, recipient: str) -> bool:
        with self.app.app_context():
            try:
                intake.check_address(recipient)
            except intake.NotOurs:
                return False
        return True

    async def _keep(self, raw: bytes, recipients: Sequence[str]) -> Sequence[str]:
        return [await self._loop.run_in_executor(self._keeper, self._kept, raw, each) for each in recipients]

    def _kept(self, raw: bytes, recipient: str) -> str:
        """Keep a mail for one recipient; the answer says 250 only when it is committed."""
        with self.app.app_context():
            try:
                intake.store(raw, recipient)
            except intake.NotOurs:
                return "550 5.1.1 There is no such address here."
            except RuleBroken:
                return lmtp.TOO_LARGE
            except Exception as error:
                log.error("a mail could not be kept", error=type(error).__name__)
                return lmtp.TRY_AGAIN
            finally:
                db.session.remove()
        return "250 2.0.0 OK"


def _note(_loop: asyncio.AbstractEventLoop, what: dict[str, Any]) -> None:
    error = what.get("exception")
    if not isinstance(error, ConnectionError | EOFError):  # a client that has gone is no news
        log.error("LMTP failed", what=what.get("message"), error=type(error).__name__)


@contextlib.contextmanager
def _bound(address: ListenAddress) -> Iterator[socket.socket]:
    """A socket that listens there. Raises OSError, where another process has the place or the system says no."""
    if not address.path:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        with socket.create_server((address.host, address.port), family=family, backlog=_MANY) as sock:
            yield sock
        return
    with Path(f"{address.path}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its holder may remove the socket of a dead worker
        Path(address.path).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(address.path)
            # as with a port, anyone who reaches it may hand in mail to our addresses
            os.chmod(address.path, 0o666)  # noqa: S103
            sock.listen(_MANY)
            try:
                yield sock
            finally:
                Path(address.path).unlink(missing_ok=True)
