"""Suggested words for a passage of a draft or an open proposal: its author accepts them, or says why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from govnet.decisions.drafts import actions as drafts_actions
from govnet.decisions.drafts import queries as drafts_queries
from govnet.decisions.drafts.events import DraftSuggested, DraftSuggestionAnswered
from govnet.decisions.drafts.models import Draft
from govnet.decisions.models import AnyProposal, Proposal, ProposalVersion
from govnet.decisions.proposals import actions
from govnet.decisions.proposals.events import SuggestionAnswered, SuggestionMade
from govnet.decisions.proposals.models import Suggestion, SuggestionState
from govnet.decisions.proposals.opening import (
    Wording,
    check_reason,
    still_asked,
    still_open,
    words_of,
)
from govnet.decisions.suggestions import queries as suggestions_queries
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import NotAllowed, RuleBroken
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record
from govnet.record.events import Visibility

MOST_OPEN = 5
"""Open suggestions of one member to one proposal: more of them is a proposal of one's own."""


def suggest(
    proposal: AnyProposal, passage: str, instead: str, why: str, *, by: Actor, via: Door
) -> Suggestion:
    """Suggest other words for a passage that is in the text exactly once. RuleBroken otherwise."""
    act = require(by, Can.SUGGEST_WORDS, proposal, via)
    version = still_asked(proposal) if isinstance(proposal, Proposal) else _changeable(proposal)
    if isinstance(proposal, Draft) and proposal.author_id == by.person_id:
        raise RuleBroken(_("This is your own draft: change its text yourself."))
    check_passage(version.text, passage, instead)
    if suggestions_queries.open_by(version.id, by.person_id) >= MOST_OPEN:
        raise RuleBroken(_("You have suggested a lot here already. Wait for an answer, or take one back."))
    check_reason(why, "why")
    row = Suggestion(
        version_id=version.id,
        person_id=by.person_id,
        passage=passage,
        instead=instead,
        why=why.strip(),
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # the entry names it by its key
    made = DraftSuggested if isinstance(proposal, Draft) else SuggestionMade
    record(made(**_about(proposal, version, row), act=act))
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
    """Accept suggested words: into the draft, whose supporters have to support it again, or by asking everybody again.

    The text and the reason are the suggestion's, if not given.
    """
    proposal = _open_proposal(suggestion)
    act = require(by, Can.REWORD_PROPOSAL, proposal, via)
    old = _changeable(proposal)
    if suggestion.version_id != old.id or old.text.count(suggestion.passage) != 1:
        raise RuleBroken(
            _("The text has changed since. Make the change yourself, and thank the person who suggested it.")
        )
    words = words or replace(words_of(old), text=taken_into(old, suggestion))
    _answer(suggestion, SuggestionState.ACCEPTED, "")
    _record_answer(proposal, old, suggestion, act=act, taken=True)
    if not isinstance(proposal, Proposal):
        _words, ask = drafts_queries.kept(drafts_queries.locked(proposal.id))
        return drafts_actions.change(proposal.id, words, ask, by=by, via=via).version
    new = actions.reword(proposal, words, because=because or suggestion.why, by=by, via=via, seen=seen)
    for each in suggestions_queries.open_to(old.id):
        if new.text.count(each.passage) == 1:
            each.version_id = new.id  # it is suggested for the new text too
    return new


def taken_into(version: ProposalVersion, suggestion: Suggestion) -> str:
    """The version's text with the suggested words in it."""
    return version.text.replace(suggestion.passage, suggestion.instead)


def reject(suggestion: Suggestion, answer: str, *, by: Actor, via: Door) -> None:
    """Keep the text, and say why."""
    proposal = _open_proposal(suggestion)
    act = require(by, Can.REWORD_PROPOSAL, proposal, via)
    version = _changeable(proposal)
    if not answer.strip():
        raise RuleBroken(_("Say why not, in a few words: somebody gave it thought."), field="reason")
    _answer(suggestion, SuggestionState.REJECTED, answer.strip())
    _record_answer(proposal, version, suggestion, act=act, taken=False)


def take_back(suggestion: Suggestion, *, by: Actor) -> None:
    """Suggest it no more."""
    check_right(by, Can.SUGGEST_WORDS, _open_proposal(suggestion))
    if suggestion.person_id != by.person_id:
        raise NotAllowed(_("Only the member who suggested it can take it back."))
    suggestion.state = SuggestionState.TAKEN_BACK


def check_passage(text: str, passage: str, instead: str) -> None:
    """RuleBroken unless the passage is in the text exactly once, and its replacement leaves something of it."""
    if not passage.strip():
        raise RuleBroken(_("Copy the passage that should change from the text."), field="text")
    found = text.count(passage)
    if found == 0:
        raise RuleBroken(_("This passage is not in the text. Copy it exactly as it is there."), field="text")
    if found > 1:
        raise RuleBroken(
            _("This passage is in the text more than once. Copy some words around it too."), field="text"
        )
    if passage == instead:
        raise RuleBroken(_("This is the same text."), field="text")
    if not text.replace(passage, instead).strip():
        raise RuleBroken(_("Nothing would be left of the text."), field="text")


def _changeable(proposal: AnyProposal) -> ProposalVersion:
    """The version with the text as it stands, locked: of a draft, or the one that people answer."""
    if isinstance(proposal, Proposal):
        return still_open(proposal)
    draft = drafts_queries.locked(proposal.id)
    if not draft.is_open:
        raise RuleBroken(_("This is no longer a draft."))
    return draft.version


def _open_proposal(suggestion: Suggestion) -> AnyProposal:
    if suggestion.state is not SuggestionState.OPEN:
        raise RuleBroken(_("This suggestion has been answered already."))
    version = db.session.get_one(ProposalVersion, suggestion.version_id)
    return db.session.get_one(AnyProposal, version.proposal_id)


def _answer(suggestion: Suggestion, state: SuggestionState, answer: str) -> None:
    suggestion.state, suggestion.answer, suggestion.answered_at = state, answer, clock.now()


def _record_answer(
    proposal: AnyProposal, version: ProposalVersion, suggestion: Suggestion, *, act: Act, taken: bool
) -> None:
    answered = DraftSuggestionAnswered if isinstance(proposal, Draft) else SuggestionAnswered
    record(answered(**_about(proposal, version, suggestion), act=act, taken=taken))


def _about(proposal: AnyProposal, version: ProposalVersion, suggestion: Suggestion) -> dict[str, Any]:
    about = {"question": version.question, "suggestion": suggestion}
    if isinstance(proposal, Draft):
        return about | {"draft": proposal, "seen_by": Visibility(proposal.visibility.value)}
    return about | {"proposal": proposal, "version": version}
