"""Header fields as RFC 5322 and RFC 2047 want them: folded, encoded, and with no way to smuggle another
field in.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from email.charset import QP, SHORTEST, Charset
from email.header import Header

from govnet.people.addresses import BadAddress, parsed

_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BARE = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@(?:{_LABEL}\.)*{_LABEL}")
"""An address that can go on the wire as it is: also the server's own sender, whose domain may have no dot."""
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
_NOT_IN_URI = re.compile(r"[\s<>,]")
_WIDTH = 76
_ONE_LINE = 130
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = SHORTEST
_UTF8.body_encoding = QP


class BadHeader(ValueError):
    """A value that cannot stand in a header, because it would break it or become another."""


@dataclass(frozen=True, slots=True)
class Address:
    """The sender or recipient of a mail: an address, with the name to show beside it."""

    address: str
    name: str = ""


def plain(text: str) -> str:
    """One line without control, direction or layout characters, spaces collapsed: what a person may have
    typed as a name or title.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if _is_space(c) else c for c in text if _is_space(c) or not _is_invisible(c))
    return " ".join(kept.split())


def _is_space(char: str) -> bool:
    return char in "\t\n\r\v\f" or unicodedata.category(char) in ("Zs", "Zl", "Zp")


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char != "\u200d"


def wire_address(address: str) -> str:
    """The address for the wire, in ASCII; raises BadHeader for anything but a single bare address."""
    if _BARE.fullmatch(address):
        return address
    try:
        return parsed(address)
    except BadAddress as error:
        raise BadHeader(f"not an address: {address!r}") from error


def can_be_written_to(address: str | None) -> bool:
    """Whether the address can be in a mail's head: one that an earlier release took may not."""
    try:
        return bool(address and wire_address(address))
    except BadHeader:
        return False


def field(name: str, value: str, *, width: int = _WIDTH) -> bytes:
    """One field that is ASCII and folds at spaces only, at `width` characters; raises BadHeader for line breaks or anything else
    that is not a field.
    """
    if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
        raise BadHeader(f"not a header: {name}: {value!r}")
    return _fold(name, value.split(" "), width)


def _fold(name: str, words: Iterable[str], width: int = _WIDTH) -> bytes:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > width and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def text_field(name: str, text: str) -> bytes:
    """A field of free text, such as Subject, in encoded words if it needs them.

    Plain text of a subject's length stays on one line: some programs show the fold as a gap, or break the thread at it.
    """
    value = _encoded(plain(text), first=len(name) + 2)
    if len(value) <= _ONE_LINE and "=?" not in value:
        return field(name, value, width=998)
    return field(name, value)


def address_field(name: str, address: Address) -> bytes:
    """A field that holds one address and perhaps a name."""
    bare = wire_address(address.address)
    shown = plain(address.name)
    return field(name, f"{phrase(shown, len(name) + 2)} <{bare}>" if shown else bare)


def ids_field(name: str, ids: Iterable[str]) -> bytes:
    """A field that holds message ids, such as References; each is checked."""
    kept = list(ids)
    if any(not _MESSAGE_ID.fullmatch(i) for i in kept):
        raise BadHeader(f"not message ids: {kept!r}")
    return field(name, " ".join(kept))


def angle(*uris: str) -> str:
    """Addresses of web or mail in angle brackets, for the List-* fields (RFC 2369)."""
    if any(_NOT_IN_URI.search(uri) for uri in uris):
        raise BadHeader(f"not addresses: {uris!r}")
    return ", ".join(f"<{uri}>" for uri in uris)


def phrase(text: str, first: int) -> str:
    """A name as it stands before an address; `first` is how much of the line is taken already."""
    if text.isascii() and "=?" not in text:
        if _ATOMS.fullmatch(text):
            return text
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _words(text, first)


def _encoded(text: str, first: int) -> str:
    long_word = any(len(word) > 900 for word in text.split(" "))
    if text.isascii() and "=?" not in text and not long_word:
        return text
    return _words(text, first)


def _words(text: str, first: int) -> str:
    header = Header(text, _UTF8, maxlinelen=75, header_name="x" * max(first - 2, 1))
    return " ".join(header.encode(linesep="\n").replace("\n", "").split())
