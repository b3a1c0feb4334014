"""What the decisions room holds about a person, and what it lets go of when she removes her name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, union_all, update

from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts.models import Draft, DraftState, Sponsor
from govnet.decisions.models import OfficeReply, Option, PastPosition, Position
from govnet.decisions.proposals.models import DraftSuggestion, Suggestion
from govnet.extensions import db


def held(person_id: int) -> dict[str, Any]:
    """What columns do not say by themselves of what she wrote."""
    return {
        "suggested_words": [*_suggested(Suggestion, person_id), *_suggested(DraftSuggestion, person_id)],
        "replies_in_ones_own_case": [
            {"text": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(OfficeReply).where(OfficeReply.person_id == person_id))
        ],
        "drafts": _drafts(person_id),
        "wanted_asked": _wanted(person_id),
        "options": _options(person_id),
    }


def _suggested(kind: Any, person_id: int) -> list[dict[str, Any]]:
    rows: Iterable[Any] = db.session.scalars(select(kind).where(kind.person_id == person_id))
    return [
        {"passage": row.passage, "instead": row.instead, "why": row.why, "at": row.at.isoformat()}
        for row in rows
    ]


def _drafts(person_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(select(Draft.words, Draft.made_at).where(Draft.author_id == person_id))
    return [{**json.loads(row.words), "made_at": row.made_at.isoformat()} for row in rows]


def _wanted(person_id: int) -> list[dict[str, str]]:
    query = select(Draft.question, Sponsor.at).join(Sponsor).where(Sponsor.person_id == person_id)
    return [{"question": row.question, "at": row.at.isoformat()} for row in db.session.execute(query)]


def _options(person_id: int) -> list[dict[str, Any]]:
    """What they chose between, for the numbers beside their answers."""
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
    words = update(DraftSuggestion).where(DraftSuggestion.person_id == person_id)
    db.session.execute(words.values(why=""))
    db.session.execute(delete(OfficeReply).where(OfficeReply.person_id == person_id))
    return _forget_drafts(person_id)


def _forget_drafts(person_id: int) -> list[str]:
    """What nobody was asked yet goes with her, and so does her support; returns the drafts whose entries name it."""
    db.session.execute(delete(Sponsor).where(Sponsor.person_id == person_id))
    mine = Draft.author_id == person_id
    gone = list(db.session.scalars(select(Draft.id).where(mine, Draft.state != DraftState.ASKED)))
    told = DraftSuggestion.draft_id.in_(gone)
    db.session.execute(update(DraftSuggestion).where(told).values(passage="-", instead=""))
    empty = {"state": DraftState.DROPPED, "question": "", "words": drafts_queries.EMPTY}
    db.session.execute(update(Draft).where(Draft.id.in_(gone)).values(empty))
    return [f"proposal_draft:{draft_id}" for draft_id in gone]
