"""Records decisions made elsewhere, takes them back, announces them after ten minutes, and takes objections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions import queries
from govnet.decisions.models import Proposal, ProposalVersion, VersionState
from govnet.decisions.offsite import queries as offsite_queries
from govnet.decisions.offsite.events import ElsewhereTold, Objected, TakenElsewhere
from govnet.decisions.offsite.models import OffsiteDecision, OffsiteObjection
from govnet.decisions.proposals import offices
from govnet.decisions.proposals.events import ProposalWithdrawn
from govnet.decisions.proposals.opening import (
    UNDO,
    Ask,
    More,
    Wording,
    check_asked,
    check_days,
    check_offices,
    check_reason,
    checked,
    end_version,
    new_proposal,
    open_version,
    still_open,
    told,
    words_of,
)
from govnet.decisions.rules import deadlines
from govnet.decisions.rules.outcome import Outcome
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door, by_rule
from govnet.kernel.duties import each_row
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.kernel.messages import N_, Said
from govnet.kernel.translation import say
from govnet.permissions import Can, require
from govnet.record.actions import record

METHOD = "elsewhere"
"""The register's note on how it was decided."""


@dataclass(frozen=True)
class Taken:
    """How something was decided off site, and how we know."""

    on: date
    by: str
    where: str
    evidence: str
    url: str = ""
    present: str = ""
    """The people who were there, as text."""
    late_because: str = ""
    """The reason for recording it later than the charter wants."""


def write_down(network: Network, words: Wording, ask: Ask, taken: Taken, *, by: Actor, via: Door) -> Proposal:
    """Write down what a meeting or the list (`via`) decided: it stands unless somebody objects in time."""
    act = require(by, Can.RECORD_DECISION, network, via)
    if taken.on > clock.today(network.zone):
        raise RuleBroken(
            _("That day is in the future. Enter the day on which it was decided."), field="taken_on"
        )
    charter = charters.rules_in_force(network.id)
    decision = _decision(taken, _days_late(network, charter, taken, via))
    words = checked(charter, words, ask.matter)
    zone = ZoneInfo(network.zone)
    until = deadlines.objections_until(clock.now(), charter, zone)
    day = until.astimezone(zone).date()
    check_asked(network, words, ask, day)
    check_offices(network, words, ask.matter, charter, day, taken.by)
    aside = offices.people_of(words.offices)
    if by.person_id in aside:
        raise NotAllowed(_("Somebody else has to record this, because it gives you an office or ends yours."))
    proposal = new_proposal(
        network, ask, charter, door=via, by=by, aside=aside, first_deadline=until, offsite=decision
    )
    version = open_version(
        proposal, words, network, method=METHOD, deadline=until, state=VersionState.UNOPPOSED
    )
    record(TakenElsewhere(act=act, **told(proposal, version), **_facts(decision)))
    return proposal


def _decision(taken: Taken, days_late: int) -> OffsiteDecision:
    return OffsiteDecision(
        taken_on=taken.on,
        taken_by=taken.by,
        taken_where=taken.where,
        evidence=taken.evidence,
        evidence_url=taken.url,
        present=taken.present.strip(),
        days_late=days_late,
        late_because=taken.late_because.strip() if days_late else "",
        tell_at=clock.now() + UNDO,
    )


def _days_late(network: Network, charter: Charter, taken: Taken, via: Door) -> int:
    """How late it is, if the charter says how soon a meeting of the committee is recorded.

    RuleBroken if it is late and there is no reason.
    """
    met = taken.by == "committee" and via is Door.MEETING
    days = deadlines.days_late(taken.on, clock.today(network.zone), charter) if met else 0
    if days and not taken.late_because.strip():
        allowed = say(p.PUBLISH_DAYS.phrase(charter[p.PUBLISH_DAYS]))
        raise RuleBroken(
            _(
                "By our rules a decision of the committee at a meeting is recorded within %(days)s. You "
                "can still record it: say why it is late. Everybody can read your reason.",
                days=allowed,
            ),
            field="late_because",
        )
    return days


def _facts(decision: OffsiteDecision) -> dict[str, Any]:
    """The record's entry about it, to the committee at first and then to everybody."""
    return {
        "taken_on": decision.taken_on,
        "taken_by": decision.taken_by,
        "evidence": decision.evidence,
        "present": decision.present,
        "days": decision.days_late,
        "late_because": decision.late_because,
    }


def take_back(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> None:
    """Take a slip back while nobody has objected: nothing was decided, and it stays readable."""
    act = require(by, Can.WITHDRAW_PROPOSAL, proposal, via)
    version, _decision = unopposed(proposal)
    check_reason(reason)
    end_version(version, Outcome.WITHDRAWN)
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(ProposalWithdrawn(act=act, **about, reason=reason))


def unopposed(proposal: Proposal) -> tuple[ProposalVersion, OffsiteDecision]:
    """The version that somebody can still object to, locked, and its decision. RuleBroken for all others."""
    version, decision = still_open(proposal), proposal.offsite
    if decision is None or version.state is not VersionState.UNOPPOSED:
        raise RuleBroken(_("This can be answered: say Stop, with your reason."))
    return version, decision


def object_to(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> ProposalVersion:
    """Keep a decision made elsewhere from standing: the people who decide such matters are asked instead.

    A day in its text that would come before answers close is moved, and the reason says so.
    """
    act = require(by, Can.OBJECT, proposal, via)
    network = queries.network_of(proposal)
    old, decision = unopposed(proposal)
    check_reason(reason)
    if decision.told_at is None:
        tell(old)
    _write_objection(proposal, reason, by)
    charter, zone = queries.charter_of(old), ZoneInfo(network.zone)
    closes = deadlines.earliest(clock.now(), charter, zone)
    deadline = deadlines.closes(closes, charter, zone)
    end_version(old, Outcome.OBJECTED)
    proposal.first_deadline = deadline
    before, review_on = words_of(old), proposal.review_on
    words, proposal.review_on = _moved(before, review_on, old.deadline.astimezone(zone).date(), closes)
    check_days(words, closes)
    words = replace(words, offices=offices.later(words.offices, closes))
    because = "\n\n".join((reason, *_moves(before.more, words.more, review_on, proposal.review_on)))
    method = charter[p.METHOD_FOR[proposal.matter]]
    version = open_version(
        proposal, words, network, method=method, deadline=deadline, because=because, after=old
    )
    record(Objected(act=act, **told(proposal, version), reason=reason))
    return version


def _write_objection(proposal: Proposal, reason: str, by: Actor) -> None:
    row = OffsiteObjection(proposal_id=proposal.id, person_id=by.person_id, reason=reason, at=clock.now())
    db.session.add(row)
    db.session.flush()  # while it can be made: the words close after it


def _moved(words: Wording, review_on: date | None, was: date, closes: date) -> tuple[Wording, date | None]:
    """The text and the day of review, with each day that would come too soon moved as the closing was."""
    more, days = words.more, closes - was
    begins = deadlines.moved(more.in_force_on, closes, days)
    ends = deadlines.moved(more.trial_until, max(closes, begins or closes), days)
    more = replace(more, in_force_on=begins, trial_until=ends)
    return replace(words, more=more), deadlines.moved(review_on, closes, days)


def _moves(before: More, after: More, reviewed: date | None, review_on: date | None) -> list[str]:
    """Which days were moved, in a sentence each."""
    days = {
        N_("As answers close later, new rules would be in force from %(day)s, not from %(before)s."): (
            before.in_force_on,
            after.in_force_on,
        ),
        N_("As answers close later, the trial would end on %(day)s, not on %(before)s."): (
            before.trial_until,
            after.trial_until,
        ),
        N_("As answers close later, it would be looked at again on %(day)s, not on %(before)s."): (
            reviewed,
            review_on,
        ),
    }
    return [say(Said(said, {"before": old, "day": new})) for said, (old, new) in days.items() if old != new]


def tell_due() -> int:
    """Announce recorded decisions that were not taken back in time; returns how many. Each is announced once."""
    return each_row("tell what was decided elsewhere", ProposalVersion, offsite_queries.to_tell, _tell_due)


def _tell_due(version_id: int) -> bool:
    version = queries.version_locked(version_id)
    if version is None:
        return False
    tell(version)
    return True


def tell(version: ProposalVersion) -> None:
    """Have everybody notified of a decision made elsewhere, and let everybody read it."""
    proposal = queries.proposal_of(version)
    decision = proposal.offsite
    assert decision is not None
    decision.told_at = clock.now()
    record(ElsewhereTold(act=by_rule(proposal), **told(proposal, version), **_facts(decision)))
