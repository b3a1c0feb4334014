"""For the checks of features: the contents of entries, one after the other, and texts beside the pages made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.text import rendered
from govnet.record.models import Entry


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """The content of one entry; `words` is None if they were erased."""

    number: int
    at: datetime
    verb: str
    facts: dict[str, Any]
    words: dict[str, Any] | None

    @property
    def key(self) -> int:
        """Of the row that the entry is about."""
        return key_of(self.facts["subject"])

    def said(self, name: str) -> str | None:
        """One of its words; None if they were erased."""
        return None if self.words is None else str(self.words.get(name, ""))


def key_of(named: str) -> int:
    """The number in "table:number"."""
    return int(named.partition(":")[2])


def told(network_id: int, *verbs: str) -> Iterator[RecordedEntry]:
    """The entries of these verbs, oldest first, a thousand at a time."""
    query = select(Entry.number, Entry.at, Entry.verb, Entry.facts, Entry.words)
    query = query.where(Entry.network_id == network_id, Entry.verb.in_(verbs)).order_by(Entry.number)
    for number, at, verb, facts, words in db.session.execute(query.execution_options(yield_per=1000)):
        yield RecordedEntry(number, at, verb, json.loads(facts), None if words is None else json.loads(words))


def other_html(query: Any, words: str) -> Iterator[str]:
    """Of rows (name, text, HTML): those whose HTML differs from what the text gives, named in `words` by %(name)s."""
    for name, text, html in db.session.execute(query.execution_options(yield_per=100)):
        if html != rendered(str(text)):
            yield words % {"name": name}
