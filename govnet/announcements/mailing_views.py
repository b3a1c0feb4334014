"""The buttons of an ordered announcement: a test, undo, stop, go on, cancel, send to those who were missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from govnet.announcements import actions, mailing, sample_mail
from govnet.announcements.models import Announcement
from govnet.charter.models import Network
from govnet.extensions import limiter
from govnet.kernel.actor import Door, current_actor
from govnet.permissions import Can, allows
from govnet.web.form_view import press

bp = Blueprint("announcements_sending", __name__)
blueprints = (bp,)


def _press(
    announcement: Announcement,
    do: Callable[..., Any],
    done: object,
    endpoint: str = "announcements.announcement",
) -> Response:
    """Does the work of a button on an announcement's page, and shows the page again."""
    return press(
        lambda: do(announcement, by=current_actor(), via=Door.WEB),
        url_for(endpoint, announcement_id=announcement.id),
        done=done,
    )


@bp.post("/<network:network>/announcements/<int:announcement_id>/test")
@allows(Can.WRITE_ANNOUNCEMENT, announcement=Announcement)
@limiter.limit("20/hour")
def test(network: Network, announcement: Announcement) -> Response:
    """Send it to oneself alone."""

    def done(address: str) -> str:
        return str(_("A test is on its way to %(address)s.", address=address))

    return _press(announcement, sample_mail.send_test, done, "announcements.check")


@bp.post("/<network:network>/announcements/<int:announcement_id>/undo")
@allows(Can.STEER_SENDING, announcement=Announcement)
def undo(network: Network, announcement: Announcement) -> Response:
    """Take it back before the first mail leaves."""
    done = _("Undone. Nobody got a mail, and your draft is here again.")
    return _press(announcement, actions.undo, done)


@bp.post("/<network:network>/announcements/<int:announcement_id>/stop")
@allows(Can.STEER_SENDING, announcement=Announcement)
def stop(network: Network, announcement: Announcement) -> Response:
    """Hold the mails that have not gone."""
    done = _("Stopped. Some mails may have been sent; no more are sent until you say so.")
    return _press(announcement, mailing.stop, done)


@bp.post("/<network:network>/announcements/<int:announcement_id>/resume")
@allows(Can.STEER_SENDING, announcement=Announcement)
def resume(network: Network, announcement: Announcement) -> Response:
    """Let the mails go on."""
    return _press(announcement, mailing.resume, _("Sending goes on."))


@bp.post("/<network:network>/announcements/<int:announcement_id>/call-off")
@allows(Can.STEER_SENDING, announcement=Announcement)
def call_off(network: Network, announcement: Announcement) -> Response:
    """The mails that have not gone are not sent at all."""

    def done(number: int) -> str:
        return str(ngettext("%(num)s mail was called off.", "%(num)s mails were called off.", number))

    return _press(announcement, mailing.call_off, done)


@bp.post("/<network:network>/announcements/<int:announcement_id>/missed")
@allows(Can.STEER_SENDING, announcement=Announcement)
def missed(network: Network, announcement: Announcement) -> Response:
    """Once more where it was missed."""

    def done(number: int) -> str:
        return str(
            ngettext("It is sent again to %(num)s address.", "It is sent again to %(num)s addresses.", number)
        )

    return _press(announcement, mailing.send_to_missed, done)
