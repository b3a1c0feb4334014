"""A mail that a person wrote, read from its bytes: sender, subject and text. Knows no database.

Reading happens in a process of its own with limits on time and memory (`mime.py`): whatever a stranger puts into a mail, nobody
else waits for it, and nothing of the program can be reached from there.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from govnet.people.addresses import parsed_or_none

_READER = (sys.executable, "-I", "-S", "-B", str(Path(__file__).with_name("mime.py")))
_PATIENCE = 60.0
"""Seconds, on a machine that is busy: the reader ends itself after four seconds of work."""
_STOPPED = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
_LEAST_DATED = 25
_ADDRESS = re.compile(r"([^\s<>()\[\],;:\"'@]{1,64})@([^\s<>()\[\],;:\"'@]{1,255})")
_BANNER = re.compile(r"[-_=]{3,}\s*[^\W\d_].{2,60}?\s*[-_=]{3,}")
"""-----Original Message-----, in any language."""
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
_RULE = re.compile(r"[-_=]{5,}")
_FROM = re.compile(r"(?i)(from|oddi wrth|o|von|de|da|van|från|fra)\s?\*?:\*?\s?.*\S")
_FIELD = re.compile(r"[^\W\d_][\w -]{1,20}\s?\*?:\*?(\s|$)")
_MOST_NAME = 2
"""Lines of a last paragraph that is only a name."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The content of a mail. Fields that it lacks, or that cannot be read, are empty."""

    message_id: str
    sender: str
    """The one address in From, in lower case; empty where there is none or more than one."""
    sender_name: str
    subject: str
    sent_at: datetime | None
    text: str
    """The plain text; for a mail that has only HTML, or another text in it, the text of that."""
    automatic: str = ""
    """The field or part that shows that no person wrote it (RFC 3834), or nothing."""
    over: str = ""
    """The limit that it goes over, so that its text was not read; or nothing."""


def read(raw: bytes) -> Incoming:
    """The mail in these bytes, whatever they are: what cannot be read is left empty. Slow: never inside transaction().

    Raises OSError or NotRead where the reader cannot work, which says nothing about the mail.
    """
    said, code = _said(raw)
    lines = [json.loads(line) for line in said.splitlines() if line.endswith(b"}")]
    fields: dict[str, Any] = lines[0] if lines else {}
    rest: dict[str, Any] = lines[1] if len(lines) > 1 and code == 0 else {"over": "time or memory"}
    sent_at = fields.get("sent_at")
    return Incoming(
        message_id=fields.get("message_id", ""),
        sender=parsed_or_none(fields.get("sender", "")) or fields.get("sender", ""),
        sender_name=fields.get("sender_name", ""),
        subject=fields.get("subject", ""),
        sent_at=datetime.fromisoformat(sent_at) if sent_at else None,
        text=rest.get("text", ""),
        automatic=fields.get("automatic") or rest.get("report", ""),
        over=rest.get("over", ""),
    )


class NotRead(Exception):
    """The reader ended without a word on its own, or somebody ended it: the mail is as unread as before."""


def _said(raw: bytes) -> tuple[bytes, int]:
    try:
        done = subprocess.run(  # noqa: S603
            _READER, input=raw, capture_output=True, timeout=_PATIENCE, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", 1
    if done.returncode in _STOPPED or (done.returncode >= 0 and not done.stdout):
        raise NotRead(done.stderr.decode("utf-8", "replace")[-500:])
    return done.stdout, done.returncode


def without_addresses(text: str) -> str:
    """The text with each mail address cut to its first letter and its domain, for eyes that need not know it."""
    return _ADDRESS.sub(lambda found: f"{found[1][0]}…@{found[2]}", text)


def own_lines(text: str) -> list[str]:
    """The lines that the sender wrote, without blank ones: quotations go, and the line that announces them.

    A line is quoted if it begins with ">", or follows a line such as "Original Message" with the fields of a mail. A line that
    announces ends with a colon in every language; a long one that breaks in two has the date in its first half.
    """
    lines = text.split("\n")
    kept: list[str] = []
    before = ""
    for line in (line.strip() for line in lines[: _quote_begins(lines)] if line.strip()):
        if not line.startswith(">"):
            kept.append(line)
        elif before.endswith(":") and not before.startswith(">"):
            _drop_announcement(kept)
        before = line
    return kept


def lines_below(text: str) -> list[list[str]]:
    """Text that may be the sender's own below a quotation without ">", if nothing stands above it: the last paragraph, or the
    last but one and the last, which then is a name.
    """
    lines = text.split("\n")
    begin = _quote_begins(lines)
    if begin == len(lines) or any(line.strip() for line in lines[:begin]):
        return []
    # without blank lines between them, as in some HTML, the last line counts
    paragraphs = [
        p.strip().split("\n") for p in _BETWEEN_PARAGRAPHS.split("\n".join(lines[begin:])) if p.strip()
    ][1:]
    found = paragraphs[-1:] + [[line.strip()] for line in lines[begin:] if line.strip()][-1:]
    if len(paragraphs) > 2 and len(paragraphs[-2]) == 1 and len(paragraphs[-1]) <= _MOST_NAME:
        found.append(paragraphs[-2] + paragraphs[-1])
    return found


def _quote_begins(lines: list[str]) -> int:
    """The number of the line with which a quotation begins that no ">" marks; their count where there is none."""
    written = [number for number, line in enumerate(lines) if line.strip()]
    for at, number in enumerate(written):
        line = lines[number].strip(" \t*")
        after = [lines[other].strip(" \t*") for other in written[at + 1 : at + 3]]
        fields = [bool(_FIELD.match(each)) for each in after]
        if _BANNER.fullmatch(line) or (_RULE.fullmatch(line) and fields[:1] == [True]):
            return number
        if _FROM.match(line) and fields[:1] == [True]:
            return number
        dated = at == 0 and line.endswith(":") and len(line) > _LEAST_DATED and any(c.isdigit() for c in line)
        if dated and after and not after[0].startswith(">"):
            return number
    return len(lines)


def _drop_announcement(kept: list[str]) -> None:
    one_line = any(c.isdigit() for c in kept.pop())
    if not one_line and kept and len(kept[-1]) > _LEAST_DATED and any(c.isdigit() for c in kept[-1]):
        kept.pop()
