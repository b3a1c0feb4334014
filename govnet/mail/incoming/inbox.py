"""The inbox: a mail is kept as it came before anything is made of it. Plain SQL, so that every door keeps it the same way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from govnet.mail.incoming.reply_addresses import bare

LARGEST = 10 * 1024 * 1024
"""The largest mail that is taken, in bytes."""
MOST_HELD = 500 * 1024 * 1024
"""Bytes of all mails, those that wait with them; beyond that none is taken until some are gone."""
MOST_A_DAY = 30
"""Mails to one of our addresses, each of which one person has; more of them wait with the mail server."""
_MESSAGE_ID = re.compile(rb"(?im)^message-id[ \t]*:\s*(<[^<>\s]{1,250}>)")
_HEAD = 64 * 1024
_KNOWN = "SELECT 1 FROM inbound_mail WHERE digest = :digest"
_TODAY = "SELECT count(*) FROM inbound_mail WHERE recipient = :recipient AND came_at > :since"
_HELD = "SELECT coalesce(sum(length(raw)), 0) FROM inbound_mail WHERE raw IS NOT NULL"
_KEEP = (
    "INSERT INTO inbound_mail (digest, recipient, raw, came_at, next_at, attempts, fate, why, sender, over) "
    "VALUES (:digest, :recipient, :raw, :at, :at, 0, 'waiting', '', '', '') ON CONFLICT (digest) DO NOTHING"
)

Run = Callable[[str, Mapping[str, object]], Sequence[Sequence[Any]]]
"""Runs a statement with its `:named` values in the caller's transaction; returns the rows, if there are any."""


class TooLarge(ValueError):
    """The mail has more than LARGEST bytes: trying again is of no use."""


class Full(Exception):
    """Too many mails are kept, or came to this address in a day: the mail server has to try again later."""


def keep(raw: bytes, recipient: str, *, at: datetime, run: Run, sqlite: bool) -> str:
    """Keep a mail for an address of ours that came `at` some instant; the same mail twice is kept once. Returns its digest.

    Raises TooLarge, or Full. The caller has checked the address and commits.
    """
    if len(raw) > LARGEST:
        raise TooLarge
    recipient = bare(recipient)[:320]
    digest = hashlib.sha256(recipient.encode() + b"\0" + mark(raw)).hexdigest()
    if run(_KNOWN, {"digest": digest}):
        return digest
    since = _written(at - timedelta(days=1), sqlite=sqlite)
    if (
        run(_TODAY, {"recipient": recipient, "since": since})[0][0] >= MOST_A_DAY
        or run(_HELD, {})[0][0] + len(raw) > MOST_HELD
    ):
        raise Full
    kept = {"digest": digest, "recipient": recipient, "raw": raw, "at": _written(at, sqlite=sqlite)}
    run(_KEEP, kept)
    return digest


def mark(raw: bytes) -> bytes:
    """The common mark of the same mail handed in twice: its Message-ID, or all of it if it has none. Reads no further."""
    head = raw[:_HEAD].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found = _MESSAGE_ID.search(head.lstrip(b"\n").partition(b"\n\n")[0])
    return found[1] if found else raw


def _written(at: datetime, *, sqlite: bool) -> datetime | str:
    """An instant as the tables hold it: SQLite has no type for it, and takes the text that SQLAlchemy writes."""
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else at
