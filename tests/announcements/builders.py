"""Networks with something to say to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govnet.announcements import actions, dispatch
from govnet.announcements.actions import AnnouncementInput
from govnet.announcements.models import Announcement, Audience
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.transaction import transaction
from govnet.mail.outgoing import distribution
from govnet.mail.preferences.actions import take_over
from tests import builders


def subscriber(network: Any, address: str) -> None:
    """An address that takes just the mail."""
    with transaction():
        take_over(network, address)


def a_draft(network: Any, by: Any, **values: Any) -> Announcement:
    """A draft by that officer."""
    given = {"subject": "Spring news", "source": "We **met**.", "audience": Audience.EVERYBODY, **values}
    with transaction():
        return actions.write(network, AnnouncementInput(**given), by=builders.acting(by, network))


def fresh(announcement: Announcement) -> Announcement:
    """The row as it is now."""
    return db.session.get_one(Announcement, announcement.id, populate_existing=True)


def ordered(
    network: Any, by: Any, announcement: Announcement | None = None, wanted: Any = None
) -> Announcement:
    """An announcement that waits for its time."""
    row = fresh(announcement or a_draft(network, by))
    with transaction():
        actor = builders.acting(by, network)
        return actions.order(row, wanted, seen=row.version, by=actor, via=Door.WEB)


def sent(network: Any, by: Any, time: Any, announcement: Announcement | None = None) -> Announcement:
    """One whose time has come and whose mails are made; none has left."""
    row = ordered(network, by, announcement)
    time.move(timedelta(minutes=10))
    assert dispatch.send_due() == 1
    while distribution.run():
        pass
    return fresh(row)
