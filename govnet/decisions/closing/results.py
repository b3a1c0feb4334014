"""The results of a decision, as they were counted."""

from __future__ import annotations

import json

from govnet.decisions import labels
from govnet.decisions.answers import options
from govnet.decisions.models import Decision
from govnet.decisions.proposals.events import EffectNotApplied, OfficeNotChanged
from govnet.decisions.rules.outcome import Outcome, Tally
from govnet.record.queries import details, entries_about


def tally_of(decision: Decision) -> Tally:
    """The tally as it was when it closed."""
    return options.tally_from(json.loads(decision.tally))


def outcome_in_words(decision: Decision) -> str:
    """The result for a list: "Stopped by 1 member"."""
    if decision.outcome is Outcome.NO_QUORUM:
        return labels.short(decision.outcome, decision.door)
    return labels.headline(decision.outcome, tally_of(decision), door=decision.door)


_NOT_APPLIED = (EffectNotApplied.verb, OfficeNotChanged.verb)


def not_applied(decision: Decision) -> list[str]:
    """Why something in it could not be put into force, from the record."""
    if not decision.outcome.adopted:
        return []
    found = entries_about(decision.network_id, f"decision:{decision.id}")
    return [details(each)["reason"] for each in found if each.verb in _NOT_APPLIED]
