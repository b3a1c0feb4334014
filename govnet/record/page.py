"""The record for each reader: every entry has its line, and the words only for those whom they are for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from govnet.kernel.actor import Actor
from govnet.record import queries, registry
from govnet.record.chain import stamp
from govnet.record.events import Visibility
from govnet.record.models import Entry

DOORS = {
    "web": _l("on this site"),
    "mail": _l("by mail"),
    "meeting": _l("at a meeting"),
    "list": _l("on the mailing list"),
    "cli": _l("on the server, by a command"),
    "api": _l("by another program"),
    "worker": _l("by itself, when it was due"),
}
AUTHORITIES = {
    "public": _l("everybody has this right"),
    "self": _l("it was their own affair"),
    "membership": _l("as a member"),
    "term": _l("as somebody with a place on the committee"),
    "mandate": _l("under the coordinator’s mandate"),
    "operator_grant": _l("as the operator of the server"),
    "shell": _l("as the operator of the server"),
    "rules": _l("by the network’s rules"),
    "alone": _l("although it was about themselves, because nobody else held an office"),
    "decision": _l("by a decision"),
}
HIDDEN = {
    Visibility.MEMBERS: _l("Something that only members may read"),
    Visibility.COMMITTEE: _l("Something that only the committee may read"),
    Visibility.SUBJECT: _l("Something that only the person concerned may read"),
}


@dataclass(frozen=True)
class EntryView:
    """One entry as one reader sees it; `details` is empty where it is not for that reader."""

    entry: Entry
    day: date
    """The day it happened, in the network's zone."""
    words: str
    url: str | None
    details: dict[str, Any]

    @property
    def shown(self) -> bool:
        """Whether the reader may know what happened."""
        return bool(self.details)

    @property
    def erased(self) -> bool:
        """Whether somebody's words were erased for good."""
        return self.entry.words is None

    @property
    def who(self) -> str:
        """The actor; empty if that was erased, or if the rules did it by themselves."""
        return "" if registry.by_the_rules(self.details) else str(self.details.get("actor") or "")

    @property
    def door(self) -> Any:
        """The label of the door."""
        return DOORS.get(self.details.get("door", ""), "")

    @property
    def authority(self) -> Any:
        """The label of the right."""
        return AUTHORITIES.get(str(self.details.get("authority", "")).partition(":")[0], "")


def reader_of(actor: Actor) -> Callable[[Entry], bool]:
    """Which entries that reader may read."""

    def may_read(entry: Entry) -> bool:
        if entry.visibility is Visibility.PUBLIC:
            return True
        if entry.visibility is Visibility.SUBJECT:
            return actor.signed_in and (
                entry.subject == f"person:{actor.person_id}" or entry.actor_id == actor.person_id
            )
        officer = actor.is_officer
        return officer or (entry.visibility is Visibility.MEMBERS and actor.is_member)

    return may_read


def line(entry: Entry, actor: Actor, zone: str) -> EntryView:
    """That entry as that reader sees it, on a day of `zone`."""
    day = entry.at.astimezone(ZoneInfo(zone)).date()
    if not reader_of(actor)(entry):
        return EntryView(entry, day, str(HIDDEN[entry.visibility]), None, {})
    details = queries.details(entry)
    return EntryView(entry, day, registry.sentence(details), registry.address(details), details)


def by_day(lines: Iterable[EntryView]) -> list[tuple[date, list[EntryView], list[EntryView]]]:
    """Each day with the lines that the reader may read, newest first as given, and those that they may not."""
    days: dict[date, tuple[list[EntryView], list[EntryView]]] = {}
    for each in lines:
        shown, hidden = days.setdefault(each.day, ([], []))
        (shown if each.shown else hidden).append(each)
    return [(day, shown, hidden) for day, (shown, hidden) in days.items()]


def as_data(seen: EntryView, withheld: Collection[str]) -> dict[str, Any]:
    """The entry with everything that its hash covers, and its facts and words if the reader may have them.

    Words of `withheld` entries with the digest of a text are left out, as if they were erased.
    """
    entry = seen.entry
    data: dict[str, Any] = {
        "number": entry.number, "at": stamp(entry.at), "visibility": entry.visibility.value,
        "facts_digest": entry.facts_digest, "words_digest": entry.words_digest,
        "prev_hash": entry.prev_hash, "hash": entry.hash,
    }  # fmt: skip
    if seen.shown:
        data |= {
            "sentence": seen.words, "facts": json.loads(entry.facts), "facts_salt": entry.facts_salt,
            **_words(entry, withheld),
        }  # fmt: skip
    return data


def _words(entry: Entry, withheld: Collection[str]) -> dict[str, Any]:
    words = json.loads(entry.words) if entry.words else None
    if words and "text_digest" in words and entry.subject in withheld:
        return {"words": None, "words_salt": None}
    return {"words": words, "words_salt": entry.words_salt}
