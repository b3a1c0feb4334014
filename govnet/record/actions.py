"""Appending to the record: record() collects, the transaction's last step numbers, chains and writes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import insert, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import in_transaction
from govnet.record.chain import Link, canonical, genesis, salted_digest
from govnet.record.events import Event, HasChain
from govnet.record.models import ChainHead, Entry, Telling

_COLLECTED = "govnet_events"


def record(event: Event) -> None:
    """Have `event` appended to its network's record when the running transaction ends.

    Raises RuntimeError outside transaction(), where nothing has happened, and for an act of no network.
    """
    if not in_transaction():
        raise RuntimeError("record() outside transaction()")
    if event.act.network_id is None:
        raise RuntimeError(f"{event.verb}: of no network")
    db.session.info.setdefault(_COLLECTED, []).append(event)


def open_chain(network: HasChain) -> None:
    """Give a new network its chain, before its first entry."""
    db.session.add(
        ChainHead(network_id=network.id, chain=network.chain, number=0, hash=genesis(network.chain))
    )


def append_collected() -> None:
    """The last step of every transaction: flush the rows, lock each chain's head (in id order), append."""
    db.session.flush()  # rows get the keys that entries name; a broken constraint stops here, before the head is locked
    collected: list[Event] = db.session.info.pop(_COLLECTED, [])
    by_network = sorted(enumerate(collected), key=lambda pair: (pair[1].act.network_id, pair[0]))
    for network_id, group in groupby(by_network, key=lambda pair: pair[1].act.network_id):
        _append(network_id, [event for _, event in group])


def _append(network_id: int, events: Sequence[Event]) -> None:
    head = db.session.execute(
        select(ChainHead)
        .where(ChainHead.network_id == network_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    rows = []
    for event in events:
        row = _row(event, head)
        head.number, head.hash = int(row["number"]), str(row["hash"])
        rows.append(row)
    numbers = [row["number"] for row in rows]
    db.session.execute(insert(Entry), rows)
    ids = db.session.scalars(
        select(Entry.id)
        .where(Entry.network_id == network_id, Entry.number.in_(numbers))
        .order_by(Entry.number)
    ).all()
    told = [event.tell_from or clock.now() for event in events]
    rows = [{"entry_id": i, "next_at": at, "attempts": 0} for i, at in zip(ids, told, strict=True)]
    db.session.execute(insert(Telling), rows)


def withhold(network_id: int, verb: str, subject: str) -> bool:
    """Keep the newest entry with this verb about `subject` from its notices; False if they were made already.

    A worker that is about to make them finds it done and notifies nobody.
    """
    newest = (
        select(Entry.id)
        .where(Entry.network_id == network_id, Entry.subject == subject, Entry.verb == verb)
        .order_by(Entry.number.desc())
        .limit(1)
    )
    waiting = update(Telling).where(Telling.entry_id == newest.scalar_subquery(), Telling.done_at.is_(None))
    done = db.session.execute(waiting.values(done_at=clock.now(), lease_owner=None, lease_until=None))
    return bool(getattr(done, "rowcount", 0))


def _row(event: Event, head: ChainHead) -> dict[str, Any]:
    facts, words = event.facts(), event.words()
    texts = {"facts": canonical(facts), "words": canonical(words)}
    salts = {name: secrets.token_hex(16) for name in texts}
    digests = {name: salted_digest(salts[name], texts[name]) for name in texts}
    visibility = event.seen()
    link = Link(
        head.chain,
        head.number + 1,
        clock.now(),
        visibility.value,
        digests["facts"],
        digests["words"],
        head.hash,
    )
    return {
        "network_id": event.act.network_id, "number": link.number, "at": link.at, "verb": event.verb,
        "subject": facts.get("subject"), "actor_id": event.act.by.person_id, "visibility": visibility,
        "facts": texts["facts"], "facts_salt": salts["facts"], "facts_digest": digests["facts"],
        "words": texts["words"], "words_salt": salts["words"], "words_digest": digests["words"],
        "prev_hash": link.prev_hash, "hash": link.hash(),
    }  # fmt: skip


def erase_words(entry: Entry) -> None:
    """Erase the words of an entry for good; the chain still verifies, with a visible gap."""
    entry.words = None
    entry.words_salt = None
