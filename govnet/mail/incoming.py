"""A mail that somebody wrote, read from its bytes: from whom, about what, in which words. Knows no database.

The parser of the standard library runs with its older policy: the newer one reads every field by a grammar that takes strangers
minutes of our time (and raises a dozen kinds of error) on fields made for it.
"""

from __future__ import annotations

import email
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape

import nh3

LARGEST = 10 * 1024 * 1024
"""The largest mail that is taken, in bytes."""
_MOST_TEXT = 200_000
_MOST_FIELD = 2_000
_LEAST_DATED = 25
_BREAKS = re.compile(r"(?i)<\s*(?:br|/p|/div|/li|/tr|/h[1-6]|/blockquote)\b[^>]{0,200}>")
_BLANK = re.compile(r"\n{3,}")
_ADDRESS = re.compile(r"([^\s<>()\[\],;:\"'@]{1,64})@([^\s<>()\[\],;:\"'@]{1,255})")
_LOOPED = 50
"""Received fields of a mail that goes round in a circle (RFC 5321, 6.3)."""
_BY_MACHINES = ("bulk", "list", "junk", "auto_reply")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a mail says. Fields that it lacks, or that cannot be read, are empty."""

    message_id: str
    sender: str
    """The one address in From, in lower case; empty where there is none or more than one."""
    sender_name: str
    subject: str
    sent_at: datetime | None
    text: str
    """The plain text; of a mail that has only HTML, its words."""
    automatic: str = ""
    """The field that shows that no person wrote it (RFC 3834), or nothing."""


def read(raw: bytes) -> Incoming:
    """The mail in these bytes. Whatever they are it raises nothing: what cannot be read is left empty."""
    mail = _parsed(raw)
    name, address = _sender(mail)
    return Incoming(
        message_id=_field(mail, "Message-ID")[:200],
        sender=address,
        sender_name=name,
        subject=_field(mail, "Subject")[:200],
        sent_at=_instant(_field(mail, "Date")),
        text=_text(mail),
        automatic=_automatic(mail),
    )


def _parsed(raw: bytes) -> Message:
    try:
        return email.message_from_bytes(raw, policy=policy.compat32)
    except RecursionError:  # parts in parts in parts
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw)


def _field(mail: Message, name: str) -> str:
    value = str(mail.get(name, ""))[:_MOST_FIELD]
    with suppress(HeaderParseError, LookupError, ValueError):  # an encoded word that is none stands as it is
        value = str(make_header(decode_header(value)))
    return " ".join(_sayable(value).split())


def _sayable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _sender(mail: Message) -> tuple[str, str]:
    """The name and the address; the address is taken from the field as it came, so that no encoded name can become one."""
    written = [str(value)[:_MOST_FIELD] for value in mail.get_all("From", [])]
    addresses = [address for _name, address in _people(written) if "@" in address]
    if len(addresses) != 1:
        return "", ""
    names = [name for name, _address in _people([_field(mail, "From")]) if name]
    return (names[0] if names else "")[:200], _sayable(addresses[0]).lower()[:254]


def _people(fields: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(fields)
    except RecursionError:  # brackets in brackets in brackets
        return []


def _instant(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _text(mail: Message) -> str:
    found: dict[str, Message] = {}
    try:
        for part in mail.walk():
            if part.get_content_disposition() != "attachment":
                found.setdefault(part.get_content_type(), part)
    except RecursionError:
        return ""
    if "text/plain" in found:
        return _tidy(_content(found["text/plain"]))
    return _words_of(_content(found["text/html"])) if "text/html" in found else ""


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload[: 4 * _MOST_TEXT].decode(part.get_content_charset("utf-8"), "replace")[:_MOST_TEXT]
    except (LookupError, ValueError):
        return payload[: 4 * _MOST_TEXT].decode("utf-8", "replace")[:_MOST_TEXT]


def _words_of(html: str) -> str:
    bare = nh3.clean(_BREAKS.sub("\n", html), tags=set(), clean_content_tags={"style", "script", "title"})
    return _tidy(unescape(bare))


def _tidy(text: str) -> str:
    lines = _sayable(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _BLANK.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _automatic(mail: Message) -> str:
    if _field(mail, "Auto-Submitted").lower() not in ("", "no"):
        return "Auto-Submitted"
    if _field(mail, "Precedence").lower() in _BY_MACHINES:
        return "Precedence"
    named = next(
        (n for n in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients") if n in mail), ""
    )
    if named:
        return named
    if _field(mail, "Return-Path") == "<>":
        return "Return-Path"
    return "Received" if len(mail.get_all("Received", [])) >= _LOOPED else ""


def without_addresses(text: str) -> str:
    """The text with each mail address cut to its first letter and its domain, for eyes that need not know it."""
    return _ADDRESS.sub(lambda found: f"{found[1][0]}…@{found[2]}", text)


def own_lines(text: str) -> list[str]:
    """The lines that the sender wrote, without blank ones: what is quoted with ">" goes, and the line that announces it.

    That line ends with a colon in every language; a long one that breaks in two has the date in its first half.
    """
    kept: list[str] = []
    before = ""
    for line in (line.strip() for line in text.split("\n") if line.strip()):
        if not line.startswith(">"):
            kept.append(line)
        elif before.endswith(":") and not before.startswith(">"):
            _drop_announcement(kept)
        before = line
    return kept


def _drop_announcement(kept: list[str]) -> None:
    one_line = any(c.isdigit() for c in kept.pop())
    if not one_line and kept and len(kept[-1]) > _LEAST_DATED and any(c.isdigit() for c in kept[-1]):
        kept.pop()
