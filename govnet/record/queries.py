"""Reading the record: pages of entries, one entry, the head, and the check of the whole chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
from govnet.record import registry
from govnet.record.chain import Fault, Link, Stored, faults
from govnet.record.events import Visibility
from govnet.record.models import ChainHead, Entry


def head_number(network_id: int) -> int:
    """How many entries the network's record has."""
    return db.session.scalar(select(ChainHead.number).where(ChainHead.network_id == network_id)) or 0


def head(network_id: int) -> tuple[int, str]:
    """The number and hash of the network's last entry; 0 and nothing where somebody took the chain's head away."""
    row = db.session.execute(
        select(ChainHead.number, ChainHead.hash).where(ChainHead.network_id == network_id)
    ).one_or_none()
    return (row.number, row.hash) if row else (0, "")


def entries(
    network_id: int, seen: frozenset[Visibility], *, before: int | None = None, limit: int = 50
) -> Sequence[Entry]:
    """The newest entries of which the reader may see something, from below number `before`."""
    query = select(Entry).where(Entry.network_id == network_id, Entry.visibility.in_(seen))
    if before is not None:
        query = query.where(Entry.number < before)
    return db.session.scalars(query.order_by(Entry.number.desc()).limit(limit)).all()


def number_at(network_id: int, moment: datetime) -> int:
    """The number of the last entry up to a moment; 0 before the first."""
    query = select(Entry.number).where(Entry.network_id == network_id, Entry.at <= moment)
    return db.session.scalar(query.order_by(Entry.at.desc(), Entry.number.desc()).limit(1)) or 0


def entry(network_id: int, number: int) -> Entry | None:
    """The entry with that number."""
    return db.session.scalar(select(Entry).where(Entry.network_id == network_id, Entry.number == number))


def entries_about(network_id: int, subject: str) -> Sequence[Entry]:
    """Every entry whose subject is that row ("table:key"), oldest first."""
    query = select(Entry).where(Entry.network_id == network_id, Entry.subject == subject)
    return db.session.scalars(query.order_by(Entry.number)).all()


def all_entries(network_id: int) -> Iterator[Entry]:
    """The whole record, oldest first, a thousand rows at a time; each entry is let go after its turn."""
    query = select(Entry).where(Entry.network_id == network_id).order_by(Entry.number)
    for found in db.session.scalars(query.execution_options(yield_per=1000)):
        yield found
        db.session.expunge(found)


def details(entry: Entry) -> dict[str, Any]:
    """An entry's facts and, if not erased, its words, in one dictionary; "actor" is the name, "actor_id" the number."""
    facts = json.loads(entry.facts)
    facts["actor_id"] = facts.pop("actor", None)
    return {**facts, **json.loads(entry.words or "{}")}


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
