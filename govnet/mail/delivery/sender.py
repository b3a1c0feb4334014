"""The loop that sends: a few mails in hand at a time, one commit for them, nothing lost when it is killed.

A server that takes mail after mail quickly is given up to 20 between two commits. A killed sender's mails go again once its
lease is over, with the same Message-ID: so many at most arrive twice, and none otherwise.
"""

import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import Connection

from govnet.extensions import db
from govnet.kernel import measures
from govnet.kernel.duties import ending
from govnet.kernel.errors import Busy
from govnet.kernel.outage import UNREACHABLE, outage_of
from govnet.kernel.transaction import plain_transaction, transaction
from govnet.mail import headers
from govnet.mail.delivery import breaker, claim, settlement, smtp
from govnet.mail.delivery.breaker import Turn
from govnet.mail.delivery.claim import Cover, Parcel
from govnet.mail.delivery.settlement import Done
from govnet.mail.headers import Address
from govnet.mail.message import Envelope, MailKind, Template, personalise
from govnet.mail.rules import DeliveryState

log = structlog.get_logger()
STEPS = 5
"""Greeting, sender, recipient, content, end: what one mail may take at most, in time limits of the line."""
AT_ONCE = 100
SECONDS = 2.0
IN_HAND = 20
"""Mails between two commits, at most."""
_AT_HAND = IN_HAND
HELD = 0.25
"""Seconds after which no further mail goes before a commit: urgent mail waits no longer, and fewer go twice."""
_AGAIN = 0.5
_LAST_TRIES = 10.0
"""Seconds in which a sender that has to end still tries to record the accepted mails."""


@dataclass(slots=True)
class Sender:
    """One sender at work: its name on the leases, its time limit, and the bytes it has at hand."""

    connection: Connection
    """Kept for as long as it works, so that a commit costs little more than the disk's flush."""
    timeout: float = smtp.TIMEOUT
    owner: str = field(default_factory=lambda: f"send-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    templates: dict[int, Template] = field(default_factory=dict)
    covers: dict[int, Cover] = field(default_factory=dict)
    going_well: int | None = None
    size: int = 1
    """The number of mails to claim: more while the server takes them quickly, one at a time after any trouble."""

    @property
    def lease(self) -> timedelta:
        """Longer than the claimed mails can take, so that nobody else takes a mail that is still being sent."""
        return _lease(self.timeout)

    def saw(self, done: Done) -> bool:
        """Whether this mail went well just before, and goes well now: then no trouble is left to be taken back."""
        well = done.answer.verdict.state is DeliveryState.ACCEPTED
        before = self.going_well == done.mail_id
        self.going_well = done.mail_id if well else None
        return well and before

    def read(self, connection: Connection, parcels: list[Parcel]) -> None:
        """Have at hand all that goes into these mails: while they are sent, no database is asked."""
        if len(self.templates) > _AT_HAND or len(self.covers) > _AT_HAND:
            self.templates.clear()
            self.covers.clear()
        for parcel in parcels:
            if parcel.rendering_id not in self.templates:
                self.templates[parcel.rendering_id] = claim.template(connection, parcel.rendering_id)
            if parcel.mail_id not in self.covers:
                self.covers[parcel.mail_id] = claim.cover(connection, parcel.mail_id)


def _lease(timeout: float) -> timedelta:
    return timedelta(seconds=timeout * STEPS + HELD + _Pace().gap)


@contextmanager
def a_sender(*, timeout: float = smtp.TIMEOUT) -> Iterator[Sender]:
    """One sender, with a connection to the database of its own."""
    with db.engine.connect() as connection:
        yield Sender(connection, timeout)


def run(*, at_once: int = AT_ONCE, seconds: float = SECONDS) -> int:
    """Send due mails for a moment; how many a provider took. Killed at any point, it can be run again."""
    if smtp.switched_off():
        return 0
    timeout = float(current_app.config.get("MAIL_TIMEOUT", smtp.TIMEOUT))
    turn = breaker.turn(_lease(timeout))
    if turn is Turn.SHUT:
        return 0
    trial, until = turn is Turn.TRIAL, time.monotonic() + seconds
    try:
        with smtp.open_line(timeout=timeout) as line, a_sender(timeout=timeout) as sender:
            return _send_all(_Run(sender, line, at_once, until), trial=trial)
    except smtp.LineDown as down:
        settlement.line_is_down(down.answer)
        return 0


@dataclass(slots=True)
class _Run:
    """One connection's mails: at most `most`, and none begun after `until`."""

    sender: Sender
    line: smtp.ServerConnection
    most: int
    until: float
    pace: "_Pace" = field(default_factory=lambda: _Pace())
    handled: int = 0

    def room(self) -> int:
        """The number of mails that may be claimed now."""
        if not self.line.open or ending.is_set() or time.monotonic() >= self.until:
            return 0
        return min(self.sender.size, self.most - self.handled)

    def deliver(self, parcels: list[Parcel]) -> list[Done]:
        """Hand them over until one is not taken, or a commit or the end is due; what became of those that were tried."""
        began, done = time.monotonic(), list[Done]()
        for parcel in parcels:
            self.pace.keep()
            try:
                answer = _deliver(self.sender, self.line, parcel)
            except Exception:
                if not done:
                    raise
                break  # those before it are written down first
            done.append(Done(parcel.id, parcel.mail_id, parcel.address, answer))
            self.handled += 1
            if not _taken(done[-1]) or not self.room() or time.monotonic() - began > HELD:
                break
        quick = all(map(_taken, done)) and time.monotonic() - began < HELD / 2
        self.sender.size = min(4 * len(done), IN_HAND) if quick else max(1, len(done) // 2)
        return done


def _taken(done: Done) -> bool:
    return done.answer.verdict.state is DeliveryState.ACCEPTED


def _send_all(run: _Run, *, trial: bool) -> int:
    """Mail after mail. On `trial` the first shows whether the line is well: where not, it rests, and none follows."""
    taken, work = 0, _Work()
    while True:
        parcels = _settle_and_take(run.sender, work, most=run.room(), trial=trial)
        for done in work.done:
            _tell(done)
        taken += sum(map(_taken, work.done))
        if not parcels:
            if trial:
                breaker.end_trial()
            return taken
        trial = False
        tried = run.deliver(parcels)
        work = _Work(tried, parcels[len(tried) :])


def _tell(done: Done) -> None:
    state = done.answer.verdict.state.value
    measures.tell("mail", state=state)
    log.info("mail handled", delivery=done.id, mail=done.mail_id, state=state, code=done.answer.code)


@dataclass(frozen=True, slots=True)
class _Work:
    """The mails that were in hand: those with an answer, and those that were not tried."""

    done: list[Done] = field(default_factory=list)
    untried: list[Parcel] = field(default_factory=list)


def _settle_and_take(sender: Sender, work: _Work, *, most: int, trial: bool = False) -> list[Parcel]:
    """One commit: the results of the last mails, and the next ones in hand, `most` at most.

    While the database is busy, tries again for as long as they are ours; while it is away, until it is back, and nobody
    takes them back before: accepted mails that were not recorded go twice.
    """
    if not work.done and not most:
        return []
    well = [sender.saw(done) for done in work.done]  # each one is looked at
    commit: Callable[..., list[Parcel]] = _commit_plainly if all(well) else _commit_with_care
    until, last = time.monotonic() + sender.lease.total_seconds(), None
    while True:
        try:
            return commit(sender, work, most=most, trial=trial)
        except Busy as busy:
            if ending.is_set():
                last = last or time.monotonic() + _LAST_TRIES
            end = last if outage_of(busy) is UNREACHABLE else min(until, last or until)
            if not work.done or (end is not None and time.monotonic() > end):
                raise
            log.warning("mail that was taken cannot be written down, once more", mails=len(work.done))
            time.sleep(_AGAIN)
        except Exception:
            if len(work.done) < 2:
                raise
            return _settle_apart(sender, work.done)


def _settle_apart(sender: Sender, together: list[Done]) -> list[Parcel]:
    """One answer cannot be recorded: the others are, and it is raised then."""
    trouble = None
    for done in together:
        try:
            _settle_and_take(sender, _Work([done]), most=0)
        except Exception as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return []


def _commit_plainly(sender: Sender, work: _Work, *, most: int, trial: bool) -> list[Parcel]:
    """All is well, mail after mail: few statements, none of the session's cost."""
    with plain_transaction(sender.connection):
        if work.done:
            settlement.accept(sender.connection, work.done, owner=sender.owner)
        return _next(sender, sender.connection, work, most=most, trial=trial)


def _commit_with_care(sender: Sender, work: _Work, *, most: int, trial: bool) -> list[Parcel]:
    """An answer has consequences, or ends earlier ones."""
    with transaction():
        for done in work.done:
            settlement.settle(done, owner=sender.owner, dice=random.random())
        return _next(sender, db.session.connection(), work, most=most, trial=trial)


def _next(sender: Sender, connection: Connection, work: _Work, *, most: int, trial: bool) -> list[Parcel]:
    claim.release(connection, sender.owner, work.untried)
    parcels = claim.take(connection, sender.owner, sender.lease, most=most, trial=trial) if most else []
    sender.read(connection, parcels)
    return parcels


def _deliver(sender: Sender, line: smtp.ServerConnection, parcel: Parcel) -> smtp.ServerAnswer:
    """Hand it over; a mail that cannot be put together fails alone instead of stopping the queue."""
    try:
        template, cover = sender.templates[parcel.rendering_id], sender.covers[parcel.mail_id]
        raw = personalise(template, envelope(parcel, cover))
        return line.deliver(return_path(parcel.token), headers.wire_address(parcel.address), raw)
    except headers.BadHeader as error:
        return smtp.unsendable(str(error))


def envelope(parcel: Parcel, cover: Cover) -> Envelope:
    """The recipient's own header fields."""
    contact = (
        cover.contact if headers.can_be_written_to(cover.contact) else ""
    )  # else no mail would go at all
    reply_to = Address(contact) if contact else None
    to = Address(parcel.address, parcel.name)
    if cover.kind is MailKind.PERSONAL:
        return Envelope(to, parcel.message_id, reply_to)
    ways = [f"{cover.leave}{parcel.token}"]
    if contact:
        ways.append(f"mailto:{headers.wire_address(contact)}?subject=unsubscribe%20{parcel.token}")
    return Envelope(to, parcel.message_id, reply_to, tuple(ways))


def return_path(token: str) -> str:
    """Where a bounce goes: MAIL_RETURN_PATH, with the delivery's token where it has {token}; otherwise the sender."""
    pattern = current_app.config.get("MAIL_RETURN_PATH") or current_app.config["MAIL_DEFAULT_SENDER"]
    return str(pattern).replace("{token}", token)


class _Pace:
    """At most so many mails a minute over this line; 0 is as fast as it goes."""

    def __init__(self) -> None:
        a_minute = int(current_app.config.get("MAIL_RATE", 0))
        self.gap = 60.0 / a_minute if a_minute else 0.0
        self.next = 0.0

    def keep(self) -> None:
        """Wait until the next mail may go."""
        if not self.gap:
            return
        time.sleep(max(0.0, self.next - time.monotonic()))
        self.next = time.monotonic() + self.gap
