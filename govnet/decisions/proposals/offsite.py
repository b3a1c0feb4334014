"""What was decided elsewhere: written down, told once its ten minutes are over, and objected to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions import queries
from govnet.decisions.models import ELSEWHERE, Proposal, ProposalVersion, VersionState
from govnet.decisions.proposals import offices
from govnet.decisions.proposals.events import ElsewhereTold, Objected, TakenElsewhere, TakenElsewhereLate
from govnet.decisions.proposals.opening import (
    UNDO,
    Ask,
    More,
    Taken,
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
from govnet.decisions.register.models import MeetingNote
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


def write_down(network: Network, words: Wording, ask: Ask, taken: Taken, *, by: Actor, via: Door) -> Proposal:
    """Write down what a meeting or the list (`via`) decided: it stands unless somebody objects in time."""
    act = require(by, Can.RECORD_DECISION, network, via)
    if taken.on > clock.today(network.zone):
        raise RuleBroken(
            _("That day has not come yet. Enter the day on which it was decided."), field="taken_on"
        )
    charter = charters.rules_in_force(network.id)
    late = _late(network, charter, taken, via)
    words = checked(charter, words, ask.matter)
    zone = ZoneInfo(network.zone)
    until = deadlines.objections_until(clock.now(), charter, zone)
    day = until.astimezone(zone).date()
    check_asked(network, words, ask, day)
    check_offices(network, words, ask.matter, charter, day, taken.by)
    if by.person_id in offices.people_of(words.offices):
        raise NotAllowed(_("Somebody else has to write this down: it gives you an office, or ends yours."))
    values: dict[str, Any] = {"aside": offices.people_of(words.offices)}
    values |= {"taken_on": taken.on, "taken_by": taken.by, "taken_where": taken.where}
    evidence: dict[str, Any] = {
        "evidence": taken.evidence,
        "evidence_url": taken.url,
        "present": taken.present.strip(),
    }
    times: dict[str, Any] = {"first_deadline": until, "tell_at": clock.now() + UNDO}
    proposal = new_proposal(network, ask, charter, door=via, by=by, **values, **evidence, **times, **late)
    version = open_version(proposal, words, network, method=ELSEWHERE, deadline=until)
    how: dict[str, Any] = {"taken_on": taken.on, "taken_by": taken.by, "evidence": taken.evidence}
    how["present"] = taken.present.strip()
    about = {"act": act, **told(proposal, version), **how}
    if late:
        record(TakenElsewhereLate(**about, days=late["days_late"], late_because=late["late_because"]))
    else:
        record(TakenElsewhere(**about))
    return proposal


def same_meeting(network_id: int, proposal_id: int | None) -> ProposalVersion | None:
    """A decision written down of a meeting or the list, to write down another one of it; None where there is none."""
    if proposal_id is None:
        return None
    query = (
        select(ProposalVersion)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(Proposal.id == proposal_id, Proposal.network_id == network_id, Proposal.taken_on.is_not(None))
        .options(contains_eager(ProposalVersion.proposal))
        .order_by(ProposalVersion.number)
        .limit(1)
    )
    return db.session.scalar(query)


def meeting_of(before: Proposal | MeetingNote) -> dict[str, Any]:
    """Where and when something was said or decided, who was there, and who decided: for the form of another one."""
    common = {
        "door": before.door.value,
        "taken_on": before.taken_on,
        "where": before.taken_where,
        "present": before.present,
        "url": before.evidence_url,
    }
    if isinstance(before, Proposal):
        common |= {"taken_by": before.taken_by, "late_because": before.late_because}
    return common


def _late(network: Network, charter: Charter, taken: Taken, via: Door) -> dict[str, Any]:
    """How late it is and why, where the charter says how soon a meeting of the committee is written down."""
    met = taken.by == "committee" and via is Door.MEETING
    days = deadlines.days_late(taken.on, clock.today(network.zone), charter) if met else 0
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


def object_to(proposal: Proposal, reason: str, *, by: Actor, via: Door) -> ProposalVersion:
    """Stop what was decided elsewhere from standing: those who decide such matters are asked instead.

    A day in its words that would come before answers close is moved, and beside the reason it says so.
    """
    act = require(by, Can.OBJECT, proposal, via)
    network = queries.network_of(proposal)
    if not proposal.is_told:
        tell(still_open(proposal))
    old = still_open(proposal)
    if old.method != ELSEWHERE:
        raise RuleBroken(_("This can be answered: say Stop, with your reason."))
    check_reason(reason)
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


def _moved(words: Wording, review_on: date | None, was: date, closes: date) -> tuple[Wording, date | None]:
    """The words and the day of review, with each day that would come too soon moved as the closing was."""
    more, days = words.more, closes - was
    begins = deadlines.moved(more.in_force_on, closes, days)
    ends = deadlines.moved(more.trial_until, max(closes, begins or closes), days)
    more = replace(more, in_force_on=begins, trial_until=ends)
    return replace(words, more=more), deadlines.moved(review_on, closes, days)


def _moves(before: More, after: More, reviewed: date | None, review_on: date | None) -> list[str]:
    """Which days were moved, in a sentence each."""
    days = {
        N_("As answers close later, new rules would hold from %(day)s, not from %(before)s."): (
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
    """Tell what was written down and not taken back in time; returns how many. Each is told once."""
    return each_row("tell what was decided elsewhere", ProposalVersion, _to_tell, _tell_due)


def _to_tell(*only: ColumnElement[bool]) -> Sequence[int]:
    query = (
        select(ProposalVersion.id)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(
            ProposalVersion.state == VersionState.OPEN,
            ProposalVersion.method == ELSEWHERE,
            Proposal.told_at.is_(None),
            Proposal.tell_at <= clock.now(),
            *only,
        )
    )
    return db.session.scalars(query).all()


def _tell_due(version_id: int) -> bool:
    version = queries.version_locked(version_id)
    if version is None:
        return False
    tell(version)
    return True


def tell(version: ProposalVersion) -> None:
    """Have everybody told, and everybody read, what was decided elsewhere."""
    proposal = queries.proposal_of(version)
    proposal.told_at = clock.now()
    how: dict[str, Any] = {"taken_on": proposal.taken_on, "taken_by": proposal.taken_by}
    how |= {"evidence": proposal.evidence, "present": proposal.present}
    how |= {"days": proposal.days_late, "late_because": proposal.late_because}
    record(ElsewhereTold(act=by_rule(proposal), **told(proposal, version), **how))
