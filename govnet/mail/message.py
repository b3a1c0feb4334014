"""A mail as bytes: made once, so that per recipient only headers in front of it differ and the body's
bytes never do.
"""

import hashlib
import quopri
import re
import textwrap
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum

from govnet.mail import headers
from govnet.mail.headers import Address, BadHeader
from govnet.mail.subjects import shorten

LARGEST_BODY = 60 * 1024
_FLOW = 72
_LIST_ID = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class MailKind(StrEnum):
    """The kind of a mail, which decides the fields that a receiving system looks for."""

    LIST = "list"
    NOTICE = "notice"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class ListFields:
    """The list that a mail belongs to (RFC 2919 and 2369); `post` None says that nothing can be posted by
    mail.
    """

    id: str
    name: str
    archive: str
    help: str
    post: str | None = None


@dataclass(frozen=True, slots=True)
class MailMessage:
    """All of a mail that is the same for every reader of one language. `thread` is the id every mail of
    one discussion refers to.
    """

    kind: MailKind
    sender: Address
    subject: str
    text: str
    html: str
    date: datetime
    language: str = "en"
    list: ListFields | None = None
    thread: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """The joined bytes: the common header fields, and a body that no recipient changes."""

    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """The part that differs between recipients."""

    to: Address
    message_id: str
    reply_to: Address | None = None
    unsubscribe: tuple[str, ...] = ()


def build(letter: MailMessage) -> Template:
    """The mail's bytes but for the recipient's fields; raises BadHeader for values that would break it,
    ValueError for a body too large.
    """
    content = f"{letter.subject}\0{letter.text}\0{letter.html}".encode("utf-8", "replace")
    boundary = "=_" + hashlib.sha256(content).hexdigest()[:40]
    body = _alternative(letter, boundary)
    if len(body) > LARGEST_BODY:
        raise ValueError(f"a mail of {len(body)} bytes; {LARGEST_BODY} is the most")
    return Template(_common_head(letter, boundary), body)


def personalise(template: Template, envelope: Envelope) -> bytes:
    """The whole mail for one recipient, with CRLF line ends, ready for the wire."""
    return b"".join((*_own_head(envelope), template.head, b"\r\n", template.body))


def _own_head(envelope: Envelope) -> list[bytes]:
    fields = [
        headers.address_field("To", envelope.to),
        headers.ids_field("Message-ID", [envelope.message_id]),
    ]
    if envelope.reply_to is not None:
        fields.append(headers.address_field("Reply-To", envelope.reply_to))
    if envelope.unsubscribe:
        fields.append(headers.field("List-Unsubscribe", headers.angle(*envelope.unsubscribe)))
        fields.append(headers.field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return fields


def _common_head(letter: MailMessage, boundary: str) -> bytes:
    fields = [
        headers.address_field("From", letter.sender),
        headers.text_field("Subject", shorten(letter.subject)),
        headers.field("Date", format_datetime(_with_zone(letter.date))),
        *_thread_fields(letter.thread),
        *_kind_fields(letter),
        *(headers.text_field(name, value) for name, value in sorted(letter.extra.items())),
        headers.field("MIME-Version", "1.0"),
        headers.field("Content-Language", letter.language),
        headers.field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    return b"".join(fields)


def _with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise BadHeader("a date without a zone")
    return moment.replace(microsecond=0)


def _thread_fields(thread: str | None) -> list[bytes]:
    if thread is None:
        return []
    return [headers.ids_field("In-Reply-To", [thread]), headers.ids_field("References", [thread])]


def _kind_fields(letter: MailMessage) -> list[bytes]:
    if letter.kind is MailKind.PERSONAL:
        return [headers.field("Auto-Submitted", "auto-generated")]
    fields = [] if letter.list is None else _list_fields(letter.list)
    if letter.kind is MailKind.LIST:
        return [*fields, headers.field("Precedence", "list")]
    return [*fields, headers.field("Auto-Submitted", "auto-generated"), headers.field("Precedence", "bulk")]


def _list_fields(home: ListFields) -> list[bytes]:
    if not _LIST_ID.fullmatch(home.id):
        raise BadHeader(f"not a list id: {home.id!r}")
    name = headers.phrase(headers.plain(home.name), len("List-Id: "))
    return [
        headers.field("List-Id", f"{name} <{home.id}>" if name else f"<{home.id}>"),
        headers.field("List-Archive", headers.angle(home.archive)),
        headers.field("List-Help", headers.angle(home.help)),
        headers.field("List-Post", headers.angle(home.post) if home.post else "NO"),
    ]


def _alternative(letter: MailMessage, boundary: str) -> bytes:
    text = _part("text/plain; charset=utf-8; format=flowed", flowed(letter.text))
    html = _part("text/html; charset=utf-8", letter.html)
    mark = f"--{boundary}".encode()
    return b"".join((mark, b"\r\n", text, b"\r\n", mark, b"\r\n", html, b"\r\n", mark, b"--\r\n"))


def _part(content_type: str, content: str) -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    return head.encode() + b"\r\n".join(_quoted(line) for line in lines)


def _quoted(line: str) -> bytes:
    """One line in quoted-printable (RFC 2045, 6.7), also safe for servers that trip over "From " and lone
    dots.
    """
    coded = quopri.encodestring(line.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    if coded.startswith(b"From "):
        return b"=46rom " + coded[5:]
    return b"=2E" + coded[1:] if coded.startswith(b".") else coded


def flowed(text: str) -> str:
    """Text wrapped at 72 so that readers who know format=flowed join the lines again (RFC 3676); addresses
    stay whole.
    """
    return "\n".join(_flowed_line(line.rstrip()) for line in text.replace("\r\n", "\n").split("\n"))


def _flowed_line(line: str) -> str:
    if line == "--":
        return "-- "  # the mark before a signature, which keeps its blank
    stuffed = f" {line}" if line.startswith((" ", "From ")) else line
    if len(stuffed) <= _FLOW or line.startswith(">"):
        return stuffed
    rows = textwrap.wrap(stuffed, _FLOW, break_long_words=False, break_on_hyphens=False, drop_whitespace=True)
    rows = [rows[0], *(f" {row}" if row.startswith((">", "From ")) else row for row in rows[1:])]
    return " \n".join(rows)
