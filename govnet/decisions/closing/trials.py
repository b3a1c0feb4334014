"""The end of a trial: what its decision changed in the rules is taken back, and what it replaced holds again."""

from __future__ import annotations

from datetime import date
from typing import Any

from govnet.charter import actions as charter_actions
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import problems
from govnet.decisions.closing.events import EarlierHolds, TrialEnded
from govnet.decisions.models import Decision
from govnet.decisions.proposals.events import EffectNotApplied
from govnet.decisions.register import queries as register_queries
from govnet.decisions.rules.in_force import holds_again
from govnet.kernel import clock
from govnet.kernel.actor import PROGRAM, Door, by_rule
from govnet.kernel.models import reference
from govnet.kernel.translation import say
from govnet.record.actions import record


def end(decision: Decision, network: Network, day: date) -> None:
    """Take back what the decision changed, and say so, with the earlier decision that holds again from that day."""
    about: dict[str, Any] = {"decision": decision, "number": decision.number, "question": decision.question}
    about |= {"day": day, "returned": _return(decision, network)}
    earlier = holds_again(decision, clock.today(network.zone))
    if earlier is None:
        record(TrialEnded(act=by_rule(network), **about))
    else:
        record(EarlierHolds(act=by_rule(network), **about, earlier=earlier, again=earlier.number))


def _return(decision: Decision, network: Network) -> list[str]:
    """The rules that it changed are as they were before, where no later decision has changed them."""
    changes = register_queries.former(decision)
    if not changes:
        return []
    wrong = problems(charters.rules_of(charters.latest_version(network.id)), changes)
    if wrong:
        reason = " ".join(map(say, wrong.values()))
        about: dict[str, Any] = {"decision": decision, "number": decision.number}
        record(EffectNotApplied(act=by_rule(network), **about, reason=reason))
        return []
    charter_actions.adopt(network, changes, adopted_by=reference(decision), by=PROGRAM, via=Door.WORKER)
    return sorted(changes)
