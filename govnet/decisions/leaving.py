"""What the decisions room holds about a person, and what it lets go of when she removes her name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from govnet.decisions.models import PastPosition, Position, Proposal, ProposalVersion
from govnet.decisions.words import label
from govnet.extensions import db


def held(person_id: int) -> dict[str, Any]:
    """Her answers, the earlier ones too, and what she proposed."""
    asked = select(ProposalVersion.question, ProposalVersion.text, ProposalVersion.opened_at)
    return {
        "answers": _answers(Position, person_id),
        "earlier_answers": _answers(PastPosition, person_id),
        "proposals": [
            {"question": row.question, "text": row.text, "opened_at": row.opened_at.isoformat()}
            for row in db.session.execute(asked.join(Proposal).where(Proposal.author_id == person_id))
        ],
    }


def _answers(kind: type[Position] | type[PastPosition], person_id: int) -> list[dict[str, str]]:
    query = (
        select(ProposalVersion.question, kind.kind, kind.reason, kind.at)
        .join(ProposalVersion, ProposalVersion.id == kind.version_id)
        .where(kind.cast_by_id == person_id)
        .order_by(kind.at)
    )
    return [
        {"question": row.question, "answer": label(row.kind), "reason": row.reason, "at": row.at.isoformat()}
        for row in db.session.execute(query)
    ]


def forget(person_id: int) -> None:
    """Empty the words beside her answers, which stay counted; what she proposed was put to others and stays."""
    gone = {"erased": True, "named": False, "reason": "", "remedy": ""}
    db.session.execute(update(Position).where(Position.cast_by_id == person_id).values(gone))
    db.session.execute(update(PastPosition).where(PastPosition.cast_by_id == person_id).values(reason=""))
