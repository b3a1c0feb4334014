"""A feature's notice of an entry: the people, the volume, and the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from govnet.mail.headers import Address
from govnet.mail.message import MailKind
from govnet.mail.rules import Priority
from govnet.mail.volume import News

PRIORITIES = {
    News.ALWAYS: Priority.VOTE,
    News.VOTE: Priority.VOTE,
    News.ANNOUNCEMENT: Priority.ANNOUNCEMENT,
    News.DISCUSSION: Priority.DISCUSSION,
}


class SignedName(str):
    """A name with the mark beside it, as everybody reads it; `inside` is for members."""

    inside: str

    def __new__(cls, outside: str, inside: str) -> SignedName:
        made = super().__new__(cls, outside)
        made.inside = inside
        return made


def read_by_members(value: Any) -> Any:
    """The same value, or values in a list, with names as members read them."""
    if isinstance(value, SignedName):
        return value.inside
    if isinstance(value, (tuple, list)):
        return [read_by_members(each) for each in value]
    return value


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry of the record, for the feature that makes its notice."""

    entry_id: int
    number: int
    at: datetime
    network: Any
    actor_id: int | None
    details: Mapping[str, Any]
    """Facts and words in one dictionary."""

    @property
    def key(self) -> int:
        """The id of the row that the entry is about: 17 for "post:17"."""
        return int(str(self.details["subject"]).rpartition(":")[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """The people and the text for an entry's notice; volume, follow and mute are applied afterwards."""

    template: str
    news: News
    context: Mapping[str, Any] = field(default_factory=dict)
    people: Collection[int] = ()
    concerned: Collection[int] = ()
    always: Collection[int] = ()
    addresses: Collection[Address] = ()
    subscribers: bool = False
    to_list: bool = False
    thread: int | None = None
    topic: int | None = None
    conversation: str | None = None
    author: str = ""
    kind: MailKind = MailKind.NOTICE
    priority: Priority | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    name: str = ""

    @property
    def goes(self) -> Priority:
        """How early it is sent among all that waits."""
        return PRIORITIES[self.news] if self.priority is None else self.priority
