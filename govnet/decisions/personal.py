"""The decisions room's data about a person, and what it erases when she removes her name."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, func, select, union_all, update

from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts.models import Draft, FormerDraft, Sponsor
from govnet.decisions.models import (
    AnyProposal,
    PastPosition,
    Position,
    ProposalState,
    ProposalVersion,
    VersionState,
)
from govnet.decisions.proposals import stored_form
from govnet.decisions.proposals.models import OfficeReply, Option, Suggestion
from govnet.extensions import db


def held(person_id: int) -> dict[str, Any]:
    """Names in her texts that columns do not declare."""
    return {
        "suggested_words": _suggested(person_id),
        "replies_in_ones_own_case": [
            {"text": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(OfficeReply).where(OfficeReply.person_id == person_id))
        ],
        "drafts": _drafts(person_id),
        "wanted_asked": _wanted(person_id),
        "options": _options(person_id),
    }


def _suggested(person_id: int) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(Suggestion).where(Suggestion.person_id == person_id))
    return [
        {"passage": row.passage, "instead": row.instead, "why": row.why, "at": row.at.isoformat()}
        for row in rows
    ]


def _drafts(person_id: int) -> list[dict[str, Any]]:
    found = []
    for draft in db.session.scalars(select(Draft).where(Draft.author_id == person_id)):
        written = json.loads(stored_form.dumps(*drafts_queries.kept(draft)))
        found.append({**written, "made_at": draft.drafted_at.isoformat() if draft.drafted_at else ""})
    return found


def _wanted(person_id: int) -> list[dict[str, str]]:
    newest = select(func.max(ProposalVersion.id)).group_by(ProposalVersion.proposal_id)
    query = select(ProposalVersion.question, Sponsor.at)
    query = query.join(Sponsor, Sponsor.proposal_id == ProposalVersion.proposal_id)
    query = query.where(Sponsor.person_id == person_id, ProposalVersion.id.in_(newest))
    return [{"question": row.question, "at": row.at.isoformat()} for row in db.session.execute(query)]


def _options(person_id: int) -> list[dict[str, Any]]:
    """The options, for the numbers beside their answers."""
    chosen = [
        select(kind.version_id).where(kind.cast_by_id == person_id, kind.choices != "")
        for kind in (Position, PastPosition)
    ]
    query = select(Option).where(Option.version_id.in_(union_all(*chosen)))
    rows = db.session.scalars(query.order_by(Option.version_id, Option.number))
    return [{"version_id": row.version_id, "number": row.number, "option": row.title} for row in rows]


def forget(person_id: int) -> list[str]:
    """Empty what she suggested, replied and prepared; what she proposed was put to others and stays."""
    db.session.execute(update(Suggestion).where(Suggestion.person_id == person_id).values(why=""))
    db.session.execute(delete(OfficeReply).where(OfficeReply.person_id == person_id))
    return _forget_drafts(person_id)


def _forget_drafts(person_id: int) -> list[str]:
    """Delete her drafts and her support. Returns the drafts whose entries name it."""
    db.session.execute(delete(Sponsor).where(Sponsor.person_id == person_id))
    gone = list(db.session.scalars(select(Draft.id).where(Draft.author_id == person_id)))
    text = (ProposalVersion.proposal_id.in_(gone), ProposalVersion.state == VersionState.DRAFT)
    versions = list(db.session.scalars(select(ProposalVersion.id).where(*text)))
    told = update(Suggestion).where(Suggestion.version_id.in_(versions))
    db.session.execute(told.values(passage="-", instead=""))
    drafts_actions.take_apart(versions, gone)
    empty = dict.fromkeys(("question", "text", "html", "considered", "sources", "trial_signs"), "")
    dates = {"changes": "{}", "in_force_on": None, "trial_until": None}
    db.session.execute(
        update(ProposalVersion).where(ProposalVersion.id.in_(versions)).values(**empty, **dates)
    )
    dropped = {"state": ProposalState.DROPPED, "closes_on": None, "review_on": None}
    db.session.execute(update(AnyProposal).where(AnyProposal.id.in_(gone)).values(dropped))
    former = select(FormerDraft.id).where(FormerDraft.proposal_id.in_(gone))
    return [
        *(f"{AnyProposal.__tablename__}:{key}" for key in gone),
        *(f"{FormerDraft.__tablename__}:{key}" for key in db.session.scalars(former)),
    ]
