"""The decisions room's data about a person, and what it erases when she removes her name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, union_all, update

from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts.models import Draft, FormerDraft
from govnet.decisions.models import (
    Answer,
    AnyProposal,
    PastAnswer,
    ProposalState,
    ProposalVersion,
    VersionState,
)
from govnet.decisions.proposals.models import Option, Suggestion
from govnet.extensions import db


def held(person_id: int) -> dict[str, Any]:
    """Facts that columns do not declare."""
    return {"options": _options(person_id)}


def _options(person_id: int) -> list[dict[str, Any]]:
    """The options, for the numbers beside their answers."""
    chosen = [
        select(kind.version_id).where(kind.cast_by_id == person_id, kind.choices != "")
        for kind in (Answer, PastAnswer)
    ]
    query = select(Option).where(Option.version_id.in_(union_all(*chosen)))
    rows = db.session.scalars(query.order_by(Option.version_id, Option.number))
    return [{"version_id": row.version_id, "number": row.number, "option": row.title} for row in rows]


def forget(person_id: int) -> list[str]:
    """Delete her drafts, with the parts beside them; returns those whose entries name it.

    Her proposals were put to others and stay.
    """
    gone = list(db.session.scalars(select(Draft.id).where(Draft.author_id == person_id)))
    text = (ProposalVersion.proposal_id.in_(gone), ProposalVersion.state == VersionState.DRAFT)
    versions = list(db.session.scalars(select(ProposalVersion.id).where(*text)))
    told = update(Suggestion).where(Suggestion.version_id.in_(versions))
    db.session.execute(told.values(passage="-", instead=""))  # they quote it
    drafts_actions.take_apart(versions, gone)
    dropped = update(AnyProposal).where(AnyProposal.id.in_(gone))
    db.session.execute(dropped.values(state=ProposalState.DROPPED))
    former = select(FormerDraft.id).where(FormerDraft.proposal_id.in_(gone))
    return [
        *(f"{AnyProposal.__tablename__}:{key}" for key in gone),
        *(f"{FormerDraft.__tablename__}:{key}" for key in db.session.scalars(former)),
    ]
