"""The mails that decisions send, after one turn of the worker."""

from __future__ import annotations

import quopri

from sqlalchemy import select

from govnet.extensions import db
from govnet.mail.models import Delivery, Mail, Rendering
from govnet.mail.outgoing import distribution
from govnet.record.models import Telling


def told() -> None:
    while distribution.run():
        pass
    assert [row.error for row in db.session.scalars(select(Telling)) if row.error] == []


def subjects() -> list[str]:
    return list(db.session.scalars(select(Rendering.subject).order_by(Rendering.id)))


def names_of(subject: str) -> list[str]:
    """To whom the mail with that in its subject goes."""
    query = (
        select(Delivery.name)
        .join(Mail, Mail.id == Delivery.mail_id)
        .join(Rendering, Rendering.mail_id == Mail.id)
    )
    return sorted(db.session.scalars(query.where(Rendering.subject.contains(subject))))


def text_of(subject: str) -> str:
    found = db.session.scalars(select(Rendering).where(Rendering.subject.contains(subject))).one()
    return quopri.decodestring(found.body or b"").decode()
