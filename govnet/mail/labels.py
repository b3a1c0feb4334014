"""Labels for states of mail; never "delivered", which nobody can know."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from govnet.mail.models import Delivery, Suppression
from govnet.mail.rules import DeliveryState, Why
from govnet.web.pages import weekday_date


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def because(why: Why) -> str:
    """Why something could not be sent, as the second half of a sentence; empty where nobody said."""
    return {
        Why.ADDRESS_GONE: _("the address doesn’t exist"),
        Why.MAILBOX_FULL: _("the mailbox is full"),
        Why.REFUSED_US: _("their provider refused mail from this server"),
        Why.REFUSED_CONTENT: _("their provider refused this mail"),
        Why.NO_ANSWER: _("their provider did not answer"),
        Why.BUSY: _("their provider was busy"),
        Why.SIGN_IN: _("our own mail provider refused our sign-in"),
    }.get(why, "")


def state(row: Delivery, *, at: str = "") -> str:
    """Where a delivery stands; `at` is the time of the next try, ready to show."""
    if row.state is DeliveryState.DEFERRED:
        return _("Trying again at %(time)s", time=at)
    if row.state is DeliveryState.FAILED:
        cause = because(row.why)
        return _("Could not be sent: %(cause)s", cause=cause) if cause else _("Could not be sent")
    return {
        DeliveryState.QUEUED: _("Waiting"),
        DeliveryState.IN_HAND: _("Being sent"),
        DeliveryState.ACCEPTED: _("Handed to their mail provider"),
        DeliveryState.SUPPRESSED: _("Not sent: mail to this address came back too often"),
        DeliveryState.CANCELLED: _("Stopped before it was sent"),
        DeliveryState.EXPIRED: _("Could not be sent in five days"),
        DeliveryState.HELD: _("Paused"),
    }[row.state]


def stopped(row: Suppression) -> str:
    """Since when and why we do not write to an address."""
    day = weekday_date(row.since.date())
    times: str = ngettext(
        "We stopped writing to you on %(day)s: mail came back once.",
        "We stopped writing to you on %(day)s: mail came back %(num)s times.",
        row.returned,
        day=day,
    )
    cause = because(row.why)
    return times if not cause else times + " " + _("Your provider’s answer: %(cause)s.", cause=cause)
