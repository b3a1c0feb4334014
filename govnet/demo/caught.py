"""The mails that the demo's mail server took, each a file in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import islice
from pathlib import Path

_NAME = re.compile(r"(\d{6,12})\.eml")
_SOFT_BREAK = re.compile(r"(?<!^--) \r?\n", re.MULTILINE)


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
