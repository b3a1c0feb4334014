"""For whom an open version still waits: whose answer can still come, and would count."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import QueryableAttribute

from govnet.charter import parameters as p
from govnet.decisions import queries, roll
from govnet.decisions.beside import Interest
from govnet.decisions.models import ELSEWHERE, Position, Proposal, ProposalVersion, RollEntry
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.statements import another
from govnet.membership.models import Membership, MembershipState
from govnet.offices import queries as offices_queries
from govnet.people.models import Representation
from govnet.permissions import Can, can

Who = QueryableAttribute[Any]
BELONGS = (MembershipState.ACTIVE, MembershipState.SUSPENDED)
"""Who is suspended may be back before the deadline."""


def may_close_early(version: ProposalVersion, by: Actor) -> bool:
    """Whether this reader can close it now: it is theirs, the charter allows it and nobody is waited for."""
    if not version.is_open or version.method == ELSEWHERE or version.waiting_since is not None:
        return False
    allowed = queries.charter_of(version)[p.CLOSE_EARLY] != "never"
    return allowed and can(by, Can.CLOSE_PROPOSAL, version.proposal) and not awaited(version)


def awaited(version: ProposalVersion) -> int:
    """How many silent parties can still give an answer that counts.

    Not those who left, who are recused, for whom nobody speaks, or whose one counted answer was given for another.
    """
    proposal = db.session.get_one(Proposal, version.proposal_id)
    day = clock.today(queries.network_of(proposal).zone)
    silent = (
        select(func.count(RollEntry.id.distinct()))
        .outerjoin(Position, Position.entry_id == RollEntry.id)
        .where(RollEntry.version_id == version.id, RollEntry.counted, Position.id.is_(None))
    )
    people = silent.where(_here(proposal, day), _free(RollEntry.person_id, version, proposal, day))
    organisations = (
        silent.join(Representation, Representation.organisation_id == RollEntry.organisation_id)
        .join(Membership, Membership.id == RollEntry.membership_id)
        .where(_speaks(day), _belongs(day), _free(Representation.person_id, version, proposal, day))
    )
    return (db.session.scalar(people) or 0) + (db.session.scalar(organisations) or 0)


def _speaks(day: date) -> ColumnElement[bool]:
    return and_(Representation.start <= day, or_(Representation.end.is_(None), Representation.end > day))


def _belongs(day: date) -> ColumnElement[bool]:
    return and_(Membership.state.in_(BELONGS), or_(Membership.end.is_(None), Membership.end > day))


def _here(proposal: Proposal, day: date) -> ColumnElement[bool]:
    """Whoever is on the roll still has a place in the network: by a membership, an organisation, or a seat."""
    person = RollEntry.person_id
    spoken = select(Representation.organisation_id).where(Representation.person_id == person, _speaks(day))
    spoken = spoken.correlate(RollEntry)
    here = exists().where(Membership.network_id == proposal.network_id, _belongs(day))
    member, voice = (
        here.where(Membership.person_id == person),
        here.where(Membership.organisation_id.in_(spoken)),
    )
    return or_(member, voice, person.in_(roll.committee(proposal.network_id, day)))


def _free(person: Who, version: ProposalVersion, proposal: Proposal, day: date) -> ColumnElement[bool]:
    """Whose answer would count: not recused, and none that counts given yet for anybody."""
    other = another(Position, "given")
    given = exists().where(other.version_id == version.id, other.counted, other.cast_by_id == person)
    declared = exists().where(
        Interest.proposal_id == proposal.id, Interest.person_id == person, Interest.ended_at.is_(None)
    )
    own = offices_queries.coordinating(proposal.network_id, day) if proposal.matter == "mandate" else ()
    named = roll.aside(version.id)
    return and_(~given, ~declared, person.not_in({*own, *named}))
