"""The loop that sends: one mail in hand at a time, one commit a mail, nothing lost when it is killed."""

import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from flask import current_app
from sqlalchemy import Connection

from govnet.extensions import db
from govnet.kernel import measures
from govnet.kernel.duties import ending
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import let_go, plain_transaction, transaction
from govnet.mail import breaker, claiming, headers, settling, smtp
from govnet.mail.breaker import Turn
from govnet.mail.claiming import Cover, Parcel
from govnet.mail.headers import Address
from govnet.mail.models import Rendering
from govnet.mail.render import Envelope, Kind, Template, personalise
from govnet.mail.rules import State
from govnet.mail.settling import Done

log = structlog.get_logger()
STEPS = 5
"""Greeting, sender, recipient, content, end: what one mail may take at most, in time limits of the line."""
AT_ONCE = 100
_AT_HAND = 20
SECONDS = 2.0
_PATIENCE = 3
"""Times that a busy database is asked again: a mail that was taken and not written down would go twice."""


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

    @property
    def lease(self) -> timedelta:
        """Longer than any mail can take, so that nobody else takes one that is still being sent."""
        return _lease(self.timeout)

    def saw(self, done: Done) -> bool:
        """Whether this mail went well just before, and goes well now: then no trouble is left to be taken back."""
        well = done.answer.verdict.state is State.ACCEPTED
        before = self.going_well == done.mail_id
        self.going_well = done.mail_id if well else None
        return well and before

    def template(self, parcel: Parcel) -> Template:
        """A rendering's bytes, read once a run."""
        if parcel.rendering_id not in self.templates:
            row = db.session.get_one(Rendering, parcel.rendering_id)
            if len(self.templates) > _AT_HAND:
                self.templates.clear()
            self.templates[parcel.rendering_id] = Template(row.head, row.body or b"")
            let_go()
        return self.templates[parcel.rendering_id]

    def cover(self, parcel: Parcel) -> Cover:
        """What the mail's deliveries share, read once a run."""
        if parcel.mail_id not in self.covers:
            self.covers[parcel.mail_id] = claiming.cover(parcel.mail_id)
            let_go()
        return self.covers[parcel.mail_id]


def _lease(timeout: float) -> timedelta:
    return timedelta(seconds=timeout * STEPS)


@contextmanager
def a_sender(*, timeout: float = smtp.TIMEOUT) -> Iterator[Sender]:
    """One sender, with a connection to the database of its own."""
    with db.engine.connect() as connection:
        yield Sender(connection, timeout)


def run(*, at_once: int = AT_ONCE, seconds: float = SECONDS) -> int:
    """Send what is due for a moment; how many mails a provider took. Killed at any point, it can be run again."""
    if smtp.switched_off():
        return 0
    timeout = float(current_app.config.get("MAIL_TIMEOUT", smtp.TIMEOUT))
    turn = breaker.turn(_lease(timeout))
    if turn is Turn.SHUT:
        return 0
    trial, until = turn is Turn.TRIAL, time.monotonic() + seconds
    try:
        with smtp.open_line(timeout=timeout) as line, a_sender(timeout=timeout) as sender:
            return _send_all(
                sender,
                line,
                lambda n: n >= at_once or time.monotonic() >= until or ending.is_set(),
                trial=trial,
            )
    except smtp.LineDown as down:
        settling.line_is_down(down.answer)
        return 0


def _send_all(sender: Sender, line: smtp.Line, enough: Callable[[int], bool], *, trial: bool) -> int:
    """Mail after mail. On `trial` the first shows whether the line is well: where not, it rests, and none follows."""
    pace = _Pace(int(current_app.config.get("MAIL_RATE", 0)))
    taken = handled = 0
    done: Done | None = None
    while True:
        stop = enough(handled) or not line.open
        first = done is None and trial
        parcel = _settle_and_take(sender, done, take=not stop, trial=first)
        if done is not None:
            taken += done.answer.verdict.state is State.ACCEPTED
            measures.tell("mail", state=done.answer.verdict.state.value)
            log.info(
                "mail handled",
                delivery=done.id,
                mail=done.mail_id,
                state=done.answer.verdict.state.value,
                code=done.answer.code,
            )
        if parcel is None:
            if first:
                breaker.end_trial()
            return taken
        pace.keep()
        done = Done(parcel.id, parcel.mail_id, parcel.address, _deliver(sender, line, parcel))
        handled += 1


def _settle_and_take(sender: Sender, done: Done | None, *, take: bool, trial: bool = False) -> Parcel | None:
    """One commit: what became of the last mail, and the next one in hand."""
    if done is None and not take:
        return None
    commit: Callable[..., Parcel | None] = partial(_commit_plainly, trial=trial)
    if done is not None:
        commit = _commit_plainly if sender.saw(done) else _commit_with_care
    for _ in range(_PATIENCE):
        try:
            return commit(sender, done, take=take)
        except Busy:
            log.warning("busy, once more", delivery=done and done.id)
    return commit(sender, done, take=take)


def _commit_plainly(sender: Sender, done: Done | None, *, take: bool, trial: bool = False) -> Parcel | None:
    """All is well, mail after mail: two statements, none of the session's cost."""
    with plain_transaction(sender.connection):
        if done is not None:
            settling.accept(sender.connection, done, owner=sender.owner)
        return claiming.take(sender.connection, sender.owner, sender.lease, trial=trial) if take else None


def _commit_with_care(sender: Sender, done: Done | None, *, take: bool) -> Parcel | None:
    """The answer has consequences, or ends earlier ones."""
    with transaction():
        if done is not None:
            settling.settle(done, owner=sender.owner, dice=random.random())
        return claiming.take(db.session.connection(), sender.owner, sender.lease) if take else None


def _deliver(sender: Sender, line: smtp.Line, parcel: Parcel) -> smtp.Answer:
    """Hand it over; a mail that cannot be put together fails alone instead of stopping the queue."""
    try:
        raw = personalise(sender.template(parcel), envelope(parcel, sender.cover(parcel)))
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
    if cover.kind is Kind.PERSONAL:
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

    def __init__(self, a_minute: int) -> None:
        self.gap = 60.0 / a_minute if a_minute else 0.0
        self.next = 0.0

    def keep(self) -> None:
        """Wait until the next mail may go."""
        if not self.gap:
            return
        time.sleep(max(0.0, self.next - time.monotonic()))
        self.next = time.monotonic() + self.gap
