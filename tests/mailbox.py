"""People's mailboxes: a mail server on loopback, and the worker's loops run until nothing is left to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from govnet.demo.caught import caught
from govnet.demo.mailbox import Catcher
from govnet.mail.delivery import sender
from govnet.mail.outgoing import distribution


class Mailbox:
    """Every mail that was sent over SMTP, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self) -> int:
        """Have the worker tell and send all that is due; how many mails went out."""
        while distribution.run():
            pass
        sent = 0
        while now := sender.run():
            sent += now
        return sent

    def mails(self) -> list[EmailMessage]:
        """All of them."""
        return [one.message() for one in reversed(list(caught(self.folder)))]

    def to(self, address: str) -> list[EmailMessage]:
        """Those to one address."""
        return [mail for mail in self.mails() if mail["X-Envelope-To"] == f"<{address}>"]

    def last_to(self, address: str) -> EmailMessage:
        """The newest to one address."""
        found = self.to(address)
        assert found, f"no mail to {address}; there are {[mail['X-Envelope-To'] for mail in self.mails()]}"
        return found[-1]

    def raw(self) -> list[bytes]:
        """All of them, as they came over the wire."""
        return [one.raw() for one in reversed(list(caught(self.folder)))]


def text(mail: EmailMessage) -> str:
    """The plain text of a mail, its soft line breaks joined."""
    part = mail.get_body(("plain",))
    assert part is not None
    return re.sub(r"(?<!^--) \r?\n", " ", part.get_content(), flags=re.MULTILINE)


def link(mail: EmailMessage, contains: str = "") -> str:
    """The first address in a mail's text that has this in it."""
    for address in re.findall(r"https?://[^\s<>]+", text(mail)):
        if contains in address:
            return address
    raise AssertionError(f"no link with {contains!r} in:\n{text(mail)}")


@contextmanager
def mailbox(app: Flask, folder: Path) -> Iterator[Mailbox]:
    """A mail server that the app sends to, for the length of the block."""
    settings = app.extensions["mail"]
    before = settings.server, settings.port
    catcher = Catcher(folder)
    catcher.start()
    settings.server, settings.port = "127.0.0.1", catcher.port
    try:
        yield Mailbox(folder)
    finally:
        settings.server, settings.port = before
        catcher.stop(no_assert=True)
