"""Whether a decision holds on a day, from its own row and from those that came later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from govnet.decisions.rules import in_force
from govnet.decisions.rules.in_force import FOR_GOOD, DecisionState
from govnet.decisions.rules.outcome import Outcome

LONDON = ZoneInfo("Europe/London")
MAY, JUNE, JULY = date(2015, 5, 1), date(2015, 6, 1), date(2015, 7, 1)


@dataclass(eq=False)
class Row:
    """The columns of a decision that the rules look at."""

    id: int
    decided_at: datetime
    supersedes: Any = None
    outcome: Outcome = Outcome.CONSENSUS
    trial_until: date | None = None
    review_on: date | None = None
    superseded_by: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.supersedes is not None:
            self.supersedes.superseded_by.append(self)

    @property
    def supersedes_id(self) -> int | None:
        return self.supersedes.id if self.supersedes else None


def decided(key: int, **values: Any) -> Any:
    """A decision of the day of April 2015 that its number says."""
    return Row(key, datetime(2015, 4, key, 17, 0, tzinfo=UTC), **values)


def test_a_decision_holds_unless_it_was_not_agreed() -> None:
    assert in_force.state_of(decided(1), MAY) is DecisionState.IN_FORCE
    assert in_force.state_of(decided(1, outcome=Outcome.NOT_AGREED), MAY) is DecisionState.NOT_ADOPTED


@pytest.mark.parametrize(
    ("today", "state", "trial"),
    [
        (date(2015, 5, 31), DecisionState.IN_FORCE, True),
        (JUNE, DecisionState.ENDED, False),
    ],
)
def test_a_trial_ends_on_its_day(today: date, state: DecisionState, trial: bool) -> None:
    one = decided(1, trial_until=JUNE)
    assert in_force.state_of(one, today) is state
    assert in_force.on_trial(one, today) is trial


def test_a_decision_without_an_end_is_not_on_trial() -> None:
    assert not in_force.on_trial(decided(1), MAY)


def test_a_decision_is_replaced_for_good_or_while_the_trial_of_another_lasts() -> None:
    one = decided(1)
    refused = decided(2, supersedes=one, outcome=Outcome.NOT_AGREED)
    assert in_force.holds_again(refused, MAY) is None
    assert in_force.state_of(one, MAY) is DecisionState.IN_FORCE
    assert in_force.replaced_by(one, MAY) is None
    trial = decided(3, supersedes=one, trial_until=JUNE)
    assert in_force.state_of(one, MAY) is DecisionState.REPLACED
    assert in_force.replaced_by(one, MAY) is trial
    assert in_force.state_of(one, JUNE) is DecisionState.IN_FORCE
    assert in_force.replaced_by(one, JUNE) is None
    assert in_force.holds_again(trial, MAY) is None
    assert in_force.holds_again(trial, JUNE) is one
    last = decided(4, supersedes=one)
    assert in_force.replaced_until(one) == FOR_GOOD
    assert in_force.replaced_by(one, JUNE) is last
    assert in_force.holds_again(trial, JUNE) is None


def test_a_replacement_of_a_trial_keeps_the_first_away_as_long_as_it_lasts() -> None:
    one = decided(1)
    trial = decided(2, supersedes=one, trial_until=MAY)
    decided(3, supersedes=trial, trial_until=JULY)
    assert in_force.held_until(trial) == JULY
    assert in_force.state_of(one, JUNE) is DecisionState.REPLACED
    assert in_force.state_of(one, JULY) is DecisionState.IN_FORCE
    longer = decided(4, trial_until=JULY)
    decided(5, supersedes=longer, trial_until=MAY)
    assert in_force.held_until(longer) == JULY


@pytest.mark.parametrize(
    ("review_on", "due"), [(None, False), (date(2015, 5, 2), False), (MAY, True), (date(2015, 4, 2), True)]
)
def test_a_review_is_due_from_its_day_on_while_the_decision_holds(review_on: date | None, due: bool) -> None:
    assert in_force.review_due(decided(1, review_on=review_on), MAY) is due
    assert not in_force.review_due(decided(1, review_on=review_on, trial_until=MAY), MAY)


def spans(decision: Any) -> list[tuple[list[int], date]]:
    found = in_force.spells(decision, LONDON)
    return [([each.id for each in spell.by], spell.until) for spell in found]


def test_trials_that_follow_each_other_without_a_gap_are_one_time_away() -> None:
    one = decided(1)
    decided(2, supersedes=one, trial_until=date(2015, 4, 10))
    decided(9, supersedes=one, trial_until=date(2015, 4, 12))
    decided(12, supersedes=one, trial_until=JUNE)
    assert spans(one) == [([2, 9], date(2015, 4, 12)), ([12], JUNE)]
    assert in_force.returns(one, date(2015, 4, 11), LONDON) == []
    assert [each.until for each in in_force.returns(one, date(2015, 4, 12), LONDON)] == [date(2015, 4, 12)]
    assert [each.until for each in in_force.returns(one, JUNE, LONDON)] == [date(2015, 4, 12), JUNE]


def test_the_one_that_lasts_longest_ends_the_time_away() -> None:
    one = decided(1)
    decided(2, supersedes=one, trial_until=JULY)
    decided(3, supersedes=one, trial_until=JUNE)
    assert spans(one) == [([2, 3], JULY)]


def test_a_replacement_of_a_trial_lengthens_the_time_away_without_taking_the_place() -> None:
    one = decided(1)
    trial = decided(2, supersedes=one, trial_until=JUNE)
    decided(3, supersedes=trial, trial_until=JULY)
    assert spans(one) == [([2], JULY)]


def test_after_a_decision_for_good_nothing_comes_back() -> None:
    one = decided(1)
    good = decided(2, supersedes=one)
    decided(3, supersedes=good, trial_until=JUNE)
    assert spans(one) == [([2], FOR_GOOD)]
    assert in_force.returns(one, FOR_GOOD, LONDON) == []


def test_a_trial_that_ended_while_it_was_replaced_does_not_come_back() -> None:
    one = decided(1, trial_until=MAY)
    decided(2, supersedes=one, trial_until=MAY)
    assert in_force.returns(one, JULY, LONDON) == []


def test_the_day_of_a_decision_is_the_one_where_the_network_is() -> None:
    one = decided(1)
    decided(2, supersedes=one, trial_until=date(2015, 4, 10))
    decided(9, supersedes=one, trial_until=JUNE)
    assert len(in_force.spells(one, LONDON)) == 1
    assert len(in_force.spells(one, ZoneInfo("Pacific/Auckland"))) == 2
    assert len(in_force.returns(one, JUNE, LONDON)) == 1
    assert len(in_force.returns(one, JUNE, ZoneInfo("Pacific/Auckland"))) == 2
