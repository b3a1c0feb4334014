"""The loop that tells: from an entry of the record to deliveries, once, whenever the worker gets to it."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import failed, failing, is_busy, succeeded
from govnet.kernel.transaction import let_go, transaction
from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.audience import audience
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.outgoing.outbox import Batch
from govnet.mail.rules import LIFETIME, wait
from govnet.record import queries as record
from govnet.record import registry
from govnet.record.models import Entry, Telling

log = structlog.get_logger()
LEASE = timedelta(minutes=5)
_TELL = "tell"
_AT_ONCE = 20
_MOST_WORDS = 2_000


def run() -> int:
    """Make the notices that are due; how many entries. Killed at any point, it can be run again."""
    owner = f"tell-{uuid.uuid4().hex[:12]}"
    claimed = _claim(owner)
    before = failing(_TELL) if claimed else set()
    done = 0
    for entry_id in claimed:
        told = _tell_safely(entry_id, owner)
        if told and entry_id in before:
            succeeded(_TELL, entry_id)
        done += told
    return done


def _claim(owner: str) -> list[int]:
    now = clock.now()
    due = (
        select(Telling.entry_id)
        .where(
            Telling.done_at.is_(None),
            Telling.next_at <= now,
            or_(Telling.lease_until.is_(None), Telling.lease_until < now),
        )
        .order_by(Telling.entry_id)
        .limit(_AT_ONCE)
    )
    if db.session.scalar(due.limit(1)) is None:
        let_go()  # an idle worker takes no write lock
        return []
    with transaction():
        ids = list(db.session.scalars(due.with_for_update(skip_locked=True)))
        lease = {"lease_owner": owner, "lease_until": clock.now() + LEASE}
        db.session.execute(update(Telling).where(Telling.entry_id.in_(ids)).values(lease))
    return ids


def _tell_safely(entry_id: int, owner: str) -> bool:
    """One entry whose notices fail keeps none of the others from theirs; the error is stored with it."""
    try:
        batches = _batches(entry_id)
        return _write(entry_id, owner, batches)
    except Exception as error:
        log.error("telling failed", entry=entry_id, exc_info=error)
        let_go()
        _failed(entry_id, owner, error)
        if not is_busy(error):
            failed(_TELL, entry_id, error)
        return False


def _batches(entry_id: int) -> list[Batch]:
    told = _told(entry_id)
    if told is None:
        return []
    return [_batch(notice, told) for notice in notices_for(told)]


def _batch(notice: Notice, told: ToldEntry) -> Batch:
    found = audience(notice, network=told.network, actor_id=told.actor_id)
    return outbox.batch(notice, told, found)


def _told(entry_id: int) -> ToldEntry | None:
    """The entry, unless nobody listens for its verb or it is too old to be news."""
    entry = db.session.get_one(Entry, entry_id)
    if registry.teller(entry.verb) is None or entry.at < clock.now() - LIFETIME:
        return None
    network = db.session.get_one(Network, entry.network_id)
    return ToldEntry(entry.id, entry.number, entry.at, network, entry.actor_id, record.details(entry))


def notices_for(told: ToldEntry) -> list[Notice]:
    """The notices that the entry's feature wants."""
    teller = registry.teller(told.details["verb"])
    found: Notice | Iterable[Notice] | None = teller(told) if teller else None
    if found is None:
        return []
    return [found] if isinstance(found, Notice) else list(found)


def _write(entry_id: int, owner: str, batches: list[Batch]) -> bool:
    """The deliveries and the mark that the entry is done: both or neither, and only under our own lease."""
    with transaction():
        done = {"done_at": clock.now(), "lease_owner": None, "lease_until": None, "error": None}
        ours = (Telling.entry_id == entry_id, Telling.lease_owner == owner, Telling.done_at.is_(None))
        marked = db.session.execute(update(Telling).where(*ours).values(done))
        if not getattr(marked, "rowcount", 0):
            return False
        for made in batches:
            outbox.enqueue(made)
    return True


def _failed(entry_id: int, owner: str, error: Exception) -> None:
    with transaction():
        row = db.session.get_one(Telling, entry_id)
        if row.lease_owner != owner:
            return
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:_MOST_WORDS]
        row.lease_owner = row.lease_until = None
        row.next_at = _again(row.attempts, clock.now())


def _again(attempts: int, now: datetime) -> datetime:
    return now + wait(attempts, 0.5)
