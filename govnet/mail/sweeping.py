"""The minute's sweep: what a dead sender left in hand, what came too late, and secrets of no more use."""

from typing import Any

import structlog
from sqlalchemy import text, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import let_go, transaction
from govnet.mail import forgetting
from govnet.mail.models import Delivery
from govnet.mail.queries import trouble
from govnet.mail.rules import MOST_LOST_LEASES, State, Why

log = structlog.get_logger()


def run() -> int:
    """Put the outbox in order; how many deliveries that moved."""
    if not _anything_to_do():
        return 0
    with transaction():
        moved = _lost() + _late()
        forgetting.forget_bodies(clock.now())
    return moved


def _anything_to_do() -> bool:
    now = clock.now()
    due = db.session.query(Delivery.id).filter(_expired_lease(now) | _too_late(now)).first()
    old = forgetting.anything_old(now)
    let_go()
    return due is not None or old


def _expired_lease(now: Any) -> Any:
    return text("delivery.state = 'in_hand'") & (Delivery.lease_until < now)


def _too_late(now: Any) -> Any:
    return text("delivery.state IN ('queued', 'deferred')") & (Delivery.limit_at <= now)


def _lost() -> int:
    """What a sender died with goes again, with the same Message-ID; the third time a person should look."""
    now = clock.now()
    free = {
        "lease_owner": None,
        "lease_until": None,
        "changed_at": now,
        "lost_leases": Delivery.lost_leases + 1,
    }
    poison = Delivery.lost_leases + 1 >= MOST_LOST_LEASES
    held = _moved(_expired_lease(now) & poison, state=State.HELD, why=Why.UNKNOWN, **free)
    again = _moved(_expired_lease(now), state=State.QUEUED, next_at=now, **free)
    if held or again:
        log.warning("deliveries left in hand", again=again, held=held)
    return held + again


def _late() -> int:
    return _moved(_too_late(clock.now()), state=State.EXPIRED, changed_at=clock.now())


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
