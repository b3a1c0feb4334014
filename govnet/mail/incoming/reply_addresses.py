"""How an address that the program reads is written: what it is about, and the proof that we made it. Knows no database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Sequence

_PROOF = 10
"""Bytes of the keyed digest in an address: 80 bits."""


def written(pattern: str, key: str, purpose: str, ids: Sequence[int]) -> str:
    """The address for these ids by MAIL_REPLIES and MAIL_KEY, always the same.

    The ids and a keyed digest of purpose and ids (HMAC-SHA256, RFC 2104, cut to 80 bits) in lower-case base32, as some servers
    change the case of the part before the @. With two ids that is 38 characters of the 64 that RFC 5321 grants.
    """
    packed = _packed(ids)
    token = base64.b32encode(packed + _proof(key, purpose, packed)).decode().rstrip("=").lower()
    return pattern.replace("{token}", f"{purpose}-{token}")


def read(pattern: str, key: str, recipient: str) -> tuple[str, list[int]] | None:
    """The purpose and the ids of an address that was made with this pattern and this key; None for any other."""
    before, _, after = pattern.partition("{token}")
    given = bare(recipient)
    if not after or not given.startswith(before) or not given.endswith(after):
        return None
    purpose, _, token = given.removeprefix(before).removesuffix(after).partition("-")
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    packed, proof = raw[:-_PROOF], raw[-_PROOF:]
    return (purpose, _unpacked(packed)) if hmac.compare_digest(proof, _proof(key, purpose, packed)) else None


def bare(recipient: str) -> str:
    """A recipient as it is compared and kept: without brackets, in lower case."""
    return recipient.strip().strip("<>").lower()


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


def _proof(key: str, purpose: str, packed: bytes) -> bytes:
    signed = b"govnet.replies." + purpose.encode() + b"." + packed
    return hmac.new(key.encode(), signed, hashlib.sha256).digest()[:_PROOF]
