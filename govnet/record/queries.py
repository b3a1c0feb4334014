"""Reading the record: pages of entries, one entry, the head, and the check of the whole chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from govnet.extensions import db
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
