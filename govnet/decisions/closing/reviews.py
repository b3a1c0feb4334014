"""Effects of dates on decisions: the day on which one is looked at again, and the end of a trial, which comes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select

from govnet.charter.models import Network
from govnet.decisions import queries as decisions_queries
from govnet.decisions.closing import trials
from govnet.decisions.closing.events import ReviewDue, TrialEnded, TrialEnding
from govnet.decisions.models import Decision
from govnet.decisions.register import queries as register_queries
from govnet.decisions.register import succession
from govnet.decisions.register.models import ReviewReminder
from govnet.decisions.register.search import in_state
from govnet.decisions.rules.in_force import DecisionState, state_of
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import by_rule
from govnet.kernel.duties import each_row, perhaps
from govnet.record.actions import record

NOTICE = timedelta(days=28)
"""How long before a trial ends people are reminded: time to talk, to ask and to answer."""


@dataclass(frozen=True)
class Due:
    """Something that a date does to a decision; `day` is under which it is remembered that it was done."""

    what: type[ReviewDue] | type[TrialEnding] | type[TrialEnded]
    on: date
    day: date


def due(decision: Decision, today: date) -> list[Due]:
    """The duties of this day, or an earlier one: each once, and of two on one day the trial's."""
    found = []
    state = state_of(decision, today)
    review, trial = decision.review_on, decision.trial_until
    if review and review <= today and state is DecisionState.IN_FORCE:
        found.append(Due(ReviewDue, review, review))
    if trial and state is DecisionState.IN_FORCE and trial - NOTICE <= today:
        found.append(Due(TrialEnding, trial, trial - NOTICE))
    if trial and state is DecisionState.ENDED:
        found.append(Due(TrialEnded, trial, trial))
    return list({each.day: each for each in found}.values())


def remind_due() -> int:
    """Do what dates ask for, each decision in a transaction of its own; returns how many things were done."""
    return each_row("keep the dates of decisions", Decision, _candidates, _remind)


def _candidates(*only: ColumnElement[bool]) -> list[int]:
    """Decisions of which something is due and was not done, in three statements that read only those with a date.

    The newest first: of two trials that end on one day, what the later one changed in the rules is undone first.
    """
    day = clock.now().date() + timedelta(days=1)
    dated = or_(Decision.review_on <= day, Decision.trial_until <= day + NOTICE)
    wanted = select(Decision.id).where(
        dated, not_(in_state(DecisionState.REPLACED, day)), not_(_ended_and_told()), *only
    )
    found = succession.read(wanted)
    told = _told([each.id for each in found])
    zones = select(Network.id, Network.zone).where(Network.id.in_({each.network_id for each in found}))
    zone_of = dict(db.session.execute(zones).all())

    def waits(decision: Any) -> bool:
        day = clock.today(zone_of[decision.network_id])
        return any((decision.id, date.day) not in told for date in due(decision, day))

    return [decision.id for decision in reversed(found) if perhaps(partial(waits, decision))]


def _ended_and_told() -> Any:
    told = exists().where(
        ReviewReminder.decision_id == Decision.id, ReviewReminder.day == Decision.trial_until
    )
    return and_(Decision.trial_until.is_not(None), told)


def _told(decision_ids: Sequence[int]) -> set[tuple[int, date]]:
    query = select(ReviewReminder.decision_id, ReviewReminder.day).where(
        ReviewReminder.decision_id.in_(decision_ids)
    )
    return {(row.decision_id, row.day) for row in db.session.execute(query)} if decision_ids else set()


def _remind(decision_id: int) -> int:
    decision = register_queries.whole(decision_id)
    network = decisions_queries.network_of(decision)
    done = 0
    for day_due in due(decision, clock.today(network.zone)):
        if db.session.get(ReviewReminder, (decision_id, day_due.day)) is None:
            db.session.add(ReviewReminder(decision_id=decision_id, day=day_due.day, at=clock.now()))
            _tell(decision, network, day_due)
            done += 1
    return done


def _tell(decision: Decision, network: Network, each: Due) -> None:
    if each.what is TrialEnded:
        trials.end(decision, network, each.on)
    else:
        about: dict[str, Any] = {
            "decision": decision,
            "number": decision.number,
            "question": decision.question,
        }
        record(each.what(act=by_rule(network), **about, day=each.on))
