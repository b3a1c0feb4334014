"""The loop that sends: one mail in hand at a time, one commit a mail, nothing lost when it is killed."""

import os
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import Select, exists, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import ending
from govnet.kernel.errors import Busy
from govnet.kernel.transaction import let_go, transaction
from govnet.mail import headers, settling, smtp
from govnet.mail.headers import Address
from govnet.mail.links import site_url
from govnet.mail.models import Delivery, Mail, MailLine, Rendering
from govnet.mail.render import Envelope, Kind, Template, personalise
from govnet.mail.rules import State
from govnet.mail.settling import Done

log = structlog.get_logger()
STEPS = 5
"""Greeting, sender, recipient, content, end: what one mail may take at most, in time limits of the line."""
AT_ONCE = 100
SECONDS = 2.0
_PATIENCE = 3
"""Times that a busy database is asked again: a mail that was taken and not written down would go twice."""
BREATH = 0.001
"""Between two commits the web's writers get in."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery in hand, with all that is needed to send it."""

    id: int
    mail_id: int
    rendering_id: int
    address: str
    name: str
    message_id: str
    token: str
    kind: Kind
    contact: str | None


@dataclass(slots=True)
class Sender:
    """One sender at work: its name on the leases, its time limit, and the bytes it has at hand."""

    timeout: float = smtp.TIMEOUT
    owner: str = field(default_factory=lambda: f"send-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    templates: dict[int, Template] = field(default_factory=dict)

    @property
    def lease(self) -> timedelta:
        """Longer than any mail can take, so that nobody else takes one that is still being sent."""
        return timedelta(seconds=self.timeout * STEPS)

    def template(self, rendering_id: int) -> Template:
        """A rendering's bytes, read once a run."""
        if rendering_id not in self.templates:
            row = db.session.get_one(Rendering, rendering_id)
            if len(self.templates) > 20:
                self.templates.clear()
            self.templates[rendering_id] = Template(row.head, row.body or b"")
            let_go()
        return self.templates[rendering_id]


def run(*, at_once: int = AT_ONCE, seconds: float = SECONDS, sender: Sender | None = None) -> int:
    """Send what is due for a moment; how many mails a provider took. Killed at any point, it can be run again."""
    if smtp.switched_off() or not _anything_due():
        return 0
    sender = sender or Sender(timeout=float(current_app.config.get("MAIL_TIMEOUT", smtp.TIMEOUT)))
    until = time.monotonic() + seconds
    try:
        with smtp.open_line(timeout=sender.timeout) as line:
            return _send_all(
                sender, line, lambda n: n >= at_once or time.monotonic() >= until or ending.is_set()
            )
    except smtp.LineDown as down:
        settling.line_is_down(down.answer)
        return 0


def _anything_due() -> bool:
    due = db.session.scalar(_due().limit(1)) is not None
    let_go()
    return due


def _due() -> Select[int]:
    """The most urgent delivery that may go now, unless the line is held, tripped or resting."""
    now = clock.now()
    shut = exists().where(
        (MailLine.held_at.is_not(None)) | (MailLine.tripped_at.is_not(None)) | (MailLine.not_before > now)
    )
    return (
        select(Delivery.id)
        .where(
            Delivery.state.in_((State.QUEUED, State.DEFERRED)),
            Delivery.next_at <= now,
            Delivery.limit_at > now,
            ~shut,
        )
        .order_by(Delivery.priority, Delivery.next_at, Delivery.id)
    )


def _send_all(sender: Sender, line: smtp.Line, enough: Callable[[int], bool]) -> int:
    pace = _Pace(int(current_app.config.get("MAIL_RATE", 0)))
    taken = handled = 0
    done: Done | None = None
    while True:
        stop = enough(handled) or not line.open
        parcel = _settle_and_take(sender, done, take=not stop)
        if done is not None and done.answer.verdict.state is State.ACCEPTED:
            taken += 1
        if parcel is None:
            return taken
        pace.keep()
        done = Done(parcel.id, parcel.mail_id, parcel.address, _deliver(sender, line, parcel))
        handled += 1
        time.sleep(BREATH)


def _settle_and_take(sender: Sender, done: Done | None, *, take: bool) -> Parcel | None:
    """One commit: what became of the last mail, and the next one in hand."""
    if done is None and not take:
        return None
    for _ in range(_PATIENCE):
        try:
            return _in_one_commit(sender, done, take=take)
        except Busy:
            log.warning("busy, once more", delivery=done and done.id)
    return _in_one_commit(sender, done, take=take)


def _in_one_commit(sender: Sender, done: Done | None, *, take: bool) -> Parcel | None:
    with transaction():
        if done is not None:
            settling.settle(done, owner=sender.owner, dice=random.random())
        return _take(sender) if take else None


def _take(sender: Sender) -> Parcel | None:
    key = db.session.scalar(_due().limit(1).with_for_update(skip_locked=True, of=Delivery))
    if key is None:
        return None
    now = clock.now()
    db.session.execute(
        update(Delivery)
        .where(Delivery.id == key)
        .values(state=State.IN_HAND, lease_owner=sender.owner, lease_until=now + sender.lease, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    return _parcel(key)


def _parcel(key: int) -> Parcel:
    row = db.session.execute(
        select(
            Delivery.id,
            Delivery.mail_id,
            Delivery.rendering_id,
            Delivery.address,
            Delivery.name,
            Delivery.message_id,
            Delivery.token,
            Mail.kind,
            Mail.contact,
        )
        .join(Mail, Mail.id == Delivery.mail_id)
        .where(Delivery.id == key)
    ).one()
    return Parcel(*row)


def _deliver(sender: Sender, line: smtp.Line, parcel: Parcel) -> smtp.Answer:
    """Hand it over; a mail that cannot be put together fails alone instead of stopping the queue."""
    try:
        template = sender.template(parcel.rendering_id)
        raw = personalise(template, envelope(parcel))
        return line.deliver(return_path(parcel.token), headers.wire_address(parcel.address), raw)
    except headers.BadHeader as error:
        return smtp.unsendable(str(error))


def envelope(parcel: Parcel) -> Envelope:
    """The recipient's own header fields."""
    reply_to = Address(parcel.contact) if parcel.contact else None
    to = Address(parcel.address, parcel.name)
    if parcel.kind is Kind.PERSONAL or parcel.token.startswith("list-"):
        return Envelope(to, parcel.message_id, reply_to)
    ways = [site_url("mail.unsubscribe", token=parcel.token)]
    if parcel.contact:
        ways.append(f"mailto:{parcel.contact}?subject=unsubscribe%20{parcel.token}")
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
