"""Whether a decision is in force: computed from its own row and from later ones, never stored. Pure.

Its successor may itself be on trial, and end; the successor of that one keeps it out of force all the same. A trial
takes the place of no other trial; records from before that rule have such chains, of any length.
`succession.read` loads the rows that these functions look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govnet.decisions.models import Decision


class DecisionState(StrEnum):
    """The state of a decision."""

    IN_FORCE = "in-force"
    REPLACED = "replaced"
    """Another has its place: for good, or as long as that one is on trial."""
    ENDED = "ended"
    """It was on trial, and nobody confirmed it in time."""
    NOT_ADOPTED = "not-adopted"


FOR_GOOD = date.max


def state_of(decision: Decision, today: date) -> DecisionState:
    """The decision's state on a day where the network is."""
    if not decision.outcome.adopted:
        return DecisionState.NOT_ADOPTED
    if replaced_until(decision) > today:
        return DecisionState.REPLACED
    if _until(decision) <= today:
        return DecisionState.ENDED
    return DecisionState.IN_FORCE


def on_trial(decision: Decision, today: date) -> bool:
    """Whether it holds, but only until a day."""
    return decision.trial_until is not None and state_of(decision, today) is DecisionState.IN_FORCE


def review_due(decision: Decision, today: date) -> bool:
    """Whether the day has come on which it was to be looked at again, and it still holds."""
    due = decision.review_on is not None and decision.review_on <= today
    return due and state_of(decision, today) is DecisionState.IN_FORCE


def replaced_until(decision: Decision) -> date:
    """The day from which nothing has its place any longer: FOR_GOOD, or one long ago where nothing ever had."""
    return max(map(held_until, _next(decision)), default=date.min)


def held_until(decision: Decision) -> date:
    """The day from which it no longer keeps away what it replaced: as its trial ends, and that of what replaced it."""
    return FOR_GOOD if decision.trial_until is None else max(decision.trial_until, replaced_until(decision))


def replaced_by(decision: Decision, today: date) -> Decision | None:
    """The latest decision that has its place on that day."""
    return next((each for each in reversed(_next(decision)) if held_until(each) > today), None)


def holds_again(decision: Decision, today: date) -> Decision | None:
    """The earlier decision that is in force because this one's trial has ended."""
    earlier = decision.supersedes if state_of(decision, today) is DecisionState.ENDED else None
    return earlier if earlier and state_of(earlier, today) is DecisionState.IN_FORCE else None


@dataclass(frozen=True)
class Spell:
    """A time in which others had a decision's place without a break."""

    by: Sequence[Decision]
    """Those that took it, the first one first."""
    last: Decision
    """The one that lasted longest."""

    @property
    def until(self) -> date:
        """When the place was free again."""
        return _until(self.last)


def spells(decision: Decision, zone: tzinfo) -> list[Spell]:
    """When others had its place, the first time first; FOR_GOOD the last time, or till a trial ended."""
    found: list[Spell] = []
    for each in sorted(_ever_after(decision), key=lambda later: (later.decided_at, later.id)):
        if not found or found[-1].until <= each.decided_at.astimezone(zone).date():
            found.append(Spell([each], each))
            continue
        before = found[-1]
        taken = [*before.by, each] if each.supersedes_id == decision.id else before.by
        found[-1] = Spell(taken, each if _until(each) > before.until else before.last)
    return found


def returns(decision: Decision, today: date, zone: tzinfo) -> list[Spell]:
    """The times after which it was in force again, up to that day."""
    return [each for each in spells(decision, zone) if each.until <= today and each.until < _until(decision)]


def _until(decision: Decision) -> date:
    return decision.trial_until or FOR_GOOD


def _next(decision: Decision) -> list[Decision]:
    return [each for each in decision.superseded_by if each.outcome.adopted]


def _ever_after(decision: Decision) -> list[Decision]:
    """The chain of its successors; after one that holds for good, later ones do not count."""
    found = list(_next(decision))
    for each in found:
        found += _next(each) if each.trial_until is not None else ()
    return found
