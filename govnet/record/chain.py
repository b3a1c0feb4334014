"""How entries are chained: pure, so that a stranger can write the same check from docs/protocol.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FORMAT = b"govnet-entry-1"
GENESIS = b"govnet-chain-1"

Json = Mapping[str, Any]


def canonical(value: Json) -> str:
    """Canonical JSON: keys sorted, no blanks, UTF-8 as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def salted_digest(salt: str, text: str) -> str:
    """SHA-256, in hex, of the salt and the text, each with its length in front."""
    return _digest(salt.encode(), text.encode())


def stamp(at: datetime) -> str:
    """An instant as the record writes it: UTC with microseconds, e.g. 2015-05-03T17:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def genesis(chain: str) -> str:
    """The predecessor's hash for the first entry of a chain."""
    return _digest(GENESIS, chain.encode())


@dataclass(frozen=True, slots=True)
class Link:
    """The fields of an entry that its hash covers."""

    chain: str
    number: int
    at: datetime
    visibility: str
    facts_digest: str
    words_digest: str
    prev_hash: str

    def hash(self) -> str:
        """SHA-256, in hex, of the format tag and each field as text, each with its length (8 bytes, big-endian) in front."""
        fields = (self.chain, str(self.number), stamp(self.at), self.visibility, self.facts_digest,
                  self.words_digest, self.prev_hash)  # fmt: skip
        return _digest(FORMAT, *(f.encode() for f in fields))


def _digest(*parts: bytes) -> str:
    sha = hashlib.sha256()
    for part in parts:
        sha.update(len(part).to_bytes(8, "big"))
        sha.update(part)
    return sha.hexdigest()


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it lies in the database or in an export; texts that the reader may not have are None."""

    link: Link
    hash: str
    facts: str | None
    facts_salt: str | None
    words: str | None
    words_salt: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain breaks, and how."""

    number: int
    what: str


def faults(chain: str, entries: Iterable[Stored]) -> Iterable[Fault]:
    """Everything that is wrong with a chain whose entries come in the order of their numbers."""
    number, before = 0, genesis(chain)
    for entry in entries:
        number += 1
        if entry.link.number != number:
            yield Fault(number, f"entry {number} is missing; the next is {entry.link.number}")
            number = entry.link.number
        if entry.link.prev_hash != before:
            yield Fault(number, "does not follow from the entry before it")
        if entry.link.hash() != entry.hash:
            yield Fault(number, "was changed: its hash does not fit what it says")
        yield from _text_faults(entry, number)
        before = entry.hash


def _text_faults(entry: Stored, number: int) -> Iterable[Fault]:
    for name, text, salt, digest in (
        ("facts", entry.facts, entry.facts_salt, entry.link.facts_digest),
        ("words", entry.words, entry.words_salt, entry.link.words_digest),
    ):
        if text is None and salt is None:
            continue
        if text is None or salt is None or salted_digest(salt, text) != digest:
            yield Fault(number, f"its {name} were changed")
