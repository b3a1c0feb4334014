"""A mail server that keeps every mail it took, slowly enough that something can happen within a mailing."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.mail.servers import Free


@dataclass(frozen=True)
class Taken:
    """One mail as it was taken, and when."""

    to: str
    message_id: str
    subject: str
    at: float
    raw: bytes

    @property
    def letter(self) -> tuple[str, str]:
        """By what two mails are the same one."""
        return self.message_id, self.to

    def link(self, part: str) -> str:
        """The first address in its text with this part."""
        mail = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        assert body is not None
        text = re.sub(r"(?<!^--) \r?\n", " ", str(body.get_content()), flags=re.MULTILINE)
        return next(url for url in re.findall(r"https?://[^\s<>]+", text) if part in url)


class PostOffice:
    """Takes all, `seconds` a mail."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.taken: list[Taken] = []
        self._by_address: dict[str, list[Taken]] = {}
        self._arrived = threading.Condition()
        self._server = Free(self)

    @property
    def port(self) -> int:
        return int(self._server.port)

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Listen no more."""
        if getattr(self._server, "_thread", None) is not None:
            self._server.stop(no_assert=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook: the mail is taken from here on, whatever its sender hears of it."""
        head = message_from_bytes(envelope.content.partition(b"\r\n\r\n")[0], policy=policy.default)
        for address in envelope.rcpt_tos:
            one = Taken(
                address, str(head["Message-ID"]), str(head["Subject"]), time.monotonic(), envelope.content
            )
            with self._arrived:
                self.taken.append(one)
                self._by_address.setdefault(address, []).append(one)
                self._arrived.notify_all()
        await asyncio.sleep(self.seconds)
        return "250 2.0.0 taken"

    def to(self, address: str, subject: str) -> list[Taken]:
        """The mails to an address whose subject begins so, oldest first."""
        with self._arrived:
            return [one for one in self._by_address.get(address, []) if one.subject.startswith(subject)]

    def wait(self, address: str, subject: str, *, after: int = 0, seconds: float = 40) -> Taken:
        """The next mail to an address, after so many of them; fails where none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(found := self.to(address, subject)) > after:
                return found[after]
            with self._arrived:
                self._arrived.wait(0.5)
        raise AssertionError(f"no mail to {address} within {seconds:.0f} s: {subject}")

    def about(self, subject: str) -> list[Taken]:
        """All mails whose subject begins so."""
        with self._arrived:
            return [one for one in self.taken if one.subject.startswith(subject)]

    def twice(self) -> list[Taken]:
        """Of each mail that came to the same address more than once, the first time, as often as it was too many."""
        with self._arrived:
            often = Counter(one.letter for one in self.taken)
            first: dict[tuple[str, str], Taken] = {}
            for one in self.taken:
                first.setdefault(one.letter, one)
        return [first[letter] for letter, times in often.items() for _ in range(times - 1)]
