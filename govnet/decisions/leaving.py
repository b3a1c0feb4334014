"""What the decisions room holds about a person, and what it lets go of when she removes her name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from govnet.decisions.beside import Interest, ReviewRequest, Suggestion
from govnet.decisions.book import Decision, DecisionNote
from govnet.decisions.models import PastPosition, Position, Proposal, ProposalVersion
from govnet.decisions.words import label
from govnet.extensions import db


def held(person_id: int) -> dict[str, Any]:
    """Her answers, the earlier ones too, and what she proposed."""
    asked = select(ProposalVersion.question, ProposalVersion.text, ProposalVersion.opened_at)
    return {
        "answers": _answers(Position, person_id),
        "earlier_answers": _answers(PastPosition, person_id),
        "reviews_asked_for": _reviews(person_id),
        "notes_beside_decisions": _notes(person_id),
        "proposals": [
            {"question": row.question, "text": row.text, "opened_at": row.opened_at.isoformat()}
            for row in db.session.execute(asked.join(Proposal).where(Proposal.author_id == person_id))
        ],
        "suggested_words": [
            {"passage": row.passage, "instead": row.instead, "why": row.why, "at": row.at.isoformat()}
            for row in db.session.scalars(select(Suggestion).where(Suggestion.person_id == person_id))
        ],
        "interests": [
            {"interest": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(Interest).where(Interest.person_id == person_id))
        ],
    }


def _answers(kind: type[Position] | type[PastPosition], person_id: int) -> list[dict[str, str]]:
    query = (
        select(ProposalVersion.question, kind.kind, kind.reason, kind.remedy, kind.principle, kind.at)
        .join(ProposalVersion, ProposalVersion.id == kind.version_id)
        .where(kind.cast_by_id == person_id)
        .order_by(kind.at)
    )
    return [
        {
            "question": row.question,
            "answer": label(row.kind),
            "reason": row.reason,
            "could_live_with": row.remedy,
            "rests_on": row.principle,
            "at": row.at.isoformat(),
        }
        for row in db.session.execute(query)
    ]


def _reviews(person_id: int) -> list[dict[str, str]]:
    query = select(Decision.question, ReviewRequest.reason, ReviewRequest.at)
    query = query.join(Decision, Decision.id == ReviewRequest.decision_id)
    return [
        {"question": row.question, "reason": row.reason, "at": row.at.isoformat()}
        for row in db.session.execute(query.where(ReviewRequest.person_id == person_id))
    ]


def _notes(person_id: int) -> list[dict[str, str]]:
    query = select(Decision.question, DecisionNote.kind, DecisionNote.text, DecisionNote.at)
    query = query.join(Decision, Decision.id == DecisionNote.decision_id)
    return [
        {"question": row.question, "kind": row.kind.value, "text": row.text, "at": row.at.isoformat()}
        for row in db.session.execute(query.where(DecisionNote.author_id == person_id))
    ]


def forget(person_id: int) -> None:
    """Empty the words beside her answers, which stay counted; what she proposed was put to others and stays."""
    gone = {"erased": True, "named": False, "reason": "", "remedy": ""}
    db.session.execute(update(Position).where(Position.cast_by_id == person_id).values(gone))
    past = {"reason": "", "remedy": ""}
    db.session.execute(update(PastPosition).where(PastPosition.cast_by_id == person_id).values(past))
    db.session.execute(update(Suggestion).where(Suggestion.person_id == person_id).values(why=""))
    declared = update(Interest).where(Interest.person_id == person_id)
    db.session.execute(declared.values(text="", erased=True))
    db.session.execute(update(ReviewRequest).where(ReviewRequest.person_id == person_id).values(reason=""))
