"""Taking the next mail in hand: the most urgent that is due, by a lease that nobody else can hold.

The statements are built once, and name the states as literals so that both databases use the partial index.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, Exists, Select, Table, and_, bindparam, exists, select, text, update
from sqlalchemy.sql.dml import ReturningUpdate

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import let_go
from govnet.mail.links import site_url
from govnet.mail.models import Delivery, Mail, MailLine
from govnet.mail.render import Kind
from govnet.mail.rules import State

_d = cast(Table, Delivery.__table__)
_ANY = "-"
_NOW = bindparam("now", type_=_d.c.next_at.type)
_HELD = exists().where(MailLine.held_at.is_not(None))
_SHUT = exists().where((MailLine.held_at.is_not(None)) | (MailLine.not_before > _NOW))


def _due(shut: Exists) -> Select[Any]:
    waits = text("delivery.state IN ('queued', 'deferred')")
    return (
        select(_d.c.id)
        .where(waits, _d.c.next_at <= _NOW, _d.c.limit_at > _NOW, ~shut)
        .order_by(_d.c.priority, _d.c.next_at, _d.c.id)
        .limit(1)
    )


def _take(shut: Exists) -> ReturningUpdate[Any]:
    return (
        update(_d)
        .where(_d.c.id == _due(shut).with_for_update(skip_locked=True, of=_d).scalar_subquery())
        .values(
            state=State.IN_HAND,
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until", type_=_d.c.lease_until.type),
            changed_at=_NOW,
        )
        .returning(
            _d.c.id, _d.c.mail_id, _d.c.rendering_id, _d.c.address, _d.c.name, _d.c.message_id, _d.c.token
        )
    )


_DUE, _TAKE, _TAKE_FOR_TRIAL = _due(_SHUT), _take(_SHUT), _take(_HELD)
_SETTLE = (
    update(_d)
    .where(
        and_(_d.c.id == bindparam("key"), _d.c.lease_owner == bindparam("owner"), _d.c.state == State.IN_HAND)
    )
    .values(
        state=State.ACCEPTED,
        code=bindparam("code"),
        words=bindparam("words"),
        why="none",
        attempts=_d.c.attempts + 1,
        lease_owner=None,
        lease_until=None,
        changed_at=_NOW,
    )
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery in hand, with what is its own."""

    id: int
    mail_id: int
    rendering_id: int
    address: str
    name: str
    message_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Cover:
    """What all deliveries of a mail share beside their bytes."""

    kind: Kind
    contact: str | None
    leave: str
    """Where the unsubscribe link leads, up to the delivery's token."""


def anything_due() -> bool:
    """Whether a look at the line is worth it; takes no lock."""
    due = db.session.connection().execute(_DUE, {"now": clock.now()}).first() is not None
    let_go()
    return due


def take(connection: Connection, owner: str, lease: timedelta, *, trial: bool = False) -> Parcel | None:
    """The most urgent delivery that may go now, in hand from here on; None while the line is shut or nothing waits.

    For a `trial` of the line also while it rests.
    """
    now = clock.now()
    values = {"now": now, "owner": owner, "until": now + lease}
    row = connection.execute(_TAKE_FOR_TRIAL if trial else _TAKE, values).first()
    return None if row is None else Parcel(**row._asdict())


def accept(connection: Connection, key: int, owner: str, *, code: int | None, words: str) -> bool:
    """A provider took it. False where the lease had passed to somebody else."""
    values = {"key": key, "owner": owner, "code": code, "words": words, "now": clock.now()}
    return bool(connection.execute(_SETTLE, values).rowcount)


def cover(mail_id: int) -> Cover:
    """The mail's kind, where answers to it go, and its way out."""
    row = db.session.execute(select(Mail.kind, Mail.contact).where(Mail.id == mail_id)).one()
    return Cover(row.kind, row.contact, site_url("mail.unsubscribe", token=_ANY).removesuffix(_ANY))
