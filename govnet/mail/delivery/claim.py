"""Taking the next mails in hand: the most urgent that are due, by a lease that nobody else can hold.

The statements are built once, and name the states as literals so that both databases use the partial index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, Exists, Select, Table, Update, bindparam, exists, select, text, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import let_go
from govnet.mail.message import MailKind, Template
from govnet.mail.models import Delivery, Mail, MailLine, Rendering
from govnet.mail.page_addresses import site_url
from govnet.mail.rules import DeliveryState

_d = cast(Table, Delivery.__table__)
_ANY = "-"
_NOW = bindparam("now", type_=_d.c.next_at.type)
_HELD = exists().where(MailLine.held_at.is_not(None))
_SHUT = exists().where((MailLine.held_at.is_not(None)) | (MailLine.not_before > _NOW))


def _due(shut: Exists, *columns: Any) -> Select[Any]:
    waits = text("delivery.state IN ('queued', 'deferred')")
    return (
        select(*columns)
        .where(waits, _d.c.next_at <= _NOW, _d.c.limit_at > _NOW, ~shut)
        .order_by(_d.c.priority, _d.c.next_at, _d.c.id)
        .limit(bindparam("most"))
    )


def _in_line(shut: Exists) -> Select[Any]:
    own = (_d.c.id, _d.c.mail_id, _d.c.rendering_id, _d.c.address, _d.c.name, _d.c.message_id, _d.c.token)
    return _due(shut, *own, _d.c.lost_leases).with_for_update(skip_locked=True, of=_d)


def _ours() -> Update:
    return update(_d).where(
        _d.c.id == bindparam("key"),
        _d.c.lease_owner == bindparam("owner"),
        _d.c.state == DeliveryState.IN_HAND,
    )


_FREE = {"lease_owner": None, "lease_until": None, "changed_at": _NOW}
_ANY_DUE = _due(_SHUT, _d.c.id)
_NEXT, _NEXT_FOR_TRIAL = _in_line(_SHUT), _in_line(_HELD)
_TAKE = (
    update(_d)
    .where(_d.c.id.in_(bindparam("keys", expanding=True)))
    .values(
        state=DeliveryState.IN_HAND,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until", type_=_d.c.lease_until.type),
        changed_at=_NOW,
    )
)
_SETTLE = _ours().values(
    state=DeliveryState.ACCEPTED, code=bindparam("code"), words=bindparam("words"), why="none",
    attempts=_d.c.attempts + 1, **_FREE,
)  # fmt: skip
_RELEASE = _ours().values(state=DeliveryState.QUEUED, **_FREE)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery in hand, with its own part."""

    id: int
    mail_id: int
    rendering_id: int
    address: str
    name: str
    message_id: str
    token: str
    lost_leases: int


@dataclass(frozen=True, slots=True)
class Cover:
    """The part that all deliveries of a mail share beside their bytes."""

    kind: MailKind
    contact: str | None
    leave: str
    """Where the unsubscribe link leads, up to the delivery's token."""


def anything_due() -> bool:
    """Whether a look at the line is worth it; takes no lock."""
    due = db.session.connection().execute(_ANY_DUE, {"now": clock.now(), "most": 1}).first() is not None
    let_go()
    return due


def take(
    connection: Connection, owner: str, lease: timedelta, *, most: int, trial: bool = False
) -> list[Parcel]:
    """The most urgent deliveries that may go now, in hand from here on; none while the line is shut or nothing waits.

    One with which a sender died comes alone, so that no other is lost with it. For a `trial` of the line also while
    it rests.
    """
    now = clock.now()
    rows = connection.execute(_NEXT_FOR_TRIAL if trial else _NEXT, {"now": now, "most": most})
    parcels = _together([Parcel(**row._asdict()) for row in rows])
    if parcels:
        keys = [parcel.id for parcel in parcels]
        connection.execute(_TAKE, {"keys": keys, "owner": owner, "until": now + lease, "now": now})
    return parcels


def _together(parcels: list[Parcel]) -> list[Parcel]:
    suspect = next((n for n, parcel in enumerate(parcels) if parcel.lost_leases), len(parcels))
    return parcels[: max(suspect, 1)]


def accept(connection: Connection, owner: str, answers: Iterable[tuple[int, int | None, str]]) -> int:
    """A provider took these: each one's id, code and text. Returns how many; the others' leases had passed to another."""
    same = {"owner": owner, "now": clock.now()}
    values = [{"key": key, "code": code, "words": words, **same} for key, code, words in answers]
    return connection.execute(_SETTLE, values).rowcount


def release(connection: Connection, owner: str, parcels: Sequence[Parcel]) -> None:
    """These were not tried: they wait again."""
    same = {"owner": owner, "now": clock.now()}
    if parcels:
        connection.execute(_RELEASE, [{"key": parcel.id, **same} for parcel in parcels])


def cover(connection: Connection, mail_id: int) -> Cover:
    """The mail's kind, where answers to it go, and its way out."""
    row = connection.execute(select(Mail.kind, Mail.contact).where(Mail.id == mail_id)).one()
    return Cover(row.kind, row.contact, site_url("mail.unsubscribe", token=_ANY).removesuffix(_ANY))


def template(connection: Connection, rendering_id: int) -> Template:
    """A rendering's bytes."""
    row = connection.execute(select(Rendering.head, Rendering.body).where(Rendering.id == rendering_id)).one()
    return Template(row.head, row.body or b"")
