"""Addresses that the program itself reads: each says for what an answer is, and nobody can make one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import current_app

from govnet.kernel.errors import RuleBroken
from govnet.mail.incoming import Incoming

_PROOF = 10
"""Bytes of the keyed digest in an address: 80 bits."""
Handler = Callable[[Sequence[int], Incoming], None]
"""Does what an answer says. Raises RuleBroken (NotDone, where the sender's language is known) or NotFound: its words go back."""
Asked = Callable[[Sequence[int]], tuple[str, str] | None]
"""The address that was asked, and its owner's language; None where it is gone."""
_handlers: dict[str, Handler] = {}
_asked: dict[str, Asked] = {}


class NotDone(RuleBroken):
    """An answer that does nothing; the message says why, in `language`."""

    def __init__(self, message: object, *, language: str) -> None:
        super().__init__(message)
        self.language = language


def answers(purpose: str, handler: Handler, asked: Asked) -> None:
    """Have answers to addresses of this purpose, a few lower-case letters, handed to `handler` inside transaction().

    `asked` says who was written to, for the mails that are too much to read: only a mail from that address is answered then.
    """
    _handlers[purpose], _asked[purpose] = handler, asked


def handler_of(purpose: str) -> Handler:
    """Who takes answers for this purpose."""
    return _handlers[purpose]


def asked_by(purpose: str, ids: Sequence[int], sender: str) -> str | None:
    """The language of whoever was asked, if the mail came from their address; else None."""
    found = _asked[purpose](ids)
    return found[1] if found is not None and same_mailbox(found[0], sender) else None


def same_mailbox(one: str, other: str) -> bool:
    """Whether mail to both addresses lies in one mailbox, as far as anybody can know without asking.

    Programs send from the address without its "+tag", from gmail.com for googlemail.com and with or without the dots that Gmail
    does not see, and write a domain in letters or in ASCII (RFC 5890). Enough beside a token; not enough to know a person by.
    """
    return bool(one) and _mailbox(one) == _mailbox(other)


def _mailbox(address: str) -> tuple[str, str]:
    local, _, domain = unicodedata.normalize("NFC", address.strip().casefold()).rpartition("@")
    with suppress(UnicodeError):
        domain = domain.rstrip(".").encode("idna").decode()
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return local.replace(".", ""), "gmail.com"
    return local, domain


def address(purpose: str, *ids: int) -> str:
    """Where an answer about these rows goes, always the same; empty on a server to which no mail comes.

    The ids and a keyed digest of purpose and ids (HMAC-SHA256, RFC 2104, cut to 80 bits) in lower-case base32, as some servers
    change the case of what stands before the @. With two ids that is 38 characters of the 64 that RFC 5321 grants.
    """
    pattern = current_app.config["MAIL_REPLIES"]
    if not pattern:
        return ""
    packed = _packed(ids)
    token = base64.b32encode(packed + _proof(purpose, packed)).decode().rstrip("=").lower()
    return str(pattern).replace("{token}", f"{purpose}-{token}")


def read_address(recipient: str) -> tuple[str, list[int]] | None:
    """The purpose and the ids of an address that we made; None for any other."""
    before, _, after = (current_app.config["MAIL_REPLIES"] or "").partition("{token}")
    written = recipient.strip().strip("<>").lower()
    if not after or not written.startswith(before) or not written.endswith(after):
        return None
    purpose, _, token = written.removeprefix(before).removesuffix(after).partition("-")
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    packed, proof = raw[:-_PROOF], raw[-_PROOF:]
    if purpose not in _handlers or not hmac.compare_digest(proof, _proof(purpose, packed)):
        return None
    return purpose, _unpacked(packed)


def _packed(ids: Sequence[int]) -> bytes:
    """Each id as its length in bytes and these bytes, so that small ones stay short."""
    parts = [struct.pack(">Q", one).lstrip(b"\0") for one in ids]
    return b"".join(bytes([len(part)]) + part for part in parts)


def _unpacked(packed: bytes) -> list[int]:
    found = []
    while packed:
        length = packed[0]
        found.append(int.from_bytes(packed[1 : 1 + length], "big"))
        packed = packed[1 + length :]
    return found


def _proof(purpose: str, packed: bytes) -> bytes:
    key = str(current_app.config["MAIL_KEY"]).encode()
    return hmac.new(key, b"govnet.replies." + purpose.encode() + b"." + packed, hashlib.sha256).digest()[
        :_PROOF
    ]
