"""For the checks of features: the contents of entries, one after the other, and texts beside the pages made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.kernel.text import rendered
from govnet.record import registry
from govnet.record.chain import Fault, Link, Stored, faults
from govnet.record.models import ChainHead, Entry


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


def check_chain(network_id: int) -> Iterator[Fault]:
    """Recompute the whole chain, and compare its end with the head that is kept, and texts with their digests."""
    kept = db.session.scalar(select(ChainHead).where(ChainHead.network_id == network_id))
    if kept is None:
        yield Fault(0, "the chain has no head any more")
        return
    last: list[Stored] = []
    copies: list[Fault] = []
    yield from faults(kept.chain, _stored(network_id, kept.chain, last, copies))
    yield from copies
    number, end = (last[0].link.number, last[0].hash) if last else (0, kept.hash)
    if (number, end) != (kept.number, kept.hash):
        yield Fault(number, f"the chain ends at {number}, but its head says {kept.number}")
    yield from text_faults(network_id)
    yield from (Fault(0, words) for check in registry.further_checks() for words in check(network_id))


def text_faults(network_id: int) -> Iterator[Fault]:
    """Every text that differs from the one whose digest an entry holds; an erased one is a gap, no fault."""
    for kept in registry.kept_texts():
        texts = {key: sha256(text.encode()).hexdigest() for key, text in kept.texts(network_id) if text}
        query = select(Entry.number, Entry.facts, Entry.words).where(
            Entry.network_id == network_id, Entry.verb.in_(kept.verbs)
        )
        rows = db.session.execute(query.order_by(Entry.number).execution_options(yield_per=1000))
        for number, facts, words in rows:
            said = kept.said({**json.loads(words or "{}"), **json.loads(facts)})
            if said is not None and texts.get(said[0], said[1]) != said[1]:
                yield Fault(number, "the text that it speaks of was changed since")


def copy_faults(entry: Entry) -> Iterator[Fault]:
    """The columns for lists must agree with the facts, or an entry stands under the wrong name."""
    try:
        facts = json.loads(entry.facts)
    except ValueError:
        return  # that its facts were changed is said already
    for name, said in (("verb", "verb"), ("subject", "subject"), ("actor_id", "actor")):
        if getattr(entry, name) != facts.get(said):
            yield Fault(entry.number, f"its column {name} is not what its facts say")


def _stored(network_id: int, chain: str, last: list[Stored], copies: list[Fault]) -> Iterator[Stored]:
    query = select(Entry).where(Entry.network_id == network_id).order_by(Entry.number)
    for e in db.session.scalars(query.execution_options(yield_per=1000)):
        link = Link(chain, e.number, e.at, e.visibility.value, e.facts_digest, e.words_digest, e.prev_hash)
        stored = Stored(link, e.hash, e.facts, e.facts_salt, e.words, e.words_salt)
        last[:] = [stored]
        yield stored
        copies.extend(copy_faults(e))
        db.session.expunge(e)
