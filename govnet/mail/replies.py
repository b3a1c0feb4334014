"""Addresses that the program itself reads: each says for what an answer is, and nobody can make one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable, Sequence

from flask import current_app

from govnet.kernel.errors import RuleBroken
from govnet.mail.incoming import Incoming

_PROOF = 10
"""Bytes of the keyed digest in an address: 80 bits."""
Handler = Callable[[Sequence[int], Incoming], None]
"""Does what an answer says. Raises RuleBroken (NotDone, where the sender's language is known) or NotFound: its words go back."""
_handlers: dict[str, Handler] = {}


class NotDone(RuleBroken):
    """An answer that does nothing; the message says why, in `language`."""

    def __init__(self, message: object, *, language: str) -> None:
        super().__init__(message)
        self.language = language


def answers(purpose: str, handler: Handler) -> None:
    """Have answers to addresses of this purpose, a few lower-case letters, handed to `handler` inside transaction()."""
    _handlers[purpose] = handler


def handler_of(purpose: str) -> Handler:
    """Who takes answers for this purpose."""
    return _handlers[purpose]


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
