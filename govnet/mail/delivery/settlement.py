"""The effects of an answer: on the row, the mailing's pause or breaker, the address's standing, and the line's rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from govnet.mail import suppressions
from govnet.mail.delivery import breaker, claim, mailings
from govnet.mail.delivery.smtp import ServerAnswer
from govnet.mail.message import MailKind
from govnet.mail.models import Delivery, Mail
from govnet.mail.rules import (
    BLAMES_US,
    SAME_REFUSALS_TO_TRIP,
    Against,
    DeliveryState,
    blames_the_line,
    comes_back,
    line_trips,
    next_try,
    rest_when_refused,
    trips,
    wait,
)

_BULK = {"synchronize_session": False}
_GOES_ON = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


@dataclass(frozen=True, slots=True)
class Done:
    """A delivery that was in hand, and what the server answered."""

    id: int
    mail_id: int
    address: str
    answer: ServerAnswer


def settle(done: Done, *, owner: str, dice: float) -> bool:
    """Write down what became of a delivery in hand; False where the lease had passed to somebody else."""
    verdict = done.answer.verdict
    if verdict.state is DeliveryState.ACCEPTED:
        return _accepted(done, owner)
    limit, attempts = db.session.execute(
        select(Delivery.limit_at, Delivery.attempts).where(Delivery.id == done.id)
    ).one()
    mail = db.session.get_one(Mail, done.mail_id, populate_existing=True)
    again = comes_back(verdict, personal=mail.kind is MailKind.PERSONAL)
    values = _values(done.answer, limit, attempts, dice, again=again)
    if mail.paused_at is not None and (values["state"] in _GOES_ON or verdict.why in BLAMES_US):
        values["state"] = DeliveryState.HELD
    if not _write(done.id, owner, values):
        return False
    _consequences(done, mail, values["state"])
    return True


def _accepted(done: Done, owner: str) -> bool:
    """Taken: earlier troubles of this mail and of the line are over."""
    written = accept(db.session.connection(), [done], owner=owner)
    rested = update(Mail).where(Mail.id == done.mail_id, Mail.troubles > 0).values(troubles=0)
    db.session.execute(rested.execution_options(**_BULK))
    paused = select(Mail.id).where(Mail.id == done.mail_id, *mailings.PAUSED_BY_REFUSALS)
    if db.session.scalar(paused) is not None:
        mailings.resume(done.mail_id)
    breaker.works()
    return bool(written)


def accept(connection: Connection, done: Iterable[Done], *, owner: str) -> int:
    """The same for mails that were taken where no trouble is left to be taken back: one statement. How many were ours."""
    return claim.accept(connection, owner, ((d.id, d.answer.code, d.answer.words) for d in done))


def _values(
    answer: ServerAnswer, limit: datetime, attempts: int, dice: float, *, again: bool
) -> dict[str, Any]:
    verdict, now = answer.verdict, clock.now()
    state = DeliveryState.DEFERRED if again else verdict.state
    values: dict[str, Any] = {"state": state, "code": answer.code, "words": answer.words}
    values["why"] = verdict.why
    if state is DeliveryState.QUEUED:
        return values
    values["attempts"] = attempts + 1
    if state is DeliveryState.DEFERRED:
        moment = next_try(attempts + 1, now=now, limit=limit, dice=dice)
        values |= {"next_at": moment} if moment else {"state": DeliveryState.EXPIRED}
    return values


def _write(delivery_id: int, owner: str, values: dict[str, Any]) -> bool:
    """Fenced by owner and state: a sender that slept past its lease changes nothing."""
    ours = (
        Delivery.id == delivery_id,
        Delivery.lease_owner == owner,
        Delivery.state == DeliveryState.IN_HAND,
    )
    free = {"lease_owner": None, "lease_until": None, "changed_at": clock.now()}
    written = db.session.execute(
        update(Delivery).where(*ours).values(**values, **free).execution_options(**_BULK)
    )
    return bool(getattr(written, "rowcount", 0))


def _consequences(done: Done, mail: Mail, state: DeliveryState) -> None:
    verdict = done.answer.verdict
    if state is DeliveryState.FAILED:
        suppressions.count_return(done.address, verdict.why)
    if blames_the_line(verdict, personal=mail.kind is MailKind.PERSONAL):
        breaker.trouble(done.answer)
    elif verdict.against is Against.ROW and done.answer.code is not None:
        breaker.works()
    if state is not DeliveryState.FAILED:
        breaker.note_settings()
    if mail.paused_at is not None:
        _try_later(mail, done.answer)
    elif verdict.against is Against.MAILING and verdict.state is DeliveryState.QUEUED:
        _rest(mail, done.answer)
    elif verdict.state is DeliveryState.FAILED:
        _break_if_needed(mail, done.answer)


def _try_later(mail: Mail, answer: ServerAnswer) -> None:
    """One mail of a paused mailing was tried: a fault of its address alone says nothing of the others."""
    if answer.verdict.against is Against.ROW:
        mail.retry_at = clock.now()
    elif answer.verdict.against is Against.MAILING:
        mail.troubles += 1
        mail.retry_at = clock.now() + rest_when_refused(mail.troubles)


def _rest(mail: Mail, answer: ServerAnswer) -> None:
    """The server asked for a pause or does not like the sender: the mailing waits, its rows unharmed."""
    mail.troubles += 1
    if answer.verdict.permanent and line_trips(mail.troubles):
        breaker.pause(mail, answer.words)
        return
    until = clock.now() + wait(mail.troubles, 0.5)
    waiting = Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED))
    sooner = update(Delivery).where(Delivery.mail_id == mail.id, waiting, Delivery.next_at < until)
    db.session.execute(sooner.values(next_at=until).execution_options(**_BULK))


def _break_if_needed(mail: Mail, answer: ServerAnswer) -> None:
    """Pause a mailing that is refused again and again."""
    if trips(**_record(mail)):
        breaker.pause(mail, answer.words)


def _record(mail: Mail) -> dict[str, int]:
    """How the mailing has gone since a person last looked."""
    final = Delivery.state.in_((DeliveryState.ACCEPTED, DeliveryState.FAILED))
    blamed = (Delivery.state == DeliveryState.DEFERRED) & Delivery.why.in_(BLAMES_US)
    settled = [Delivery.mail_id == mail.id, final | blamed, Delivery.attempts > 0]
    if mail.reset_at is not None:
        settled.append(Delivery.changed_at > mail.reset_at)
    counts = dict(
        db.session.execute(
            select(Delivery.state, func.count()).where(*settled).group_by(Delivery.state)
        ).all()
    )
    refused = counts.get(DeliveryState.FAILED, 0) + counts.get(DeliveryState.DEFERRED, 0)
    return {
        "tried": refused + counts.get(DeliveryState.ACCEPTED, 0),
        "refused": refused,
        "blamed_in_a_row": _blamed_in_a_row(settled),
    }


def _blamed_in_a_row(settled: list[Any]) -> int:
    """How many of the last few were refused for what the mail or the server is, not for their address."""
    query = select(Delivery.state, Delivery.why).where(*settled)
    last = db.session.execute(
        query.order_by(Delivery.changed_at.desc(), Delivery.id.desc()).limit(SAME_REFUSALS_TO_TRIP)
    ).all()
    blamed = [state is not DeliveryState.ACCEPTED and why in BLAMES_US for state, why in last]
    return blamed.index(False) if False in blamed else len(blamed)


def line_is_down(answer: ServerAnswer) -> None:
    """No connection came about: nothing was in hand, and the line rests for a while."""
    with transaction():
        breaker.trouble(answer)
