"""Send an ordered announcement once its time has come; hold it if the person who ordered it may no longer send."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from govnet.announcements import events
from govnet.announcements.actions import digest_of
from govnet.announcements.models import Announcement, AnnouncementState
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Door, by_rule
from govnet.kernel.duties import each_row
from govnet.kernel.errors import NotAllowed
from govnet.kernel.translation import say
from govnet.membership.actor import actor_for
from govnet.offices.events import MandateOver
from govnet.permissions import Can, can, require
from govnet.record.actions import record


def send_due() -> int:
    """Send or hold every announcement whose time has come; how many. Two workers at once do each one once."""
    return each_row("send announcements", Announcement, _due, _send_one)


def _due(*only: ColumnElement[bool]) -> Sequence[int]:
    due = (Announcement.state == AnnouncementState.SCHEDULED, Announcement.goes_at <= clock.now(), *only)
    query = select(Announcement.id).where(*due).order_by(Announcement.goes_at, Announcement.id)
    return db.session.scalars(query).all()


def _send_one(key: int) -> bool:
    announcement = _locked(key)
    network = db.session.get_one(Network, announcement.network_id)
    sender = actor_for(announcement.sender_id or 0, network)
    try:
        act = require(
            sender, Can.SEND_ANNOUNCEMENT, network, Door.WORKER
        )  # as it is on the day on which it goes
    except NotAllowed as refused:
        _hold(announcement, network, say(refused.message))
    else:
        _send(announcement, act)
    return True


def _locked(key: int) -> Announcement:
    query = select(Announcement).where(Announcement.id == key).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _send(announcement: Announcement, act: Act) -> None:
    announcement.state, announcement.sent_at = AnnouncementState.SENT, clock.now()
    announcement.authority, announcement.role = str(act.under), act.under.role
    corrects = (
        db.session.get(Announcement, announcement.corrects_id)
        if announcement.corrects_id is not None
        else None
    )
    record(
        events.AnnouncementSent(
            act=act,
            announcement=announcement,
            title=announcement.subject,
            audience=announcement.audience.value,
            digest=digest_of(announcement),
            corrects=corrects,
            seen_by=events.readers(announcement),
        )
    )


def _hold(announcement: Announcement, network: Network, why: str) -> None:
    announcement.state, announcement.held_why = AnnouncementState.HELD, why
    announcement.goes_at = None
    record(
        events.AnnouncementHeld(
            act=by_rule(network), announcement=announcement, title=announcement.subject, why=why
        )
    )


def hold_of_mandate(over: MandateOver) -> None:
    """In the transaction that records a mandate's end: orders under it that can no longer go are held."""
    query = select(Announcement.id).where(
        Announcement.state == AnnouncementState.SCHEDULED,
        Announcement.authority == f"mandate:{over.mandate.id}",
    )
    for key in db.session.scalars(query.order_by(Announcement.id)).all():
        announcement = _locked(key)
        network = db.session.get_one(Network, announcement.network_id)
        if not can(actor_for(announcement.sender_id or 0, network), Can.SEND_ANNOUNCEMENT, network):
            _hold(announcement, network, _("The mandate under which it was ordered has ended."))
