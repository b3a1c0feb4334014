"""The buttons of an announcement that was ordered: a test, undo, stop, go on, call off, send to who was missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.announcements import actions, sending, test_mail
from govnet.announcements.models import Announcement
from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.kernel.actor import Door, current_actor
from govnet.kernel.transaction import transaction
from govnet.permissions import Can, allows
from govnet.web.pages import see

bp = Blueprint("announcements_sending", __name__)
blueprints = (bp,)


def _do(announcement: Announcement, what: Callable[..., Any]) -> Any:
    with transaction():
        return what(announcement, by=current_actor(), via=Door.WEB)


def _back(key: int, words: str, endpoint: str = "announcements.announcement") -> Response:
    flash(words, "success")
    return see(endpoint, announcement_id=key)


@bp.post("/<network:network>/announcements/<int:announcement_id>/test")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
@limiter.limit("20/hour")
def test(network: Network, announcement: Announcement) -> Response:
    """Send it to oneself alone."""
    key = announcement.id
    address = _do(announcement, test_mail.send_test)
    return _back(key, _("A test is on its way to %(address)s.", address=address), "announcements.check")


@bp.post("/<network:network>/announcements/<int:announcement_id>/undo")
@allows(Can.SEND_ANNOUNCEMENT, announcement=Announcement)
def undo(network: Network, announcement: Announcement) -> Response:
    """Take it back before the first mail leaves."""
    key = announcement.id
    _do(announcement, actions.undo)
    return _back(key, _("Undone. Nobody got a mail, and your draft is here again."))


@bp.post("/<network:network>/announcements/<int:announcement_id>/stop")
@allows(Can.SEND_ANNOUNCEMENT, announcement=Announcement)
def stop(network: Network, announcement: Announcement) -> Response:
    """Hold the mails that have not gone."""
    key = announcement.id
    _do(announcement, sending.stop)
    return _back(key, _("Stopped. Some mails may have been sent; no more are sent until you say so."))


@bp.post("/<network:network>/announcements/<int:announcement_id>/resume")
@allows(Can.SEND_ANNOUNCEMENT, announcement=Announcement)
def resume(network: Network, announcement: Announcement) -> Response:
    """Let the mails go on."""
    key = announcement.id
    _do(announcement, sending.resume)
    return _back(key, _("Sending goes on."))


@bp.post("/<network:network>/announcements/<int:announcement_id>/call-off")
@allows(Can.SEND_ANNOUNCEMENT, announcement=Announcement)
def call_off(network: Network, announcement: Announcement) -> Response:
    """The mails that have not gone are not sent at all."""
    key = announcement.id
    number = _do(announcement, sending.call_off)
    return _back(key, ngettext("%(num)s mail was called off.", "%(num)s mails were called off.", number))


@bp.post("/<network:network>/announcements/<int:announcement_id>/missed")
@allows(Can.SEND_ANNOUNCEMENT, announcement=Announcement)
def missed(network: Network, announcement: Announcement) -> Response:
    """Once more where it was missed."""
    key = announcement.id
    number = _do(announcement, sending.send_to_missed)
    words = ngettext("It is sent again to %(num)s address.", "It is sent again to %(num)s addresses.", number)
    return _back(key, words)
