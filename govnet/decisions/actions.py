"""Proposing, changing the words, taking back, and writing down what was decided elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import insert

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter, canonical, problems
from govnet.decisions import queries, register, roll, timing
from govnet.decisions.events import (
    NoteAdded,
    Objected,
    ProposalOpened,
    ProposalReworded,
    ProposalWithdrawn,
    TakenElsewhere,
)
from govnet.decisions.models import (
    ELSEWHERE,
    Decision,
    DecisionNote,
    NoteKind,
    Proposal,
    ProposalVersion,
    Replaces,
    RollEntry,
    VersionState,
)
from govnet.decisions.rules import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Authority, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.text import render
from govnet.kernel.words import say
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True)
class Words:
    """What people are asked: one sentence, the text, and the rules it would change."""

    question: str
    text: str
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """What a proposal is about, beside its words."""

    matter: str
    closes: date | None = None
    thread_id: int | None = None
    replaces_id: int | None = None
    review_on: date | None = None


@dataclass(frozen=True)
class Taken:
    """How something was decided elsewhere, and how we know."""

    on: date
    by: str
    where: str
    evidence: str
    url: str = ""


@dataclass(frozen=True)
class _Doer:
    by: Actor
    under: Authority
    via: Door

    def fields(self, network: Network) -> dict[str, Any]:
        return {"network": network, "by": self.by, "under": self.under, "via": self.via}


def propose(network: Network, words: Words, ask: Ask, *, by: Actor, via: Door) -> Proposal:
    """Ask those who decide such matters, from now until the chosen day. RuleBroken when the charter says no."""
    doer = _Doer(by, require(by, Can.PROPOSE, network), via)
    charter = charters.rules_in_force(network.id)
    _check_proposer(charter, by)
    words = _checked(charter, words, ask.matter)
    if ask.matter == "charter" and not words.changes:
        raise RuleBroken(_("Choose at least one of our rules to change."), field="rules")
    zone = ZoneInfo(network.zone)
    closes = ask.closes or timing.earliest(clock.now(), charter, zone)
    problem = timing.day_problem(closes, clock.now(), charter, zone)
    if problem is not None:
        raise RuleBroken(say(problem), field="closes")
    proposal = _proposal(network, ask, charter, door=via, by=by)
    method = charter[p.METHOD_FOR[ask.matter]]
    version = _open(proposal, words, network, method=method, deadline=timing.closes(closes, charter, zone))
    record(ProposalOpened(**doer.fields(network), **_told(proposal, version)))
    return proposal


def record_elsewhere(
    network: Network, words: Words, ask: Ask, taken: Taken, *, by: Actor, via: Door
) -> Proposal:
    """Write down what a meeting or the list (`via`) decided: it stands unless somebody objects in time."""
    doer = _Doer(by, require(by, Can.RECORD_DECISION, network), via)
    if taken.on > clock.today(network.zone):
        raise RuleBroken(
            _("That day has not come yet. Enter the day on which it was decided."), field="taken_on"
        )
    charter = charters.rules_in_force(network.id)
    words = _checked(charter, words, ask.matter)
    until = timing.objections_until(clock.now(), charter, ZoneInfo(network.zone))
    values = {"taken_on": taken.on, "taken_by": taken.by, "taken_where": taken.where}
    evidence = {"evidence": taken.evidence, "evidence_url": taken.url}
    proposal = _proposal(network, ask, charter, door=via, by=by, **values, **evidence)
    version = _open(proposal, words, network, method=ELSEWHERE, deadline=until)
    told: dict[str, Any] = {"taken_on": taken.on, "taken_by": taken.by, "evidence": taken.evidence}
    record(TakenElsewhere(**doer.fields(network), **_told(proposal, version), **told))
    return proposal


def reword(proposal: Proposal, words: Words, *, because: str, by: Actor, via: Door) -> ProposalVersion:
    """Ask everybody again in new words; earlier answers stay beside the words they were given to."""
    doer = _Doer(by, require(by, Can.REWORD_PROPOSAL, proposal), via)
    network = queries.network_of(proposal)
    old = _still_open(proposal)
    if old.method == ELSEWHERE:
        raise RuleBroken(_("What was decided elsewhere keeps its words. Object to it instead."))
    charter = charters.rules_in_force(network.id)
    words = _checked(charter, words, proposal.matter)
    zone = ZoneInfo(network.zone)
    later = timing.reworded(old.deadline, clock.now(), proposal.opened_at, charter, zone)
    _close(old, Outcome.REWORDED)
    method = charter[p.METHOD_FOR[proposal.matter]]
    version = _open(proposal, words, network, method=method, deadline=later, because=because, after=old)
    record(ProposalReworded(**doer.fields(network), **_told(proposal, version)))
    return version


def object_to(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> ProposalVersion:
    """Stop what was decided elsewhere from standing: those who decide such matters are asked instead."""
    doer = _Doer(by, require(by, Can.OBJECT, proposal), via)
    network = queries.network_of(proposal)
    old = _still_open(proposal)
    if old.method != ELSEWHERE:
        raise RuleBroken(_("This can be answered: say Stop, with your reason."))
    charter = charters.rules_in_force(network.id)
    zone = ZoneInfo(network.zone)
    deadline = timing.closes(timing.earliest(clock.now(), charter, zone), charter, zone)
    _close(old, Outcome.OBJECTED)
    method = charter[p.METHOD_FOR[proposal.matter]]
    words = Words(old.question, old.text, queries.changes_of(old))
    version = _open(proposal, words, network, method=method, deadline=deadline, because=reason, after=old)
    record(Objected(**doer.fields(network), **_told(proposal, version), reason=reason))
    return version


def withdraw(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> None:
    """Take a proposal back while it is open: nothing was decided, and it stays readable."""
    doer = _Doer(by, require(by, Can.WITHDRAW_PROPOSAL, proposal), via)
    version = _still_open(proposal)
    _close(version, Outcome.WITHDRAWN)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalWithdrawn(**doer.fields(queries.network_of(proposal)), **about, reason=reason))


def add_note(decision: Decision, kind: NoteKind, text: str, *, by: Actor, via: Door) -> DecisionNote:
    """Write beside a decision, which itself is never edited. A minority's note is for those who disagreed."""
    under = require(by, Can.NOTE_DECISION, decision)
    if kind is NoteKind.MINORITY and not queries.disagreed(decision.version_id, by):
        raise NotAllowed(_("A minority's note is for those who disagreed in this decision."))
    if kind is not NoteKind.MINORITY and not (by.is_officer or queries.author_of(decision) == by.person_id):
        raise NotAllowed(_("Only the proposer, the committee or the coordinator can write this note."))
    note = DecisionNote(
        decision_id=decision.id,
        author_id=by.person_id,
        kind=kind,
        text=text,
        html=render(text),
        at=clock.now(),
    )
    db.session.add(note)
    doer = _Doer(by, under, via).fields(queries.network_of(decision))
    about: dict[str, Any] = {
        "decision": decision,
        "number": decision.number,
        "note": note,
        "kind": kind.value,
    }
    record(NoteAdded(**doer, **about, digest=digest(text)))
    return note


def digest(text: str) -> str:
    """SHA-256, in hex, of a text that lives in its own table."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check_proposer(charter: Charter, by: Actor) -> None:
    if charter[p.PROPOSE] == "committee" and not by.is_steering:
        raise NotAllowed(_("By our rules only the committee can make a proposal."), roles=["steering"])


def _checked(charter: Charter, words: Words, matter: str) -> Words:
    """The words with only those changes that change something; RuleBroken when they can't be."""
    if matter not in p.MATTERS:
        raise RuleBroken(_("Choose what this is about, so that we know who decides."), field="matter")
    for said in problems(charter, words.changes).values():
        raise RuleBroken(say(said), field="rules")
    new = charter.with_changes(words.changes)
    real = {key: value for key, value in new.stored().items() if value != charter.stored()[key]}
    if words.changes and not real:
        raise RuleBroken(_("Our rules say this already: nothing would change."), field="rules")
    if real and matter != "charter":
        raise RuleBroken(
            _("A change of our rules is decided as such, not beside something else."), field="matter"
        )
    return Words(words.question, words.text, real)


def _proposal(
    network: Network, ask: Ask, charter: Charter, *, door: Door, by: Actor, **values: Any
) -> Proposal:
    proposal = Proposal(
        network=network,
        thread_id=ask.thread_id,
        author_id=by.person_id,
        matter=ask.matter,
        body=charter[p.BODY_FOR[ask.matter]],
        door=door,
        review_on=ask.review_on,
        opened_at=clock.now(),
        **values,
    )
    db.session.add(proposal)
    db.session.flush()  # the roll is written in one statement, which needs the keys
    if ask.replaces_id is not None:
        register.to_replace(network.id, ask.replaces_id)
        db.session.add(Replaces(proposal_id=proposal.id, decision_id=ask.replaces_id))
    return proposal


def _open(
    proposal: Proposal,
    words: Words,
    network: Network,
    *,
    method: str,
    deadline: datetime,
    because: str = "",
    after: ProposalVersion | None = None,
) -> ProposalVersion:
    """Open a version and take its roll."""
    charter_version = charters.version_in_force(network.id)
    asked = roll.take(network, proposal.body, charters.rules_of(charter_version))
    counted = sum(row["counted"] for row in asked)
    if not counted:
        raise RuleBroken(_("Nobody could answer this: there is nobody yet who decides such matters."))
    version = ProposalVersion(
        proposal_id=proposal.id,
        number=after.number + 1 if after else 1,
        author_id=proposal.author_id,
        question=words.question,
        text=words.text,
        html=render(words.text),
        because=because,
        changes=canonical(words.changes),
        method=method,
        opened_at=clock.now(),
        deadline=deadline,
        roll_size=counted,
        charter_version_id=charter_version.id,
    )
    db.session.add(version)
    db.session.flush()  # as above
    db.session.execute(insert(RollEntry), [{"version_id": version.id, **row} for row in asked])
    return version


def _told(proposal: Proposal, version: ProposalVersion) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "version": version,
        "question": version.question,
        "matter": proposal.matter,
        "body": proposal.body,
        "deadline": version.deadline,
        "roll_size": version.roll_size,
        "digest": digest(version.text),
        "charter": f"charter_version:{version.charter_version_id}",
        "number": version.number,
    }


def _still_open(proposal: Proposal) -> ProposalVersion:
    """The open version, locked; RuleBroken once its time is over, even if nobody has closed it yet."""
    version = queries.open_version_locked(proposal.id)
    if version is None or not timing.takes_answers(clock.now(), version.deadline):
        raise RuleBroken(_("This has closed. What was decided can be changed by a new proposal."))
    return version


def _close(version: ProposalVersion, outcome: Outcome) -> None:
    version.state, version.closed_at, version.outcome = VersionState.CLOSED, clock.now(), outcome
    db.session.flush()  # one open version a proposal: the old one closes before the new one opens
