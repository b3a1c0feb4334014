"""The past and coming dates of a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.decisions.labels import Event
from govnet.decisions.rules.outcome import Outcome
from govnet.web.pages import deadline, moment

if TYPE_CHECKING:
    from govnet.decisions.models import ProposalVersion
    from govnet.decisions.pages.proposal import ProposalPage


def timeline(it: ProposalPage, zone: str) -> list[Event]:
    """The past and coming dates of a proposal."""
    version = it.version
    found = _opened([each.version for each in reversed(it.earlier)] + [version], zone)
    if version.waiting_since:
        found.append((moment(version.waiting_since, zone), _("Stopped; the waiting time began"), "", True))
    if not version.is_open and version.closed_at:
        return [*found, (moment(version.closed_at, zone), it.now.headline, "", True)]
    closes = deadline(version.deadline, zone)
    if it.offsite:
        return [*found, (closes, _("It stands, unless somebody has objected"), "", False)]
    found.append((closes, _("Answers close, and the rule gives the outcome"), "", False))
    if it.now.rule.fallback is not None and it.now.outcome is Outcome.BLOCKED:
        days = it.now.rule.fallback_days
        then = ngettext(
            "If it is stopped then, %(num)s day to find another text; after that, a vote",
            "If it is stopped then, %(num)s days to find another text; after that, a vote",
            days,
        )
        found.append((_("After that"), then, "", False))
    return found


def _opened(versions: Sequence[ProposalVersion], zone: str) -> list[Event]:
    found: list[Event] = []
    for version in versions:
        words = _("Asked again in other words") if version.number > 1 else _("Everybody concerned was asked")
        if version.offsite:
            words = _("Written down, and open for objections")
        found.append((moment(version.opened_at, zone), words, "", True))
    return found
