"""Other words for a passage: members suggest them; the proposer takes them, or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govnet.decisions.models import Proposal, ProposalVersion
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.events import SuggestionAnswered, SuggestionMade
from govnet.decisions.proposals.models import Suggestion, SuggestionState
from govnet.decisions.proposals.opening import (
    Wording,
    as_author,
    check_reason,
    still_asked,
    still_open,
    words_of,
)
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Actor, Door
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record

MOST_OPEN = 5
"""Open suggestions of one member to one proposal: more of them is a proposal of one's own."""


def suggest(proposal: Proposal, passage: str, instead: str, why: str, *, by: Actor, via: Door) -> Suggestion:
    """Suggest other words for a passage that stands in the text exactly once. RuleBroken otherwise."""
    act = require(by, Can.SUGGEST_WORDS, proposal, via)
    version = still_asked(proposal)
    check_passage(version.text, passage, instead)
    _check_few(version, by)
    check_reason(why, "why")
    row = Suggestion(
        version_id=version.id,
        person_id=by.person_id,
        passage=passage,
        instead=instead,
        why=why,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # the entry names it by its key
    record(SuggestionMade(**_about(proposal, version, row), act=act))
    return row


def accept(
    suggestion: Suggestion,
    *,
    by: Actor,
    via: Door,
    words: Wording | None = None,
    because: str = "",
    seen: int | None = None,
) -> ProposalVersion:
    """Take suggested words: everybody is asked again. The words and the reason are the suggestion's, if not given."""
    proposal = _open_proposal(suggestion)
    act = as_author(Can.REWORD_PROPOSAL, proposal, by, via)
    old = still_open(proposal)
    if suggestion.version_id != old.id or old.text.count(suggestion.passage) != 1:
        raise RuleBroken(
            _(
                "The words have changed since. Write them in yourself, and thank the person who suggested them."
            )
        )
    words = words or replace(words_of(old), text=taken_into(old, suggestion))
    _answered(suggestion, SuggestionState.ACCEPTED, "")
    record(SuggestionAnswered(**_about(proposal, old, suggestion), act=act, taken=True))
    new = actions.reword(proposal, words, because=because or suggestion.why, by=by, via=via, seen=seen)
    _carry_over(old, new)
    return new


def taken_into(version: ProposalVersion, suggestion: Suggestion) -> str:
    """The version's text with the suggested words in it."""
    return version.text.replace(suggestion.passage, suggestion.instead)


def reject(suggestion: Suggestion, answer: str, *, by: Actor, via: Door) -> None:
    """Keep the words, and say why."""
    proposal = _open_proposal(suggestion)
    act = as_author(Can.REWORD_PROPOSAL, proposal, by, via)
    version = still_open(proposal)
    if not answer.strip():
        raise RuleBroken(_("Say in a word why not: somebody gave it thought."), field="answer")
    _answered(suggestion, SuggestionState.REJECTED, answer.strip())
    record(SuggestionAnswered(**_about(proposal, version, suggestion), act=act, taken=False))


def take_back(suggestion: Suggestion, *, by: Actor) -> None:
    """Suggest it no more."""
    check_right(by, Can.SUGGEST_WORDS, _open_proposal(suggestion))
    if suggestion.person_id != by.person_id:
        raise NotAllowed(_("Only the member who suggested it can take it back."))
    suggestion.state = SuggestionState.TAKEN_BACK


def suggestion_locked(key: int, proposal: Proposal) -> Suggestion:
    """A suggestion to this proposal, locked. NotFound."""
    return suggestion_to(proposal.id, key, locked=True)


def suggestion_to(proposal_id: int, key: int, *, locked: bool = False) -> Suggestion:
    """A suggestion to the proposal. NotFound."""
    query = select(Suggestion).join(ProposalVersion, ProposalVersion.id == Suggestion.version_id)
    query = query.where(Suggestion.id == key, ProposalVersion.proposal_id == proposal_id)
    row = db.session.scalar(query.with_for_update(of=Suggestion) if locked else query)
    if row is None:
        raise NotFound(_("There is no such suggestion."))
    return row


def suggestion_by_id(key: int) -> Suggestion:
    """A suggestion that is known to be there."""
    return db.session.get_one(Suggestion, key)


def suggestions(proposal_id: int) -> Sequence[Suggestion]:
    """All that were made to a proposal and not taken back, the open ones first."""
    query = (
        select(Suggestion)
        .join(ProposalVersion, ProposalVersion.id == Suggestion.version_id)
        .where(ProposalVersion.proposal_id == proposal_id, Suggestion.state != SuggestionState.TAKEN_BACK)
        .options(joinedload(Suggestion.person))
        .order_by(Suggestion.state != SuggestionState.OPEN, Suggestion.id)
    )
    return db.session.scalars(query).all()


def check_passage(text: str, passage: str, instead: str) -> None:
    """RuleBroken unless the passage stands in the text exactly once, and other words in its place leave something of it."""
    if not passage.strip():
        raise RuleBroken(_("Copy the passage that should change from the text."), field="text")
    found = text.count(passage)
    if found == 0:
        raise RuleBroken(
            _("This passage is not in the text. Copy it exactly as it stands there."), field="text"
        )
    if found > 1:
        raise RuleBroken(
            _("This stands in the text more than once. Copy some words around it too."), field="text"
        )
    if passage == instead:
        raise RuleBroken(_("These are the same words."), field="text")
    if not text.replace(passage, instead).strip():
        raise RuleBroken(_("Nothing would be left of the text."), field="text")


def _check_few(version: ProposalVersion, by: Actor) -> None:
    mine = select(Suggestion.id).where(
        Suggestion.version_id == version.id,
        Suggestion.person_id == by.person_id,
        Suggestion.state == SuggestionState.OPEN,
    )
    if len(db.session.scalars(mine).all()) >= MOST_OPEN:
        raise RuleBroken(_("You have suggested a lot here already. Wait for an answer, or take one back."))


def _open_proposal(suggestion: Suggestion) -> Proposal:
    if suggestion.state is not SuggestionState.OPEN:
        raise RuleBroken(_("This suggestion has been answered already."))
    version = db.session.get_one(ProposalVersion, suggestion.version_id)
    return db.session.get_one(Proposal, version.proposal_id)


def _answered(suggestion: Suggestion, state: SuggestionState, answer: str) -> None:
    suggestion.state, suggestion.answer, suggestion.answered_at = state, answer, clock.now()


def _carry_over(old: ProposalVersion, new: ProposalVersion) -> None:
    """What was suggested for words that are still there is suggested for the new text too."""
    query = select(Suggestion).where(
        Suggestion.version_id == old.id, Suggestion.state == SuggestionState.OPEN
    )
    for each in db.session.scalars(query):
        if new.text.count(each.passage) == 1:
            each.version_id = new.id


def _about(proposal: Proposal, version: ProposalVersion, suggestion: Suggestion) -> dict[str, Any]:
    about = {"proposal": proposal, "version": version, "question": version.question}
    return about | {"suggestion": suggestion}
