"""Proposing, changing the words, taking back, and writing down what was decided elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions import petitions, queries, review_rules, timing, trials, ways
from govnet.decisions.book import Decision, DecisionNote, NoteKind
from govnet.decisions.events import (
    NoteAdded,
    Objected,
    ProposalClosedEarly,
    ProposalExtended,
    ProposalOpened,
    ProposalReworded,
    ProposalWithdrawn,
    TakenElsewhere,
    TakenElsewhereLate,
)
from govnet.decisions.models import ELSEWHERE, Proposal, ProposalVersion
from govnet.decisions.opening import (
    Ask,
    Doer,
    Taken,
    Words,
    check_days,
    check_proposer,
    check_way,
    checked,
    digest,
    end_version,
    new_proposal,
    open_version,
    still_open,
    told,
    words_of,
)
from govnet.decisions.rules import OPTIONS, Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.text import render
from govnet.kernel.words import say
from govnet.permissions import Can, require
from govnet.record.actions import record

UNDO = timedelta(minutes=10)
"""How long what was written down waits before it is told, so that a slip can be taken back."""


def propose(
    network: Network, words: Words, ask: Ask, *, by: Actor, via: Door, drafted: bool = False
) -> Proposal:
    """Ask those who decide such matters, from now until the chosen day. RuleBroken when the charter says no.

    `drafted` says that a draft has met what the charter asks of one; without, a charter that asks for it refuses.
    """
    doer = Doer(by, require(by, Can.PROPOSE, network), via)
    charter = charters.rules_in_force(network.id)
    check_proposer(charter, by)
    if ways.needs_draft(charter) and not drafted:
        raise RuleBroken(_("By our rules this stands as a draft first. Save it as a draft: nothing is lost."))
    words = checked(charter, words, ask.matter)
    method = ask.method or charter[p.METHOD_FOR[ask.matter]]
    check_way(charter, words, ask.matter, method)
    confirms = trials.confirms(network.id, ask.replaces_id, clock.today(network.zone))
    if ask.matter == "charter" and not words.changes and not confirms:
        raise RuleBroken(_("Choose at least one of our rules to change."), field="rules")
    zone = ZoneInfo(network.zone)
    closes = ask.closes or timing.earliest(clock.now(), charter, zone)
    problem = timing.day_problem(closes, clock.now(), charter, zone)
    if problem is not None:
        raise RuleBroken(say(problem), field="closes")
    check_days(words, closes)
    deadline = timing.closes(closes, charter, zone)
    proposal = new_proposal(network, ask, charter, door=via, by=by, first_deadline=deadline)
    version = open_version(proposal, words, network, method=method, deadline=deadline)
    record(ProposalOpened(**doer.fields(network), **told(proposal, version)))
    return proposal


def record_elsewhere(
    network: Network, words: Words, ask: Ask, taken: Taken, *, by: Actor, via: Door
) -> Proposal:
    """Write down what a meeting or the list (`via`) decided: it stands unless somebody objects in time."""
    doer = Doer(by, require(by, Can.RECORD_DECISION, network), via)
    if taken.on > clock.today(network.zone):
        raise RuleBroken(
            _("That day has not come yet. Enter the day on which it was decided."), field="taken_on"
        )
    charter = charters.rules_in_force(network.id)
    late = _late(network, charter, taken, via)
    words = checked(charter, words, ask.matter)
    until = timing.objections_until(clock.now(), charter, ZoneInfo(network.zone))
    values = {"taken_on": taken.on, "taken_by": taken.by, "taken_where": taken.where}
    evidence = {"evidence": taken.evidence, "evidence_url": taken.url, "present": taken.present.strip()}
    times = {"first_deadline": until, "tell_at": clock.now() + UNDO}
    proposal = new_proposal(network, ask, charter, door=via, by=by, **values, **evidence, **times, **late)
    version = open_version(proposal, words, network, method=ELSEWHERE, deadline=until)
    how: dict[str, Any] = {"taken_on": taken.on, "taken_by": taken.by, "evidence": taken.evidence}
    how["present"] = taken.present.strip()
    about = {**doer.fields(network), **told(proposal, version), **how}
    if late:
        record(TakenElsewhereLate(**about, days=late["days_late"], late_because=late["late_because"]))
    else:
        record(TakenElsewhere(**about))
    return proposal


def _late(network: Network, charter: Charter, taken: Taken, via: Door) -> dict[str, Any]:
    """How late it is and why, where the charter says how soon a meeting of the committee is written down."""
    met = taken.by == "committee" and via is Door.MEETING
    days = timing.days_late(taken.on, clock.today(network.zone), charter) if met else 0
    if days and not taken.late_because.strip():
        allowed = say(p.PUBLISH_DAYS.phrase(charter[p.PUBLISH_DAYS]))
        raise RuleBroken(
            _(
                "By our rules what the committee decides at a meeting is written down within %(days)s. "
                "You still can: say why it comes later. Everybody can read it.",
                days=allowed,
            ),
            field="late_because",
        )
    return {"days_late": days, "late_because": taken.late_because.strip()} if days else {}


def reword(proposal: Proposal, words: Words, *, because: str, by: Actor, via: Door) -> ProposalVersion:
    """Ask everybody again in new words; earlier answers stay beside the words they were given to."""
    doer = Doer(by, require(by, Can.REWORD_PROPOSAL, proposal), via)
    petitions.check_one_of_many(proposal)
    network = queries.network_of(proposal)
    old = still_open(proposal)
    if old.method == ELSEWHERE:
        raise RuleBroken(_("What was decided elsewhere keeps its words. Object to it instead."))
    until = _amendable(old, proposal, network)
    charter = charters.rules_in_force(network.id)
    words = checked(charter, words, proposal.matter)
    method = ways.kept(charter, proposal.matter, old.method)
    if method in OPTIONS and not words.options:
        words = replace(words, options=tuple(queries.options_of([old.id])[old.id]))
    check_way(charter, words, proposal.matter, method)
    later = timing.reworded(old.deadline, clock.now(), until, charter, ZoneInfo(network.zone))
    check_days(words, later.astimezone(ZoneInfo(network.zone)).date())
    end_version(old, Outcome.REWORDED)
    version = open_version(
        proposal, words, network, method=method, deadline=later, because=because, after=old
    )
    record(ProposalReworded(**doer.fields(network), **told(proposal, version)))
    return version


def _amendable(old: ProposalVersion, proposal: Proposal, network: Network) -> datetime:
    """Until when new words may move the closing, by the rules it opened under; RuleBroken in the last hours."""
    charter = queries.charter_of(old)
    frozen = timing.frozen(clock.now(), old.deadline, charter)
    if frozen is not None:
        raise RuleBroken(say(frozen))
    return timing.cap(proposal.opened_at, proposal.first_deadline, charter, ZoneInfo(network.zone))


def extend(proposal: Proposal, day: date, *, reason: str, by: Actor, via: Door) -> None:
    """Give everybody more time, by the rules under which it opened. RuleBroken when they don't allow it."""
    doer = Doer(by, require(by, Can.EXTEND_PROPOSAL, proposal), via)
    network, version = queries.network_of(proposal), still_open(proposal)
    charter, zone = queries.charter_of(version), ZoneInfo(network.zone)
    if charter[p.EXTEND] == "never" or version.method == ELSEWHERE:
        raise RuleBroken(_("By our rules answers close on the day that was set."))
    last = timing.cap(proposal.opened_at, proposal.first_deadline, charter, zone)
    problem = timing.extension_problem(day, version.deadline, last, charter, zone)
    if problem is not None:
        raise RuleBroken(say(problem), field="closes")
    version.deadline, version.reminded_at = timing.closes(day, charter, zone), None
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalExtended(**doer.fields(network), **about, until=version.deadline, reason=reason))


def close_early(proposal: Proposal, *, reason: str, by: Actor, via: Door) -> None:
    """Close now what everybody whose answer counts has answered, where the charter lets one; the rule decides as ever.

    RuleBroken in the waiting time after a Stop: the vote is held when that is over, not before.
    """
    doer = Doer(by, require(by, Can.CLOSE_PROPOSAL, proposal), via)
    network, version = queries.network_of(proposal), still_open(proposal)
    if queries.charter_of(version)[p.CLOSE_EARLY] == "never" or version.method == ELSEWHERE:
        raise RuleBroken(_("By our rules nothing closes before its day."))
    if version.waiting_since is not None:
        raise RuleBroken(_("After a Stop nothing closes before the waiting time in our rules is over."))
    missing = version.roll_size - queries.tally(version.id).answered
    if missing > 0:
        raise RuleBroken(
            ngettext(
                "%(num)s person or organisation whose answer counts has not answered yet.",
                "%(num)s people or organisations whose answers count have not answered yet.",
                missing,
            )
        )
    version.deadline = clock.now()
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalClosedEarly(**doer.fields(network), **about, reason=reason))


def may_close_early(version: ProposalVersion, answered: int) -> bool:
    """Whether its proposer can close it now: the charter allows it and nobody is waited for."""
    charter = queries.charter_of(version)
    asks = version.is_open and version.method != ELSEWHERE and version.waiting_since is None
    return asks and answered >= version.roll_size and charter[p.CLOSE_EARLY] != "never"


def object_to(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> ProposalVersion:
    """Stop what was decided elsewhere from standing: those who decide such matters are asked instead."""
    doer = Doer(by, require(by, Can.OBJECT, proposal), via)
    network = queries.network_of(proposal)
    old = still_open(proposal)
    if old.method != ELSEWHERE:
        raise RuleBroken(_("This can be answered: say Stop, with your reason."))
    charter = charters.rules_in_force(network.id)
    zone = ZoneInfo(network.zone)
    deadline = timing.closes(timing.earliest(clock.now(), charter, zone), charter, zone)
    end_version(old, Outcome.OBJECTED)
    proposal.first_deadline = deadline
    method = charter[p.METHOD_FOR[proposal.matter]]
    words = words_of(old)
    version = open_version(
        proposal, words, network, method=method, deadline=deadline, because=reason, after=old
    )
    record(Objected(**doer.fields(network), **told(proposal, version), reason=reason))
    return version


def withdraw(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> None:
    """Take a proposal back while it is open: nothing was decided, and it stays readable."""
    doer = Doer(by, require(by, Can.WITHDRAW_PROPOSAL, proposal), via)
    petitions.check_one_of_many(proposal)
    version = still_open(proposal)
    others = queries.answered_by_others(version.id, by.person_id)
    if version.method != ELSEWHERE and others and queries.charter_of(version)[p.TAKE_BACK] == "unanswered":
        raise RuleBroken(_("Somebody has answered: by our rules it can’t be taken back any more."))
    end_version(version, Outcome.WITHDRAWN)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalWithdrawn(**doer.fields(queries.network_of(proposal)), **about, reason=reason))


def add_note(decision: Decision, kind: NoteKind, text: str, *, by: Actor, via: Door) -> DecisionNote:
    """Write beside a decision, which itself is never edited. A minority's note is for those who disagreed."""
    under = require(by, Can.NOTE_DECISION, decision)
    if kind is NoteKind.MINORITY and not queries.disagreed(decision.version_id, by):
        raise NotAllowed(_("A minority’s note is for those who disagreed in this decision."))
    if kind is not NoteKind.MINORITY and not (by.is_officer or queries.author_of(decision) == by.person_id):
        raise NotAllowed(_("Only the proposer, the committee or the coordinator can write this note."))
    said = review_rules.note_too_long(kind.value, text)
    if said is not None:
        raise RuleBroken(say(said), field="text")
    note = DecisionNote(
        decision_id=decision.id,
        author_id=by.person_id,
        kind=kind,
        text=text,
        html=render(text),
        at=clock.now(),
    )
    db.session.add(note)
    doer = Doer(by, under, via).fields(queries.network_of(decision))
    about: dict[str, Any] = {
        "decision": decision,
        "number": decision.number,
        "note": note,
        "kind": kind.value,
    }
    record(NoteAdded(**doer, **about, digest=digest(text)))
    return note
