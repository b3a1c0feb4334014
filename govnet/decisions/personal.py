"""What the decisions room holds about a person, and what it lets go of when she removes her name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from govnet.decisions import queries
from govnet.decisions.answers.models import ReasonReply
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts.models import Draft, DraftState, Sponsor
from govnet.decisions.labels import label
from govnet.decisions.models import Decision, OfficeReply, PastPosition, Position, Proposal, ProposalVersion
from govnet.decisions.proposals import evidence
from govnet.decisions.proposals.models import DraftSuggestion, Interest, Rewording, Suggestion
from govnet.decisions.register.models import DecisionNote, MeetingNote, ReviewRequest
from govnet.extensions import db


def held(person_id: int) -> dict[str, Any]:
    """Her answers, the earlier ones too, and what she proposed."""
    asked = select(ProposalVersion.question, ProposalVersion.text, ProposalVersion.opened_at)
    return {
        "answers": _answers(Position, person_id),
        "earlier_answers": _answers(PastPosition, person_id),
        "reviews_asked_for": _reviews(person_id),
        "notes_beside_decisions": _notes(person_id),
        "notes_of_meetings": [
            {"title": row.title, "text": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(MeetingNote).where(MeetingNote.author_id == person_id))
        ],
        "proposals": [
            {"question": row.question, "text": row.text, "opened_at": row.opened_at.isoformat()}
            for row in db.session.execute(asked.join(Proposal).where(Proposal.author_id == person_id))
        ],
        "suggested_words": [*_suggested(Suggestion, person_id), *_suggested(DraftSuggestion, person_id)],
        "replies_to_reasons": [
            {"text": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(ReasonReply).where(ReasonReply.author_id == person_id))
        ],
        "interests": [
            {"interest": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(Interest).where(Interest.person_id == person_id))
        ],
        "replies_in_ones_own_case": [
            {"text": row.text, "at": row.at.isoformat()}
            for row in db.session.scalars(select(OfficeReply).where(OfficeReply.person_id == person_id))
        ],
        "drafts": _drafts(person_id),
        "words_that_nobody_was_asked": _rewordings(person_id),
        "mails_kept": evidence.held(person_id),
        "wanted_asked": _wanted(person_id),
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


def _rewordings(person_id: int) -> list[dict[str, Any]]:
    query = select(Rewording.words, Rewording.because).join(Proposal, Proposal.id == Rewording.proposal_id)
    rows = db.session.execute(query.where(Proposal.author_id == person_id))
    return [{**json.loads(row.words), "because": row.because} for row in rows]


def _wanted(person_id: int) -> list[dict[str, str]]:
    query = select(Draft.question, Sponsor.at).join(Sponsor).where(Sponsor.person_id == person_id)
    return [{"question": row.question, "at": row.at.isoformat()} for row in db.session.execute(query)]


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


def forget(person_id: int) -> list[str]:
    """Empty the words beside her answers, which stay counted; what she proposed was put to others and stays.

    Of mails of hers from which a decision came, what they said stays; they are no longer kept as they came, nor under her name.
    """
    gone = {"erased": True, "named": False, "reason": "", "remedy": ""}
    db.session.execute(update(Position).where(Position.cast_by_id == person_id).values(gone))
    past = {"reason": "", "remedy": ""}
    db.session.execute(update(PastPosition).where(PastPosition.cast_by_id == person_id).values(past))
    db.session.execute(update(Suggestion).where(Suggestion.person_id == person_id).values(why=""))
    words = update(DraftSuggestion).where(DraftSuggestion.person_id == person_id)
    db.session.execute(words.values(why=""))
    declared = update(Interest).where(Interest.person_id == person_id)
    db.session.execute(declared.values(text="", erased=True))
    db.session.execute(update(ReviewRequest).where(ReviewRequest.person_id == person_id).values(reason=""))
    db.session.execute(delete(OfficeReply).where(OfficeReply.person_id == person_id))
    hers = select(Position.entry_id).where(Position.cast_by_id == person_id)
    db.session.execute(delete(ReasonReply).where(ReasonReply.entry_id.in_(hers)))
    asked = select(Proposal.id).where(Proposal.author_id == person_id)
    db.session.execute(delete(Rewording).where(Rewording.proposal_id.in_(asked)))
    evidence.forget(person_id)
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
