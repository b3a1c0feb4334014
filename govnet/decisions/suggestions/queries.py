"""The suggestions to drafts and to open proposals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from govnet.decisions.models import ProposalVersion
from govnet.decisions.proposals.models import Suggestion, SuggestionState
from govnet.extensions import db
from govnet.kernel.errors import NotFound


def suggestion_to(proposal_id: int, key: int, *, locked: bool = False) -> Suggestion:
    """A suggestion to the proposal or draft. NotFound."""
    query = select(Suggestion).join(ProposalVersion, ProposalVersion.id == Suggestion.version_id)
    query = query.where(Suggestion.id == key, ProposalVersion.proposal_id == proposal_id)
    row = db.session.scalar(query.with_for_update(of=Suggestion) if locked else query)
    if row is None:
        raise NotFound(_("There is no such suggestion."))
    return row


def suggestion_by_id(key: int) -> Suggestion:
    """A suggestion that is known to be there."""
    return db.session.get_one(Suggestion, key)


def suggestions(proposal_id: int, since: datetime | None = None) -> Sequence[Suggestion]:
    """All that were made (since a time, where one is given) and not taken back, the open ones first."""
    query = (
        select(Suggestion)
        .join(ProposalVersion, ProposalVersion.id == Suggestion.version_id)
        .where(ProposalVersion.proposal_id == proposal_id, Suggestion.state != SuggestionState.TAKEN_BACK)
        .options(joinedload(Suggestion.person))
        .order_by(Suggestion.state != SuggestionState.OPEN, Suggestion.id)
    )
    return db.session.scalars(query if since is None else query.where(Suggestion.at >= since)).all()


def open_by(version_id: int, person_id: int | None) -> int:
    """How many open suggestions to a version one person has."""
    query = select(func.count()).where(
        Suggestion.version_id == version_id,
        Suggestion.person_id == person_id,
        Suggestion.state == SuggestionState.OPEN,
    )
    return db.session.scalar(query) or 0


def open_to(version_id: int) -> Sequence[Suggestion]:
    """Open suggestions to a version."""
    query = select(Suggestion).where(
        Suggestion.version_id == version_id, Suggestion.state == SuggestionState.OPEN
    )
    return db.session.scalars(query).all()
