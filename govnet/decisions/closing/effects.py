"""Puts an adopted decision's changes of the rules into force: at once, or from the day that it names. Once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from govnet.charter import actions as charter_actions
from govnet.charter import queries as charters
from govnet.charter.models import CharterVersion, Network
from govnet.charter.rules import carried_over, problems
from govnet.decisions import queries
from govnet.decisions.models import Decision, ProposalVersion
from govnet.decisions.proposals import offices
from govnet.decisions.proposals.events import EffectNotApplied, OfficeNotChanged
from govnet.decisions.proposals.offices import Deciding
from govnet.decisions.register import queries as register_queries
from govnet.decisions.register.models import PendingEffect
from govnet.decisions.rules import in_force
from govnet.decisions.rules.in_force import DecisionState
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import PROGRAM, Door, by_rule
from govnet.kernel.duties import each_row, perhaps
from govnet.kernel.errors import RuleBroken
from govnet.kernel.models import reference
from govnet.kernel.translation import say
from govnet.record.actions import record


def follow(version: ProposalVersion, decision: Decision) -> None:
    """Put a decision into force, or keep it for its day."""
    _offices(version, decision)
    changes: Mapping[str, Any] = queries.changes_of(version)
    asked_in = decision
    if not changes:
        changes = register_queries.confirmed_changes(version)
        replaces = version.proposal.replaces
        if not changes or replaces is None:
            return
        asked_in = db.session.get_one(Decision, replaces.decision_id)
    network = version.proposal.network
    if version.in_force_on is not None and version.in_force_on > clock.today(network.zone):
        db.session.add(PendingEffect(decision_id=decision.id, on=version.in_force_on))
        return
    _put_into_force(changes, asked_in, decision, network)


def _offices(version: ProposalVersion, decision: Decision) -> None:
    """Give and end the offices that it names, endings first; one that can't be leaves the decision as it is."""
    rows = offices.named_in(version.id)
    if not rows:
        return
    network, charter = version.proposal.network, charters.rules_of(version.charter_version)
    how = Deciding(network, decision.matter, decision.body, charter, clock.today(network.zone))
    for row in sorted(rows, key=lambda each: (not offices.ends(each), each.number)):
        try:
            offices.apply(row, decision, how)
        except RuleBroken as broken:
            about: dict[str, Any] = {"decision": decision, "number": decision.number}
            what, reason = row.what.value, say(broken.message)
            record(OfficeNotChanged(act=by_rule(network), **about, change=row, what=what, reason=reason))


def apply_due() -> int:
    """Put decisions into force that waited for their day; returns how many. Harmless to run twice or at once."""
    return each_row("put decided rules into force", Decision, _waiting, _apply)


def _waiting(*only: ColumnElement[bool]) -> list[int]:
    rows = db.session.execute(_WAITING.where(*only)).all()
    return [row.decision_id for row in rows if perhaps(partial(_is_due, row.on, row.zone))]


def _is_due(on: date, zone: str) -> bool:
    return on <= clock.today(zone)


_WAITING = (
    select(PendingEffect.decision_id, PendingEffect.on, Network.zone)
    .join(Decision, Decision.id == PendingEffect.decision_id)
    .join(Network, Network.id == Decision.network_id)
    .order_by(PendingEffect.on, PendingEffect.decision_id)
)


def _apply(decision_id: int) -> bool:
    decision = register_queries.whole(decision_id)
    network = queries.network_of(decision)
    state = in_force.state_of(decision, clock.today(network.zone))
    if state is DecisionState.REPLACED and in_force.replaced_until(decision) != in_force.FOR_GOOD:
        return False  # by one on trial: it waits for what comes of that
    db.session.execute(delete(PendingEffect).where(PendingEffect.decision_id == decision_id))
    if state is not DecisionState.IN_FORCE:
        return False  # it was taken back or replaced before its day
    _put_into_force(queries.changes_of(decision.version), decision, decision, network)
    return True


def _put_into_force(
    changes: Mapping[str, Any], asked_in: Decision, decision: Decision, network: Network
) -> None:
    """New rules hold from now. If they no longer fit, the decision stands all the same and the record says why.

    `asked_in` is the decision with their text: a trial's, if this one confirms it.
    """
    now = charters.rules_of(charters.latest_version(network.id))
    opened_under = db.session.get_one(CharterVersion, asked_in.charter_version_id)
    changes = carried_over(charters.rules_of(opened_under), changes, now)
    wrong = problems(now, changes)
    if wrong:
        reason = " ".join(map(say, wrong.values()))
        about: dict[str, Any] = {"decision": decision, "number": decision.number}
        record(EffectNotApplied(act=by_rule(network), **about, reason=reason))
        return
    charter_actions.adopt(network, changes, adopted_by=reference(decision), by=PROGRAM, via=Door.WORKER)
