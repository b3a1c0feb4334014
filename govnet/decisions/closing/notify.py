"""Notices of a decision's dates: to the proposer and the committee; at the end of a trial, to all who could answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from govnet.charter import queries as charters
from govnet.charter.rules import Change, diff
from govnet.decisions.closing import events
from govnet.decisions.models import Decision
from govnet.decisions.proposals import roll
from govnet.decisions.register import queries
from govnet.decisions.rules.in_force import DecisionState, state_of
from govnet.decisions.rules.who_counts import always_told
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.kernel.translation import say
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.record import registry


def review_due(told: ToldEntry) -> Notice | None:
    """Its review is due: to its proposer, and the committee."""
    return _notice("decisions/review_due", told, queries.by_id(told.key))


def trial_ending(told: ToldEntry) -> Notice | None:
    """It ends soon by itself: the same people can have it confirmed."""
    return _notice("decisions/trial_ending", told, queries.by_id(told.key))


def trial_ended(told: ToldEntry) -> Notice:
    """It has ended: everybody who could answer, for they may do otherwise now."""
    decision = queries.by_id(told.key)
    rules = _rules(decision) if told.details.get("returned") else []
    asked = roll.people_asked(decision.version_id, today(told.network.zone))
    always = always_told(charters.rules_of(decision.version.charter_version), decision.matter, "result")
    audience: dict[str, Any] = {"always": asked} if always else {"people": asked, "concerned": asked}
    return Notice(
        template="decisions/trial_ended",
        news=News.VOTE,
        context=_context(told, decision) | {"rules": rules, "again": _again(told), "always_told": always},
        **audience,
        conversation=f"proposal-{decision.proposal_id}",
        subscribers=True,
    )


def _notice(template: str, told: ToldEntry, decision: Decision) -> Notice | None:
    if state_of(queries.whole(decision.id), today(told.network.zone)) is not DecisionState.IN_FORCE:
        return None
    committee = roll.committee(told.network.id, today(told.network.zone))
    return Notice(
        template=template,
        news=News.VOTE,
        context=_context(told, decision),
        always=list(dict.fromkeys([decision.version.author_id, *committee])),
        conversation=f"proposal-{decision.proposal_id}",
    )


def _context(told: ToldEntry, decision: Decision) -> dict[str, object]:
    return {"decision": decision, "version": decision.version, "day": date.fromisoformat(told.details["day"])}


def _again(told: ToldEntry) -> Decision | None:
    """The decision that is in force again, by what the record says."""
    _table, _colon, key = str(told.details.get("earlier") or "").partition(":")
    return db.session.get_one(Decision, int(key)) if key else None


def _rules(decision: Decision) -> list[str]:
    """The sentences of the charter that hold again."""
    found = queries.change_of(decision)
    if found is None:
        return []
    changes: tuple[Change, ...] = diff(*(charters.rules_of(each) for each in found))
    return [line for each in changes for line in (say(each.before), *each.listed_before)]


def bind() -> None:
    """Bind the notices to their events."""
    registry.tell(review_due, events.ReviewDue)
    registry.tell(trial_ending, events.TrialEnding)
    registry.tell(trial_ended, events.TrialEnded, events.EarlierHolds)
