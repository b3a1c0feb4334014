"""Passwords: argon2id, in threads of their own and at most two at once, because each takes 64 MiB and both processors.

A request that waits for one holds a thread that answers pages, so few may: one for each client, known browsers first, none when
the room is full. The server has as many more threads as there is room here (ROOM): pages never wait for passwords.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from govnet.kernel.errors import Busy

AT_ONCE = 2
MOST_WAITING = 6
ROOM = AT_ONCE + MOST_WAITING
PATIENCE = 10.0
"""Seconds that a request waits for its turn."""
_NICER = 10
_hasher = PasswordHasher()
"""RFC 9106's second choice: 64 MiB, three passes."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asker:
    """The client for whom a password is hashed: its address, and whether they were signed in from this browser before."""

    key: str
    known: bool = False


NOBODY = Asker("")
"""The program itself."""


class _Turn:
    """One request in the room."""

    def __init__(self, asker: Asker) -> None:
        self.asker, self.turned_away = asker, False


class _WaitingRoom:
    """The askers that have a turn, and those that wait for one, in order."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.in_hand: list[_Turn] = []
        self.waiting: list[_Turn] = []

    def enter(self, turn: _Turn) -> None:
        """Wait behind known browsers, or before others. Raises Busy where there is no room."""
        same = [each for each in self.waiting if each.asker.key and each.asker.key == turn.asker.key]
        if same:
            raise _busy()
        self.waiting.append(turn)
        self.waiting.sort(key=lambda each: not each.asker.known)
        self.admit()
        if len(self.waiting) > MOST_WAITING:
            last = self.waiting.pop()
            last.turned_away = True
            self.changed.notify_all()
            if last is turn:
                raise _busy()

    def leave(self, turn: _Turn) -> None:
        """Make room."""
        for each in (self.in_hand, self.waiting):
            if turn in each:
                each.remove(turn)
        self.admit()
        self.changed.notify_all()

    def admit(self) -> None:
        """Give turns to the first whose asker has none."""
        for turn in list(self.waiting):
            served = {each.asker.key for each in self.in_hand if each.asker.key}
            if len(self.in_hand) < AT_ONCE and turn.asker.key not in served:
                self.waiting.remove(turn)
                self.in_hand.append(turn)


_room = _WaitingRoom()


def _busy() -> Busy:
    return Busy(_("Many people are signing in just now. Please try again in a moment."))


@contextmanager
def _turn(asker: Asker = NOBODY) -> Iterator[None]:
    turn = _Turn(asker)
    with _room.changed:
        _room.enter(turn)
        came = _room.changed.wait_for(lambda: turn in _room.in_hand or turn.turned_away, PATIENCE)
        if not came or turn.turned_away:
            _room.leave(turn)
            raise _busy()
    try:
        yield
    finally:
        with _room.changed:
            _room.leave(turn)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, "password", initializer=_give_way)


def _give_way() -> None:
    """Let pages go first: on Linux a thread has a niceness of its own, which those that argon2 starts inherit."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)


def _apart(work: Callable[[], T], asker: Asker) -> T:
    with _turn(asker):
        return _threads().submit(work).result()


def hashed(password: str, asker: Asker = NOBODY) -> str:
    """The password as it is stored. Raises Busy when there is no room, or no turn in ten seconds."""
    return _apart(lambda: _hasher.hash(_same(password)), asker)


def fits(stored: str | None, password: str, asker: Asker = NOBODY) -> bool:
    """Whether the password is the stored one; takes as long when nothing is stored. Raises Busy as hashed() does."""

    def verify() -> bool:
        try:
            return _hasher.verify(stored or _nobodys(), _same(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return _apart(verify, asker)


def renewed(stored: str | None, password: str, asker: Asker = NOBODY) -> str | None:
    """The hash made anew, where the stored one was made with weaker settings than today's."""
    return hashed(password, asker) if stored and _hasher.check_needs_rehash(stored) else None


def _same(password: str) -> str:
    """One form however a keyboard composes its accents (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
