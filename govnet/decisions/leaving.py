"""What the decisions room holds about a person, and what it lets go of when she removes her name."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from govnet.decisions import queries
from govnet.decisions.beside import Interest, Suggestion
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
        "suggested_words": [
            {"passage": row.passage, "instead": row.instead, "why": row.why, "at": row.at.isoformat()}
            for row in db.session.scalars(select(Suggestion).where(Suggestion.person_id == person_id))
        ],
        "interests": [
            {"interest": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(Interest).where(Interest.person_id == person_id))
        ],
    }


def _answers(kind: type[Position] | type[PastPosition], person_id: int) -> list[dict[str, Any]]:
    query = (
        select(
            ProposalVersion.id,
            ProposalVersion.question,
            kind.kind,
            kind.reason,
            kind.remedy,
            kind.principle,
            kind.choices,
            kind.at,
        )
        .join(ProposalVersion, ProposalVersion.id == kind.version_id)
        .where(kind.cast_by_id == person_id)
        .order_by(kind.at)
    )
    rows = db.session.execute(query).all()
    titles = queries.options_of([row.id for row in rows if row.choices])
    return [
        {
            "question": row.question,
            "answer": label(row.kind),
            "reason": row.reason,
            "could_live_with": row.remedy,
            "rests_on": row.principle,
            "at": row.at.isoformat(),
        }
        | ({"chose": _chose(row.choices, titles[row.id])} if row.choices else {})
        for row in rows
    ]


def _chose(choices: str, titles: list[str]) -> dict[str, int]:
    """Each option's words and its rank, score or dots."""
    given = queries.ballot(choices)
    return {titles[number - 1] if number else _("None of these"): value for number, value in given.items()}


def forget(person_id: int) -> None:
    """Empty the words beside her answers, which stay counted; what she proposed was put to others and stays."""
    gone = {"erased": True, "named": False, "reason": "", "remedy": ""}
    db.session.execute(update(Position).where(Position.cast_by_id == person_id).values(gone))
    past = {"reason": "", "remedy": ""}
    db.session.execute(update(PastPosition).where(PastPosition.cast_by_id == person_id).values(past))
    db.session.execute(update(Suggestion).where(Suggestion.person_id == person_id).values(why=""))
    declared = update(Interest).where(Interest.person_id == person_id)
    db.session.execute(declared.values(text="", erased=True))
