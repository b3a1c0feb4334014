"""Labels for letters on pages and in mail."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from govnet.letters.models import Letter, Signature
from govnet.letters.rules import LetterState, SignatureCount
from govnet.web.pages import day, deadline, last_day, moment

STATES: dict[LetterState, tuple[Any, str]] = {
    LetterState.OPEN: (_l("Open for signing"), "open"),
    LetterState.GATHERED: (_l("To be sent"), "accent"),
    LetterState.SENT: (_l("Waits for a reply"), "warn"),
    LetterState.ANSWERED: (_l("Answered"), "good"),
    LetterState.WITHDRAWN: (_l("Taken back"), "plain"),
}
"""The label of each state, and its colour."""


def state(letter: Letter) -> str:
    """Where it stands; a letter for which no reply is expected by a day was simply sent."""
    if letter.state is LetterState.SENT and letter.reminded_at is not None:
        return str(_("The reply is overdue"))
    if letter.state is LetterState.SENT and letter.reply_due is None:
        return str(_("Sent"))
    return str(STATES[letter.state][0])


def kind(letter: Letter) -> str:
    """The colour of its state."""
    return STATES[letter.state][1]


def signed_by(count: SignatureCount) -> str:
    """ "signed by 43 members and 5 organisations": never "by the network"."""
    members = ngettext("%(num)s member", "%(num)s members", count.members)
    organisations = ngettext("%(num)s organisation", "%(num)s organisations", count.organisations)
    if not count.all:
        return str(_("not signed yet"))
    if not count.organisations:
        return str(_("signed by %(who)s", who=members))
    if not count.members:
        return str(_("signed by %(who)s", who=organisations))
    return str(_("signed by %(members)s and %(organisations)s", members=members, organisations=organisations))


def name(signature: Signature) -> str:
    """The name under a letter; people who removed theirs are somebody who left."""
    return signature.name or str(_("somebody who left"))


def day_of(signature: Signature, zone: str) -> Any:
    """The day on which it was signed, where the network is."""
    return day(signature.at.astimezone(ZoneInfo(zone)).date())


def timeline(letter: Letter, zone: str) -> list[tuple[Any, str, str, bool]]:
    """The past and coming steps: when, label, no address, whether it is done."""
    steps = [(moment(letter.opened_at, zone), _("Opened for signing"), "", True)]
    if letter.closed_at is None:
        steps.append((deadline(letter.deadline, zone), _("Closes for signing; then it is sent"), "", False))
    elif letter.state is LetterState.WITHDRAWN:
        steps.append(
            (moment(letter.closed_at, zone), _("Closed for signing; taken back and not sent"), "", True)
        )
    else:
        steps.append((moment(letter.closed_at, zone), _("Closed for signing"), "", True))
    if letter.sent_on is not None:
        steps.append((day(letter.sent_on), _("Sent to %(who)s", who=letter.addressed_to), "", True))
    if letter.replied_on is not None:
        steps.append((day(letter.replied_on), _("A reply came"), "", True))
    elif letter.reply_due is not None:
        steps.append((last_day(letter.reply_due), _("A reply is due"), "", False))
    return steps
