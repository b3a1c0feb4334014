"""Acts on proposals: opening, new versions, more time, closing early, taking back, and notes beside a decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.decisions import queries
from govnet.decisions.models import AnyProposal, Proposal, ProposalVersion
from govnet.decisions.proposals import offices, roll
from govnet.decisions.proposals import queries as proposals_queries
from govnet.decisions.proposals.events import (
    AnswersHidden,
    ProposalClosedEarly,
    ProposalExtended,
    ProposalOpened,
    ProposalReworded,
    ProposalWithdrawn,
)
from govnet.decisions.proposals.models import Replaces
from govnet.decisions.proposals.opening import (
    UNDO,
    Ask,
    ProposedMatter,
    Wording,
    check_asked,
    check_days,
    check_offices,
    check_reason,
    check_trial,
    check_way,
    checked,
    end_version,
    new_proposal,
    open_version,
    still_asked,
    told,
)
from govnet.decisions.proposals.queries import awaited
from govnet.decisions.queries import entered_lately
from govnet.decisions.rules import deadlines, methods
from govnet.decisions.rules.option_count import OPTIONS
from govnet.decisions.rules.outcome import Outcome
from govnet.decisions.rules.who_sees import Visible
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken, Stale
from govnet.kernel.translation import say
from govnet.permissions import Can, require
from govnet.record.actions import record


def propose(
    network: Network, words: Wording, ask: Ask, *, by: Actor, via: Door, draft: AnyProposal | None = None
) -> Proposal:
    """Ask those who decide such matters, from now until the chosen day. RuleBroken when the charter says no.

    `draft` is one that has met the charter's conditions; without, a charter that wants one refuses.
    From the web, people are notified after ten minutes, in which its author can undo it (drafts.actions.undo).
    """
    act = require(by, Can.PROPOSE, ProposedMatter(network.id, ask.matter), via)
    charter = charters.rules_in_force(network.id)
    if methods.needs_draft(charter) and draft is None:
        raise RuleBroken(_("By our rules this has to be a draft first. Save it as a draft: nothing is lost."))
    words = checked(charter, words, ask.matter)
    method = ask.method or charter[p.METHOD_FOR[ask.matter]]
    check_way(charter, words, ask.matter, method)
    zone = ZoneInfo(network.zone)
    closes = ask.closes or deadlines.earliest(clock.now(), charter, zone)
    problem = deadlines.day_problem(closes, clock.now(), charter, zone)
    if problem is not None:
        raise RuleBroken(say(problem), field="closes")
    check_asked(network, words, ask, closes)
    aside = offices.people_of(words.offices)
    body = roll.deciding(network, charter, ask.matter, aside)
    check_offices(network, words, ask.matter, charter, closes, body)
    deadline = deadlines.closes(closes, charter, zone)
    text = queries.draft_text(draft.id) if draft is not None else None
    proposal = new_proposal(
        network, ask, charter, door=via, by=by, aside=aside, draft=draft, first_deadline=deadline
    )
    version = open_version(proposal, words, network, method=method, deadline=deadline, draft=text)
    undo = clock.now() + UNDO if via is Door.WEB else None
    record(ProposalOpened(act=act, **told(proposal, version), tell_from=undo))
    return proposal


def reword(
    proposal: Proposal, words: Wording, *, because: str, by: Actor, via: Door, seen: int | None = None
) -> ProposalVersion:
    """Ask everybody again about a new version; earlier answers stay beside the version they were given to.

    All goes on as it began, by the rules it opened under; only its effect is compared with those in force.
    `seen`, if known, is the number of the version that was there to be changed: Stale once there is a newer one.
    """
    act = require(by, Can.REWORD_PROPOSAL, proposal, via)
    proposals_queries.check_one_of_many(proposal)
    network = queries.network_of(proposal)
    old = still_asked(proposal)
    if seen is not None and seen != old.number:
        raise Stale(_("The text changed while you were writing."), newer=old.text, yours=words.text)
    check_reason(because, "because")
    until, charter = _amendable(old, proposal, network), queries.charter_of(old)
    words = checked(charters.rules_in_force(network.id), words, proposal.matter)
    if old.method in OPTIONS and not words.options:
        words = replace(words, options=tuple(queries.options_of([old.id])[old.id]))
    check_way(charter, words, proposal.matter, old.method)
    zone = ZoneInfo(network.zone)
    later = deadlines.reworded(old.deadline, clock.now(), until, charter, zone)
    problem = deadlines.too_little(clock.now(), later, zone)
    if problem is not None:
        raise RuleBroken(say(problem))
    day = later.astimezone(zone).date()
    check_days(words, day)
    replaces = db.session.get(Replaces, proposal.id)
    check_trial(words, replaces.decision_id if replaces else None)
    check_offices(network, words, proposal.matter, charter, day, proposal.body)
    end_version(old, Outcome.REWORDED)
    version = open_version(
        proposal, words, network, method=old.method, deadline=later, because=because, after=old
    )
    record(ProposalReworded(act=act, **told(proposal, version)))
    return version


def _amendable(old: ProposalVersion, proposal: Proposal, network: Network) -> datetime:
    """The latest time to which a new version may move the closing, by the rules it opened under; RuleBroken in the last hours."""
    charter = queries.charter_of(old)
    frozen = deadlines.frozen(clock.now(), old.deadline, charter)
    if frozen is not None:
        raise RuleBroken(say(frozen))
    return deadlines.cap(proposal.opened_at, proposal.first_deadline, charter, ZoneInfo(network.zone))


def extend(proposal: Proposal, day: date, *, reason: str, by: Actor, via: Door) -> None:
    """Give everybody more time, by the rules under which it opened. RuleBroken when they don't allow it."""
    act = require(by, Can.EXTEND_PROPOSAL, proposal, via)
    network, version = queries.network_of(proposal), still_asked(proposal)
    charter, zone = queries.charter_of(version), ZoneInfo(network.zone)
    if charter[p.EXTEND] == "never":
        raise RuleBroken(_("By our rules answers close on the day that was set."))
    last = deadlines.cap(proposal.opened_at, proposal.first_deadline, charter, zone)
    check_reason(reason)
    problem = deadlines.extension_problem(day, version.deadline, last, charter, zone)
    if problem is not None:
        raise RuleBroken(say(problem), field="closes")
    starts = (each.start for each in offices.asked_in(version))
    _check_still_ahead((version.in_force_on, version.trial_until, proposal.review_on, *starts), day)
    version.deadline, version.reminded_at = deadlines.closes(day, charter, zone), None
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalExtended(act=act, **about, until=version.deadline, reason=reason))


def _check_still_ahead(days: Iterable[date | None], closes: date) -> None:
    """RuleBroken when a day that people read while they answer would come before answers close."""
    passed = [day for day in days if day is not None and day <= closes]
    if passed:
        raise RuleBroken(
            _(
                "The proposal names %(day)s: choose an earlier day, or change its text.",
                day=say(min(passed)),
            ),
            field="closes",
        )


def close_early(proposal: Proposal, *, reason: str, by: Actor, via: Door) -> None:
    """Close now what everybody whose answer counts has answered, where the charter lets one; the rule decides as ever.

    RuleBroken in the waiting time after a Stop: the vote is held when that is over, not before.
    """
    act = require(by, Can.CLOSE_PROPOSAL, proposal, via)
    version = still_asked(proposal)
    if queries.charter_of(version)[p.CLOSE_EARLY] == "never":
        raise RuleBroken(_("By our rules nothing closes before its day."))
    if version.waiting_since is not None:
        raise RuleBroken(_("After a Stop nothing closes before the waiting time in our rules is over."))
    check_reason(reason)
    if entered_lately(version.id):
        raise RuleBroken(
            _("An answer was entered for somebody within the last day. They need that time to undo it.")
        )
    missing = awaited(version)
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
    record(ProposalClosedEarly(act=act, **about, reason=reason))


def withdraw(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> None:
    """Take a proposal back while it is open: nothing was decided, and it stays readable."""
    act = require(by, Can.WITHDRAW_PROPOSAL, proposal, via)
    proposals_queries.check_one_of_many(proposal)
    version = still_asked(proposal)
    check_reason(reason)
    others = queries.answered_by_others(version.id, by.person_id)
    if others and queries.charter_of(version)[p.TAKE_BACK] == "unanswered":
        raise RuleBroken(_("Somebody has answered: by our rules it can no longer be taken back."))
    end_version(version, Outcome.WITHDRAWN)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalWithdrawn(act=act, **about, reason=reason))


def hide_answers(proposal: Proposal, visible: str, *, by: Actor, via: Door) -> None:
    """Show answers only as `visible` says, in this version and in any later one; RuleBroken if that is no tighter."""
    act = require(by, Can.HIDE_ANSWERS, proposal, via)
    version = still_asked(proposal)
    if visible not in version.visible.tighter:
        raise RuleBroken(
            _("Answers can be hidden for longer, but never shown earlier than people were promised."),
            field="visible",
        )
    version.visible = Visible(visible)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(AnswersHidden(act=act, **about, visible=version.visible.value))
