"""Erasures in mail: bodies that nothing reads any more, and the names and addresses of those who were erased."""

from __future__ import annotations

import html
import quopri
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.duties import put_off
from govnet.mail.message import MailKind
from govnet.mail.models import Delivery, Fate, InboundMail, Mail, RecipientChunk, Rendering, Subscription
from govnet.mail.preferences.actions import forget_address
from govnet.mail.rules import WAITING, DeliveryState
from govnet.people.addresses import PersonErased

SECRETS_LAST = timedelta(days=1)
"""How long a personal mail stays as it was sent: the links in it are of no more use."""
BODIES_LAST = timedelta(days=30)
_NOTHING = {"body": None, "head": b"", "names_erased": False}
_IN_BULK = {"synchronize_session": False}
_AT_ONCE = 500


def old(now: datetime) -> Sequence[int]:
    """The mails that went out long enough ago to be emptied, some of them at a time."""
    return db.session.scalars(
        _old(now).where(Rendering.id.not_in(put_off("empty old mail"))).limit(_AT_ONCE)
    ).all()


def empty(keys: Sequence[int]) -> int:
    """Empty them. Returns how many were not empty yet; inside transaction()."""
    return _empty(keys)


def _old(now: datetime) -> Select[int]:
    personal = and_(Mail.kind == MailKind.PERSONAL, Mail.made_at < now - SECRETS_LAST)
    return (
        select(Rendering.id)
        .join(Mail, Mail.id == Rendering.mail_id)
        .where(Rendering.body.is_not(None), ~_on_its_way())
        .where(or_(personal, Mail.made_at < now - BODIES_LAST, Rendering.names_erased))
    )


def _on_its_way() -> ColumnElement[bool]:
    waits = select(Delivery.id).where(Delivery.rendering_id == Rendering.id, Delivery.state.in_(WAITING))
    unmade = select(RecipientChunk.id).where(RecipientChunk.mail_id == Rendering.mail_id)
    return waits.exists() | unmade.exists()


def _empty(keys: Collection[int], **values: object) -> int:
    whole = (Rendering.id.in_(keys), Rendering.body.is_not(None))
    emptied = update(Rendering).where(*whole).values({**_NOTHING, **values})
    return int(getattr(db.session.execute(emptied.execution_options(**_IN_BULK)), "rowcount", 0))


def forget(gone: PersonErased) -> None:
    """Let go of what names somebody who was erased, in the transaction in which she is."""
    for address in sorted(gone.addresses):
        _forget_address(address)
    words = [word for word in (*sorted(gone.names), *sorted(gone.addresses)) if word.strip()]
    if words:
        _forget_words(words)


def _forget_address(address: str) -> None:
    """Mails to the address that name no person, only the mail that it took, and its results."""
    theirs = (Delivery.address == address, Delivery.person_id.is_(None))
    waiting = Delivery.state.in_(WAITING - {DeliveryState.IN_HAND})
    cancelled = update(Delivery).where(*theirs, waiting)
    values = {"state": DeliveryState.CANCELLED, "changed_at": clock.now()}
    db.session.execute(cancelled.values(values).execution_options(**_IN_BULK))
    for row in db.session.scalars(select(Subscription).where(Subscription.address == address)).all():
        forget_address(row)
    read = update(InboundMail).where(InboundMail.sender == address, InboundMail.fate != Fate.WAITING)
    db.session.execute(read.values(raw=None, sender="").execution_options(**_IN_BULK))


def _forget_words(words: Collection[str]) -> None:
    """Empty sent mails that contain one of them; a mail on its way to others is emptied when the last of them has it."""
    found: dict[bool, list[int]] = {True: [], False: []}
    query = select(Rendering, _on_its_way()).where(Rendering.body.is_not(None))
    for row, on_its_way in db.session.execute(query.execution_options(yield_per=100)):
        if _says(row, words):
            found[on_its_way].append(row.id)
    _empty(found[False])
    for keys, values in (
        (found[True], {"names_erased": True}),
        (found[False] + _subjects(words), {"subject": ""}),
    ):
        changed = update(Rendering).where(Rendering.id.in_(keys)).values(values)
        db.session.execute(changed.execution_options(**_IN_BULK))
    db.session.expire_all()


def _subjects(words: Collection[str]) -> list[int]:
    """Those of mails that went long ago stay for the list of mails to each recipient."""
    said = or_(*(Rendering.subject.contains(word, autoescape=True) for word in words))
    return list(db.session.scalars(select(Rendering.id).where(said, ~_on_its_way())))


def _says(row: Rendering, words: Collection[str]) -> bool:
    text = " ".join("\n".join(_texts(row)).casefold().split())
    return any(" ".join(word.casefold().split()) in text for word in words)


def _texts(row: Rendering) -> Iterator[str]:
    yield row.subject
    yield html.unescape(quopri.decodestring(row.body or b"").decode("utf-8", "replace"))
    head = message_from_bytes(row.head, policy=policy.default)
    yield from (str(value) for value in head.values())
