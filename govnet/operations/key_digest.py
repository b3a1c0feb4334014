"""How a key is kept in the database: as a digest that says whether another one is the same, and nothing else."""

from __future__ import annotations

import hashlib
import hmac


def key_digest(salt: str, name: str, value: object) -> str:
    """HMAC-SHA256 (RFC 2104) under a salt of each row's own, in hex."""
    return hmac.new(salt.encode(), f"{name}\0{value}".encode(), hashlib.sha256).hexdigest()
