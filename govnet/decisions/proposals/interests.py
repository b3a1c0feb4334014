"""Declares an interest in the matter: from then on one's answer is shown, and not counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from govnet.decisions import queries
from govnet.decisions.models import Answer, Proposal, ProposalVersion
from govnet.decisions.proposals import roll
from govnet.decisions.proposals.events import InterestDeclared, InterestEnded
from govnet.decisions.proposals.models import Interest
from govnet.decisions.proposals.opening import still_asked, still_open
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import RuleBroken
from govnet.offices import queries as offices_queries
from govnet.permissions import Can, require
from govnet.record.actions import record


def interest_of(proposal_id: int, person_id: int | None) -> Interest | None:
    """A person's declared interest in a proposal, if it still stands."""
    return db.session.scalar(
        select(Interest).where(
            Interest.proposal_id == proposal_id, Interest.person_id == person_id, Interest.ended_at.is_(None)
        )
    )


def recused(version: ProposalVersion, person_id: int | None) -> bool:
    """Whether a person's answer is shown and not counted, even if others enter it: an interest, or their own case."""
    proposal = version.proposal
    if interest_of(proposal.id, person_id) is not None or roll.in_own_case(version.id, person_id):
        return True
    day = clock.today(queries.network_of(proposal).zone)
    return proposal.matter == "mandate" and person_id in offices_queries.coordinating(
        proposal.network_id, day
    )


def interests_in(proposal_id: int) -> Sequence[Interest]:
    """The declared interests in a proposal that still stand, with their people."""
    query = select(Interest).where(Interest.proposal_id == proposal_id, Interest.ended_at.is_(None))
    return db.session.scalars(query.options(joinedload(Interest.person)).order_by(Interest.at)).all()


def declare(proposal: Proposal, text: str, *, by: Actor, via: Door) -> Interest:
    """Say what one's interest is; answers that one gave, for whomever, are not counted any more."""
    act = require(by, Can.ANSWER, proposal, via)
    version = still_asked(proposal)
    if not text.strip():
        raise RuleBroken(_("Say in a few words what your interest is."), field="interest")
    if interest_of(proposal.id, by.person_id) is not None:
        raise RuleBroken(
            _("You have already declared an interest. Take it back to declare it differently."),
            field="interest",
        )
    interest = Interest(proposal_id=proposal.id, person_id=by.person_id, text=text.strip(), at=clock.now())
    db.session.add(interest)
    db.session.flush()  # one a person: the second of two at once ends here
    mine = update(Answer).where(Answer.version_id == version.id, Answer.cast_by_id == by.person_id)
    db.session.execute(mine.values(recused=True, counted=False))
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(InterestDeclared(act=act, **about))
    return interest


def end(proposal: Proposal, *, by: Actor, via: Door) -> None:
    """Have no interest any more. An answer counts again once it is given again."""
    act = require(by, Can.ANSWER, proposal, via)
    version = still_open(proposal)
    interest = interest_of(proposal.id, by.person_id)
    if interest is None:
        raise RuleBroken(_("You have not declared an interest in this."))
    interest.ended_at = clock.now()
    about: dict[str, Any] = {"proposal": proposal, "version": version, "question": version.question}
    record(InterestEnded(act=act, **about))
