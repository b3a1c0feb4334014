"""Whether a decision still holds: computed from its own row and from what came later, never kept. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govnet.decisions.book import Decision


class State(StrEnum):
    """What has become of a decision."""

    IN_FORCE = "in-force"
    REPLACED = "replaced"
    ENDED = "ended"
    """It was on trial, and nobody confirmed it in time."""
    NOT_ADOPTED = "not-adopted"


def state_of(decision: Decision, today: date) -> State:
    """The decision's state on a day where the network is; needs `superseded_by`."""
    if not decision.outcome.adopted:
        return State.NOT_ADOPTED
    if replaced_by(decision) is not None:
        return State.REPLACED
    if decision.trial_until is not None and decision.trial_until <= today:
        return State.ENDED
    return State.IN_FORCE


def on_trial(decision: Decision, today: date) -> bool:
    """Whether it holds, but only until a day."""
    return decision.trial_until is not None and state_of(decision, today) is State.IN_FORCE


def review_due(decision: Decision, today: date) -> bool:
    """Whether the day has come on which it was to be looked at again, and it still holds."""
    due = decision.review_on is not None and decision.review_on <= today
    return due and state_of(decision, today) is State.IN_FORCE


def replaced_by(decision: Decision) -> Decision | None:
    """The latest decision that took its place."""
    return next((each for each in reversed(decision.superseded_by) if each.outcome.adopted), None)
