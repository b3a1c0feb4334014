"""Reads a mail from its bytes in a process of its own: `python -I -S mime.py < mail` prints two lines of JSON.

Loads the standard library alone and sets the limits below for itself before it reads anything, so that a mail that a stranger
crafted costs four seconds and no more. The first line has the fields, the second the person's text; if only the first comes,
the rest was too much. Fields are found by a scan of our own: the library stops at the first line that is no field, and loses
the sender with all that follows.
"""

from __future__ import annotations

import codecs
import email
import json
import re
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from html import unescape

CPU_SECONDS = 4
MEMORY = 512 * 1024 * 1024
MOST_HEAD = 256 * 1024
"""Bytes of fields: ten times what long ways through many servers make."""
MOST_FIELDS = 1_000
MOST_PARTS = 200
MOST_DEPTH = 20
_MOST_VALUE = 2_000
_MOST_TEXT = 200_000
_LOOPED = 50
"""Received fields of a mail that goes round in a circle (RFC 5321, 6.3)."""

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_EMPTY_LINE = re.compile(rb"(?<!\r)\r*+\n\r*+\n")
_QUOTED = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*(?P<end>"(?!@))?')
"""A quoted text; or, without `end`, all that is not looked at again for another one."""
_COMMENT = re.compile(r"\(([^()]*)\)")
_ANGLE = re.compile(r"<([^<>@]*+@[^<>]*+)>")
_BARE = re.compile(r"(?<![^\s,;:<>()\"])[^\s,;:<>()\"]+@[^\s,;:<>()\"]+")
_ADDRESS = re.compile(r"(?:\"[^\"<>\s]{1,62}\"|[^\s<>()\[\],;:\"@]{1,64})@[^\s<>()\[\],;:\"@]{1,253}")

_BY_MACHINES = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_MACHINE_FIELD = re.compile(
    r"list-(?:id|post|unsubscribe|help|archive|owner)|x-failed-recipients|x-loop|x-ms-exchange-inbox-rules-loop|x-(?:vacation|holiday|ooo|out-?of-?office).*"
    r"|(?:x-)?(?:[a-z]+-)*auto-?(?:re(?:ply|plied|spon[ds][a-z]*)|submitted|generated|answer)(?:-from|-type)?"
)
"""Names of fields that only programs write."""
_MACHINE_SENDER = re.compile(
    r"(?:mailer-?daemon|post-?master|mail-?delivery|do-?not-?reply|no-?reply|bounces?|auto-?reply)(?:[+.=-][^@]*+)?@.*"
)
_MACHINE_SUBJECT = re.compile(
    r"(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|auto|out of (?:the )?office|vacation(?: reply)?|ateb awtomatig"
    r"|automatische antwort|abwesenheitsnotiz|r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica"
    r"|automatisch antwoord|(?:un)?deliver(?:able|y status notification|ed mail returned[^:(]*+)|read|not read"
    r"|accepted|declined|tentative)\s*[:(].*|out of (?:the )?office\b.*|undelivered mail.*|delivery status notification.*",
    re.IGNORECASE,
)
_MACHINE_TYPES = frozenset(
    {"multipart/report", "message/delivery-status", "message/disposition-notification"}
)
_ODD_CHARSETS = frozenset(
    {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)

_TAG = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|[!?][^<>]*>|(?P<end>/?)(?P<name>[a-zA-Z][\w:-]{0,30})"
    r"(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*|[^<>]*)(?:>|(?=<)|\Z))",
    re.DOTALL,
)
"""A comment or a tag. No part of it can run over the next tag, so that it takes time by the length and not by its square."""
_BLOCK_NAMES = """
    address article aside blockquote body br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav
    ol p pre section table tbody td tfoot th thead title tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset({"script", "style", "title", "template", "object", "svg"})
_EMPTY = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "source"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MANY_BREAKS = re.compile(r"\n{3,}")
_RULE = "_" * 32
_METHOD = re.compile(r"(?im)^METHOD:([a-z]{1,20})")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[a-z]+")
_PLACEHOLDER = re.compile(
    r"(?i)\b(x?html|mime|web ?browser|e-?mail (client|program|reader|viewer)|mail program|rich text)\b"
)
Field = tuple[str, str]


class TooMuchError(Exception):
    """The mail goes over a limit; its word says which."""


def main() -> None:
    """Read standard input, write two lines."""
    for which, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(which)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (least, hard if which == resource.RLIMIT_CPU else least))
    for line in lines_of(sys.stdin.buffer.read()):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def lines_of(raw: bytes) -> Iterator[dict[str, str | None]]:
    """First the fields, then the text; or the limit that the mail exceeds."""
    found, body, over = split(raw)
    fields = dict(reversed(found))
    sender_name, sender = sender_of([value for name, value in found if name == "from"])
    yield {
        "message_id": line(fields.get("message-id", ""))[:200],
        "sender": sender,
        "sender_name": sender_name,
        "subject": decoded(fields.get("subject", ""))[:200],
        "sent_at": instant(line(fields.get("date", ""))),
        "automatic": machine(found, sender),
    }
    if over:
        yield {"over": over}
        return
    try:
        mail = _parsed(fields, body)
        text = words(mail)[:_MOST_TEXT]
        yield {"text": tidy(text), "report": _report(mail)}
    except RecursionError:
        yield {"over": "depth"}
    except MemoryError:
        yield {"over": "memory"}
    except TooMuchError as too_much:
        yield {"over": str(too_much)}
    except Exception as error:  # the library raises a dozen kinds on what strangers make for it
        yield {"over": type(error).__name__}


# fields


def split(raw: bytes) -> tuple[list[Field], bytes, str]:
    """The fields, their names in lower case; the body; and which limit the head goes over, or nothing.

    Lines that are no fields are passed over. Without an empty line the first of them begins the body.
    """
    if b"\n" not in raw[:MOST_HEAD]:
        raw = raw.replace(b"\r", b"\n")
    raw = raw.lstrip(b"\r\n\xef\xbb\xbf")
    end = _EMPTY_LINE.search(raw, 0, MOST_HEAD)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw[:MOST_HEAD], b"")
    over = "headers" if end is None and len(raw) > MOST_HEAD else ""
    found: list[tuple[str, list[bytes]]] = []
    at, kept = 0, False
    for one in head.split(b"\n"):
        field = _FIELD.fullmatch(one.rstrip(b"\r"))
        if one[:1] in b" \t" and at:
            if kept:
                found[-1][1].append(one.strip())
        elif field and len(found) < MOST_FIELDS:
            kept = True
            found.append((field[1].decode("ascii").lower(), [field[2].strip()]))
        elif field:
            kept, over = False, over or "headers"
        else:
            kept = False
            if end is None and found and not over:
                body = raw[at:]
                break
        at += len(one) + 1
    return [(name, unicode(b" ".join(parts)[: 4 * _MOST_VALUE])) for name, parts in found], body, over


def unicode(value: bytes) -> str:
    """Eight-bit letters in a field: UTF-8 today, something of Western Europe in old programs."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("utf-8", "ignore") if len(value) >= 4 * _MOST_VALUE else value.decode("latin-1")
    return text[:_MOST_VALUE]


def line(value: str) -> str:
    """One line of letters that a database takes."""
    return " ".join(value.replace("\0", "").encode("utf-8", "replace").decode().split())


def decoded(value: str) -> str:
    """The text of a field (RFC 2047). A broken encoded word stays as it is; one in an unknown charset is guessed."""
    if "=?" not in value:
        return line(value)
    with suppress(HeaderParseError, ValueError):
        chunks = decode_header(value)
        value = "".join(
            chunk
            if isinstance(chunk, str)
            else charset_text(chunk, charset)
            if charset
            else chunk.decode("raw-unicode-escape", "replace")  # what the library makes of the words between
            for chunk, charset in chunks
        )
    return line(value)


def charset_text(raw: bytes, charset: str) -> str:
    """The letters of bytes, whatever their charset is called. Never fails."""
    named = "utf-8"
    with suppress(LookupError, ValueError):
        found = codecs.lookup(charset[:40]).name
        if found not in _ODD_CHARSETS:
            raw[:1].decode(found, "replace")  # raises for what decodes no text
            named = "cp1252" if found == "iso8859-1" else "utf-8" if found == "ascii" else found
    for one in (named, "utf-8"):
        with suppress(ValueError):
            return raw.decode(one)
    return raw.decode("cp1252" if named == "utf-8" else named, "replace")


def instant(value: str) -> str | None:
    """A date in UTC, as ISO 8601; None for anything else."""
    try:
        found = parsedate_to_datetime(value)
        aware = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return aware.isoformat() if datetime(1970, 1, 1, tzinfo=UTC) <= aware else None


def sender_of(fields: Sequence[str]) -> tuple[str, str]:
    """The name, and the one address in lower case; both empty where there is none or more than one.

    The address is taken from the field as it came, so that no encoded name can become one. Odd but plain fields are understood: a
    name that is an address, a comma in a name, quotation marks that do not end.
    """
    found = [each for value in fields for each in addresses(value.replace("\0", ""))]
    distinct = {address for address, _name in found}
    if len(distinct) != 1:
        return "", ""
    return decoded(next((name for _address, name in found if name), ""))[:200], distinct.pop()


def addresses(value: str) -> Iterator[tuple[str, str]]:
    """Each address in a From field, with the name before it or in brackets behind."""
    bare = _QUOTED.sub(lambda m: " " * len(m[0]) if m["end"] else m[0], value)
    if bare.count('"') % 2 == 1:
        bare = bare.replace('"', " ")
    for _ in range(10):
        bare = _COMMENT.sub(lambda m: " " * len(m[0]), bare)
    if "@" not in bare:
        bare = value.replace('"', " ")  # an address that is quoted, with nothing beside it
    at = named_from = 0
    for piece in bare.split(","):
        angles = list(_ANGLE.finditer(piece))
        for angle in angles:
            name = value[named_from : at + angle.start()].strip(" ,;\t\"'").replace('\\"', '"')
            named_from = at + angle.end()
            yield from ((found, name) for found in _addresses(angle[1]))
        if not angles:
            comment = _COMMENT.search(value)
            name = comment[1].strip() if comment else ""
            yield from ((found, name) for one in _BARE.findall(piece) for found in _addresses(one))
        at += len(piece) + 1


def _addresses(text: str) -> list[str]:
    """The text as an address in lower case, without the parts before it in a route or a link; empty for anything else."""
    address = text.strip().rpartition(":")[2].strip("'").rstrip(".").lower()
    return [address] if _ADDRESS.fullmatch(address) else []


def machine(fields: Sequence[Field], sender: str) -> str:
    """The field that shows that a program sent the mail (RFC 3834, and what else programs write), or nothing."""
    values = {name: line(value).lower() for name, value in reversed(fields)}
    if values.get("auto-submitted", "no").partition(";")[0].strip() not in ("", "no"):
        return "Auto-Submitted"
    if {values.get("precedence"), values.get("x-precedence")} & _BY_MACHINES:
        return "Precedence"
    for name, value in values.items():
        if name == "x-auto-response-suppress":
            if set(_LETTERS.findall(value)) & {"all", "oof", "autoreply"}:
                return "X-Auto-Response-Suppress"
        elif (
            name != "auto-submitted" and value not in ("no", "false", "0") and _MACHINE_FIELD.fullmatch(name)
        ):
            return "-".join(word.capitalize() for word in name.split("-"))
    if values.get("return-path") == "<>" or values.get("from") == "<>":
        return "Return-Path"
    if _MACHINE_SENDER.fullmatch(sender):
        return "From"
    if _MACHINE_SUBJECT.fullmatch(decoded(values.get("subject", ""))):
        return "Subject"
    return "Received" if sum(name == "received" for name, _value in fields) >= _LOOPED else ""


# the body


def _parsed(fields: dict[str, str], body: bytes) -> Message:
    head = "".join(
        f"{name}: {fields[name]}\n"
        for name in ("content-type", "content-transfer-encoding", "content-disposition")
        if name in fields
    )
    boundary = email.message_from_string(head, policy=policy.compat32).get_boundary()
    if boundary and body.count(b"--" + boundary.encode("ascii", "replace")) > 2 * MOST_PARTS:
        raise TooMuchError("parts")  # before the library takes its time over them
    mail = email.message_from_bytes(head.encode("ascii", "replace") + b"\n" + body, policy=policy.compat32)
    waiting = [(mail, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            raise TooMuchError("parts")
        if depth > MOST_DEPTH:
            raise TooMuchError("depth")
        if sum(len(str(value)) for value in part.values()) > MOST_HEAD:
            raise TooMuchError("headers")
        if part.is_multipart():
            waiting += [(each, depth + 1) for each in part.get_payload() if isinstance(each, Message)]
    return mail


def _report(part: Message) -> str:
    """The kind of a part that only programs send: a report on delivery or reading, or an answer to an invitation."""
    kind = part.get_content_type()
    if kind in _MACHINE_TYPES or (kind == "text/calendar" and _answers_invitation(part)):
        return kind
    inside = _children(part) if kind.startswith("multipart/") and part.is_multipart() else []
    return next((found for each in inside if (found := _report(each))), "")


def _answers_invitation(part: Message) -> bool:
    said = _METHOD.search(content(part))
    method = str(part.get_param("method") or (said[1] if said else ""))
    return method.lower() in ("reply", "counter")


def words(part: Message) -> str:
    """The text that a reader sees: of alternatives one, of parts that follow each other all; files and forwarded mails not."""
    kind = part.get_content_type()
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return ""
    if kind == "multipart/alternative" and part.is_multipart():
        return _best([(each.get_content_type(), words(each)) for each in _children(part)])
    if kind == "multipart/related" and part.is_multipart():
        return next((text for each in _children(part) if (text := words(each))), "")
    if part.is_multipart():
        return (
            "\n\n".join(text for each in _children(part) if (text := words(each)))
            if kind[:4] == "mult"
            else ""
        )
    text = content(part)
    if kind == "text/html":
        return words_of_html(text)
    return text if kind in ("text/plain", "text/enriched") or kind.startswith("multipart/") else ""


def _children(part: Message) -> list[Message]:
    return [each for each in part.get_payload() if isinstance(each, Message)]


def _best(found: Sequence[tuple[str, str]]) -> str:
    """The plain text; the rich one where the plain one is empty or only says that there is another one."""
    plain = next((text for kind, text in found if kind == "text/plain" and text.strip()), "")
    rich = next((text for kind, text in reversed(found) if kind != "text/plain" and text.strip()), "")
    if not plain or not rich:
        return plain or rich
    first = next((line for line in plain.splitlines() if _WORD.search(line)), "")
    said, all_said = (f" {' '.join(_WORD.findall(text))} " for text in (first[:200], rich))
    empty = not said.strip()
    return rich if empty or (said not in all_said and _PLACEHOLDER.search(plain)) else plain


def content(part: Message) -> str:
    """The letters of a part, up to the limit."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    return charset_text(payload[: 4 * _MOST_TEXT], charset)[:_MOST_TEXT]


def words_of_html(html: str) -> str:
    """The text of a page as lines; lines in a blockquote begin with ">", as in plain text."""
    lines: list[str] = []
    now: list[str] = []
    quotes, silent, depth, at = 0, "", 0, 0

    def say(text: str) -> None:
        if not silent and text:
            now.append(_SPACES.sub(" ", unescape(text)))

    def end_line(always: bool = False) -> None:
        text = "".join(now).strip()
        now.clear()
        if text or always:
            lines.append("> " * min(quotes, 5) + text)

    for tag in _TAG.finditer(html):
        say(html[at : tag.start()])
        at = tag.end()
        name, ends = (tag["name"] or "").lower(), bool(tag["end"])
        if silent:
            depth += 0 if name != silent else -1 if ends else 1
            silent = silent if depth else ""
            continue
        if not ends and name not in _EMPTY and (name in _SILENT or _HIDDEN.search(tag["rest"] or "")):
            end_line()
            silent, depth = name, 1
        elif name in _BLOCKS:
            end_line(always=name == "br")
            if name == "hr":
                lines.append(_RULE)
            elif name == "blockquote":
                quotes = max(0, quotes + (-1 if ends else 1))
    say(html[at:])
    end_line()
    return "\n".join(lines)


def tidy(text: str) -> str:
    """Lines that end alike, without blanks at their ends and without many empty ones."""
    lines = (
        text.encode("utf-8", "replace")
        .decode()
        .replace("\0", "")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .split("\n")
    )
    return _MANY_BREAKS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


if __name__ == "__main__":
    main()
