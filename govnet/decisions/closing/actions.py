"""The deadline: the rule gives an outcome, the register a number, and the decision takes effect. Once."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.decisions import queries
from govnet.decisions.answers import options
from govnet.decisions.answers.options import Choosing
from govnet.decisions.closing import effects
from govnet.decisions.models import Decision, Proposal, ProposalVersion, VersionState
from govnet.decisions.proposals.events import LastDay, ProposalDecided, ProposalStopped
from govnet.decisions.proposals.opening import digest
from govnet.decisions.rules import deadlines, methods
from govnet.decisions.rules.outcome import Outcome, Tally, outcome
from govnet.extensions import db
from govnet.kernel import clock, signals
from govnet.kernel.actor import Door, by_rule
from govnet.kernel.duties import each_row
from govnet.record.actions import record

_NEXT = text(
    "INSERT INTO decision_counter (network_id, year, last) VALUES (:network, :year, 1) "
    "ON CONFLICT (network_id, year) DO UPDATE SET last = decision_counter.last + 1 RETURNING last"
)


def close_due() -> int:
    """Close the versions that are due, each in a transaction of its own; returns how many. Harmless to run twice or at once."""
    return each_row("close proposals", ProposalVersion, queries.due, close)


def close(version_id: int) -> bool:
    """Close one version if it is open and its time has come, once even if several try at a time. Inside transaction()."""
    version = queries.version_locked(version_id)
    if version is None or version.state is not VersionState.OPEN:
        return False
    if deadlines.takes_answers(clock.now(), version.deadline):
        return False
    tally, chosen = queries.tally(version.id), options.of_version(version, queries.rule_of(version))
    result = _outcome(version, tally, chosen)
    if result is Outcome.BLOCKED and _waits(version):
        _wait(version)
    else:
        decide(version, options.kept(tally, chosen), result)
    return True


def remind_due() -> int:
    """Announce the last day of proposals that close within 24 hours, each once; returns how many."""
    due = partial(queries.to_remind, within=deadlines.LAST_CALL)
    return each_row("remind of the last day", ProposalVersion, due, _remind)


def _remind(version_id: int) -> bool:
    version = queries.version_locked(version_id)
    if version is None:
        return False
    since = version.waiting_since or version.opened_at
    version.reminded_at = clock.now()
    if not deadlines.last_call_due(clock.now(), since, version.deadline):
        return False
    record(LastDay(**_about(version), deadline=version.deadline))
    return True


def _outcome(version: ProposalVersion, tally: Tally, chosen: Choosing | None) -> Outcome:
    if chosen is not None:
        return methods.chosen(chosen.count, tally, version.roll_size, chosen.rule)
    return outcome(tally, version.roll_size, queries.rule_of(version))


def _waits(version: ProposalVersion) -> bool:
    rule = queries.rule_of(version)
    return version.waiting_since is None and rule.fallback is not None


def _wait(version: ProposalVersion) -> None:
    """Keep it open for the charter's waiting time: to take Stops back, to find another version, or to vote."""
    charter = charters.rules_of(version.charter_version)
    zone = ZoneInfo(version.proposal.network.zone)
    version.waiting_since = clock.now()
    until = deadlines.waiting_until(clock.now(), charter[p.FALLBACK_DAYS], charter, zone)
    version.deadline, version.reminded_at = until, None
    record(ProposalStopped(**_about(version), until=until))


def decide(
    version: ProposalVersion,
    tally: dict[str, Any],
    result: Outcome,
    *,
    body: str = "",
    door: Door = Door.WEB,
) -> None:
    """Close a version with a decision, and put it into force if it was adopted.

    `body` is the body that decided, if it is not the one that was asked, and `door` where it decided.
    """
    version.state, version.closed_at, version.outcome = VersionState.CLOSED, clock.now(), result
    decision = _decision(version, version.proposal, tally, result, body=body, door=door)
    db.session.add(decision)
    db.session.flush()  # what follows names the decision by its key
    decided = ProposalDecided(
        act=by_rule(version.proposal.network),
        decision=decision,
        number=decision.number,
        proposal=version.proposal,
        question=version.question,
        outcome=result.value,
        matter=decision.matter,
        method=decision.method,
        after_waiting=decision.after_waiting,
        tally=tally,
        roll_size=decision.roll_size,
        digest=decision.digest,
        charter=f"charter_version:{version.charter_version_id}",
    )
    record(decided)
    if result.adopted:
        effects.follow(version, decision)
    signals.emit(decided)


def _decision(
    version: ProposalVersion,
    proposal: Proposal,
    tally: dict[str, Any],
    result: Outcome,
    *,
    body: str,
    door: Door,
) -> Decision:
    year = clock.today(proposal.network.zone).year
    serial: int = db.session.execute(_NEXT, {"network": proposal.network_id, "year": year}).scalar_one()
    replaces = proposal.replaces
    return Decision(
        network_id=proposal.network_id,
        year=year,
        serial=serial,
        version_id=version.id,
        proposal_id=proposal.id,
        question=version.question,
        topic_id=queries.topic_of(proposal),
        matter=proposal.matter,
        body=body or proposal.body,
        method=version.method,
        outcome=result,
        tally=json.dumps(tally),
        roll_size=version.roll_size,
        after_waiting=version.waiting_since is not None,
        charter_version_id=version.charter_version_id,
        door=door,
        decided_at=clock.now(),
        review_on=proposal.review_on,
        trial_until=version.trial_until if result.adopted else None,
        supersedes_id=replaces.decision_id if replaces is not None and result.adopted else None,
        digest=digest(version.text),
    )


def _about(version: ProposalVersion) -> dict[str, Any]:
    proposal = version.proposal
    return {
        "act": by_rule(proposal),
        "proposal": proposal,
        "version": version,
        "question": version.question,
    }
