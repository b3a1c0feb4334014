"""A test mail: the announcement as members will get it, only to the person who asks for it."""

from __future__ import annotations

from flask_babel import gettext as _

from govnet.announcements.audience import TEMPLATE, context_of
from govnet.announcements.models import Announcement
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.mail.headers import Address
from govnet.mail.outgoing import outbox
from govnet.people.addresses import readers
from govnet.permissions import Can, check_right


def send_test(announcement: Announcement, *, by: Actor, via: Door) -> str:
    """Queue a test to the actor's own address, which is returned. Not in the record: nobody else gets it."""
    check_right(by, Can.WRITE_ANNOUNCEMENT, announcement)
    me = next(iter(readers([by.person_id or 0])), None)
    if me is None:
        raise RuleBroken(_("You have no confirmed address to which we could send a test."))
    network = db.session.get_one(Network, announcement.network_id)
    outbox.post(
        TEMPLATE,
        to=Address(me.address, me.name),
        context=context_of(announcement, by.name, test=True),
        network=network,
        language=me.language,
        person_id=by.person_id,
    )
    return me.address
