"""Passwords: argon2id, at most two hashes at once, because each takes 64 MiB."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from govnet.kernel.errors import Busy

AT_ONCE = 2
PATIENCE = 10.0
"""Seconds that a request waits for its turn."""
_turns = BoundedSemaphore(AT_ONCE)
_hasher = PasswordHasher()
"""RFC 9106's second choice: 64 MiB, three passes."""


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy(_("Many people are signing in just now. Please try again in a moment."))
    try:
        yield
    finally:
        _turns.release()


def hashed(password: str) -> str:
    """The password as it is stored. Raises Busy when no turn comes in ten seconds."""
    with _turn():
        return _hasher.hash(_same(password))


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; takes as long when nothing is stored."""
    with _turn():
        try:
            return _hasher.verify(stored or _nobodys(), _same(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def renewed(stored: str | None, password: str) -> str | None:
    """The hash made anew, where the stored one was made with weaker settings than today's."""
    return hashed(password) if stored and _hasher.check_needs_rehash(stored) else None


def _same(password: str) -> str:
    """One form however a keyboard composes its accents (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
