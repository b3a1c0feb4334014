"""The minute's sweep: mails in a dead sender's hand, mails that came too late, and secrets of no more use."""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from sqlalchemy import and_, select, text, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import together
from govnet.kernel.outage import was_away
from govnet.kernel.transaction import let_go
from govnet.mail import erasure
from govnet.mail.delivery import breaker
from govnet.mail.models import Delivery
from govnet.mail.queries import trouble
from govnet.mail.rules import MOST_LOST_LEASES, DeliveryState, Why

log = structlog.get_logger()
COMES_BACK = 10.0
"""Seconds in which every sender finds a database that was away."""


def run() -> int:
    """Put the outbox in order; how many mails that moved or emptied."""
    return (
        _take_back()
        + together("give up late mail", _ids(_too_late(clock.now())), _late)
        + together("give up refused mail", breaker.given_up(), _refused)
        + breaker.retry()
        + together("empty old mail", erasure.old(clock.now()), erasure.empty)
    )


def _take_back() -> int:
    """Mail of dead senders. Those that live write down first what they sent while the database was away, however long."""
    if was_away(COMES_BACK):
        return 0
    return together("take back mail in hand", _ids(_expired_lease(clock.now())), _lost)


def _ids(which: Any) -> Iterable[int]:
    return db.session.scalars(select(Delivery.id).where(which))


def _expired_lease(now: Any) -> Any:
    return text("delivery.state = 'in_hand'") & (Delivery.lease_until < now)


def _too_late(now: Any) -> Any:
    return text("delivery.state IN ('queued', 'deferred')") & (Delivery.limit_at <= now)


def _lost(ids: Sequence[int]) -> int:
    """Mails with which a sender died go again, with the same Message-ID; the third time a person should look."""
    now = clock.now()
    free = {
        "lease_owner": None,
        "lease_until": None,
        "changed_at": now,
        "lost_leases": Delivery.lost_leases + 1,
    }
    poison = Delivery.lost_leases + 1 >= MOST_LOST_LEASES
    expired = _expired_lease(now) & Delivery.id.in_(ids)
    held = _moved(expired & poison, state=DeliveryState.HELD, why=Why.UNKNOWN, **free)
    again = _moved(expired, state=DeliveryState.QUEUED, next_at=now, **free)
    if held or again:
        log.warning("deliveries left in hand", again=again, held=held)
    return held + again


def _late(ids: Sequence[int]) -> int:
    return _moved(
        _too_late(clock.now()) & Delivery.id.in_(ids), state=DeliveryState.EXPIRED, changed_at=clock.now()
    )


def _refused(ids: Sequence[int]) -> int:
    held = (Delivery.state == DeliveryState.HELD, Delivery.id.in_(ids))
    return _moved(and_(*held), state=DeliveryState.EXPIRED, changed_at=clock.now())


def _moved(which: Any, **values: Any) -> int:
    done = db.session.execute(
        update(Delivery).where(which).values(**values).execution_options(synchronize_session=False)
    )
    return int(getattr(done, "rowcount", 0))


def watch() -> int:
    """Say in the log, once an hour, what keeps mail from going."""
    found = trouble()
    let_go()
    if found.any:
        log.error(
            "mail is stuck",
            waiting=found.waiting,
            oldest_minutes=found.oldest_waiting_minutes,
            paused=[mail.id for mail in found.paused],
        )
    return 0
