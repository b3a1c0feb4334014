"""Petitions for review: members ask that a decision is looked at again, and enough of them open a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter, problems
from govnet.decisions import queries
from govnet.decisions.closing.events import ReviewAsked, ReviewOpened
from govnet.decisions.models import Decision, ProposalVersion
from govnet.decisions.proposals import opening, roll
from govnet.decisions.proposals.opening import Ask, Wording
from govnet.decisions.register import queries as register_queries
from govnet.decisions.register.models import ReviewRequest, Reviews
from govnet.decisions.rules import deadlines
from govnet.decisions.rules import petitions as petition_rules
from govnet.decisions.rules.in_force import replaced_by, state_of
from govnet.decisions.rules.petitions import Asking
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door, by_rule
from govnet.kernel.errors import RuleBroken
from govnet.kernel.translation import say
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Representation
from govnet.permissions import Can, require
from govnet.record.actions import record


@dataclass(frozen=True)
class Petition:
    """How far the asking for a review of one decision has come."""

    requests: Sequence[ReviewRequest]
    """Of active members, since it was last looked at; the first to ask first."""
    needed: int
    reviews: Sequence[tuple[Reviews, ProposalVersion]]
    """The proposals that it led to, the newest first, each with its newest version."""
    asked_before: bool

    @property
    def under_review(self) -> ProposalVersion | None:
        """The version that is open for answers now."""
        return next((version for _reviews, version in self.reviews if version.is_open), None)


def ask(decision_id: int, reason: str, *, by: Actor, via: Door) -> ReviewRequest:
    """Ask once that a decision is looked at again; the last of enough members opens the proposal."""
    db.session.get_one(
        Decision, decision_id, with_for_update=True
    )  # two at once: the second counts the first
    decision = register_queries.whole(decision_id)
    act = require(by, Can.ASK_REVIEW, decision, via)
    network = queries.network_of(decision)
    found = petition(decision, by)
    check(decision, found, clock.today(network.zone))
    request = ReviewRequest(decision_id=decision.id, person_id=by.person_id, reason=reason, at=clock.now())
    db.session.add(request)
    db.session.flush()  # counted with the others
    found = petition(decision, by)
    about: dict[str, Any] = {"decision": decision, "number": decision.number, "question": decision.question}
    about |= {"asked": len(found.requests), "needed": found.needed}
    record(ReviewAsked(act=act, **about))
    if petition_rules.enough(len(found.requests), charters.rules_in_force(network.id)):
        _open(decision, network, found.requests)
    return request


def check(decision: Decision, found: Petition, today: date) -> None:
    """RuleBroken where its review can't be asked for."""
    later = replaced_by(decision, today)
    asking = Asking(
        decision.number,
        state_of(decision, today).value,
        later.number if later else "",
        decision.trial_until,
        found.under_review is not None,
        found.asked_before,
    )
    said = petition_rules.refusal(asking)
    if said is not None:
        raise RuleBroken(say(said))


def petition(decision: Decision, reader: Actor) -> Petition:
    """The requests so far, the number needed, and earlier results, in three statements."""
    charter = charters.rules_in_force(decision.network_id)
    reviews = reviews_of(decision.id)
    since = max((version.proposal.opened_at for _row, version in reviews), default=None)
    query = _active(decision.network_id).where(ReviewRequest.decision_id == decision.id)
    requests = db.session.scalars(query.order_by(ReviewRequest.at, ReviewRequest.id)).all()
    mine = exists().where(
        ReviewRequest.decision_id == decision.id, ReviewRequest.person_id == reader.person_id
    )
    return Petition(
        [each for each in requests if since is None or each.at > since],
        charter[p.REVIEW_MEMBERS],
        reviews,
        reader.signed_in and bool(db.session.scalar(select(mine))),
    )


def _active(network_id: int) -> Select[Any]:
    """Requests of those who are members now, for themselves or by speaking for an organisation."""

    def current(who: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            Membership.network_id == network_id, Membership.state == MembershipState.ACTIVE, who
        )

    spoken = select(Representation.organisation_id).where(
        Representation.person_id == ReviewRequest.person_id, Representation.end.is_(None)
    )
    theirs = or_(
        current(Membership.person_id == ReviewRequest.person_id),
        current(Membership.organisation_id.in_(spoken)),
    )
    return select(ReviewRequest).where(theirs).options(joinedload(ReviewRequest.person))


def reviews_of(decision_id: int) -> Sequence[tuple[Reviews, ProposalVersion]]:
    """The proposals that reviewed a decision, newest first, each with its newest version."""
    newest = select(func.max(ProposalVersion.id)).join(
        Reviews, Reviews.proposal_id == ProposalVersion.proposal_id
    )
    newest = newest.where(Reviews.decision_id == decision_id).group_by(ProposalVersion.proposal_id)
    query = (
        select(Reviews, ProposalVersion)
        .join(ProposalVersion, ProposalVersion.proposal_id == Reviews.proposal_id)
        .where(Reviews.decision_id == decision_id, ProposalVersion.id.in_(newest))
        .options(joinedload(ProposalVersion.proposal), joinedload(ProposalVersion.decision))
        .order_by(ProposalVersion.id.desc())
    )
    return [(row, version) for row, version in db.session.execute(query)]


def _open(decision: Decision, network: Network, requests: Sequence[ReviewRequest]) -> None:
    """Ask everybody who decides such matters whether the decision is taken back, for the shortest time."""
    charter = charters.rules_in_force(network.id)
    body = roll.deciding(network, charter, decision.matter)
    if not any(row["counted"] for row in roll.take(network, body, charter)):
        return  # nobody decides such matters today; the next who asks tries again
    first = Actor(person_id=requests[0].person_id)
    about = Ask(decision.matter, thread_id=decision.proposal.thread_id, replaces_id=decision.id)
    zone = ZoneInfo(network.zone)
    deadline = deadlines.closes(deadlines.earliest(clock.now(), charter, zone), charter, zone)
    proposal = opening.new_proposal(network, about, charter, door=Door.WEB, by=first, first_deadline=deadline)
    db.session.add(Reviews(proposal_id=proposal.id, decision_id=decision.id, requests=len(requests)))
    method = charter[p.METHOD_FOR[decision.matter]]
    version = opening.open_version(
        proposal, _words(decision, charter, len(requests)), network, method=method, deadline=deadline
    )
    record(
        ReviewOpened(
            act=by_rule(network),
            **opening.told(proposal, version),
            reviews=decision,
            decided=decision.number,
            asked=len(requests),
        )
    )


def _words(decision: Decision, charter: Charter, asked: int) -> Wording:
    """The question, and what adopting it does; the rules that the decision changed would be as before."""
    changes = register_queries.former(decision)
    text = [
        ngettext(
            "%(num)s member asked for decision %(number)s to be looked at again. The decision says:",
            "%(num)s members asked for decision %(number)s to be looked at again. The decision says:",
            asked,
            number=decision.number,
        ),
        "> " + decision.version.text.replace("\n", "\n> "),
        _(
            "If this is agreed, decision %(number)s is no longer in force. Otherwise it stays as it is.",
            number=decision.number,
        ),
    ]
    question = _("Should decision %(number)s be taken back?", number=decision.number)
    return Wording(question, "\n\n".join(text), {} if problems(charter, changes) else changes)


def reviewed_by(proposal_id: int) -> tuple[Decision, Reviews] | None:
    """The decision that a proposal looks at again."""
    query = select(Decision, Reviews).join(Reviews, Reviews.decision_id == Decision.id)
    row = db.session.execute(query.where(Reviews.proposal_id == proposal_id)).first()
    return (row[0], row[1]) if row else None
