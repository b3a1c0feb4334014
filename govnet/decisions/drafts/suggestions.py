"""Other words for a passage of a draft: who may read it suggests them; its author takes them, or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from govnet.decisions.drafts import actions, queries
from govnet.decisions.drafts.events import DraftSuggested, DraftSuggestionAnswered
from govnet.decisions.drafts.models import Draft, DraftState
from govnet.decisions.proposals import stored_form
from govnet.decisions.proposals.models import DraftSuggestion, SuggestionState
from govnet.decisions.proposals.opening import as_author, check_reason
from govnet.decisions.proposals.suggestions import MOST_OPEN, check_passage
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act, Actor, Door
from govnet.kernel.errors import NotAllowed, NotFound, RuleBroken
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record
from govnet.record.events import Visibility


def suggest(draft_id: int, passage: str, instead: str, why: str, *, by: Actor, via: Door) -> DraftSuggestion:
    """Suggest other words for a passage that stands in the draft's text exactly once. RuleBroken otherwise."""
    draft = _open(draft_id)
    act = require(by, Can.SPONSOR, draft, via)
    if draft.author_id == by.person_id:
        raise RuleBroken(_("This is your own draft: change its text yourself."))
    check_reason(why, "why")
    check_passage(stored_form.loads(draft.words)[0].text, passage, instead)
    open_ones = select(func.count()).where(
        DraftSuggestion.draft_id == draft.id,
        DraftSuggestion.person_id == by.person_id,
        DraftSuggestion.state == SuggestionState.OPEN,
    )
    if (db.session.scalar(open_ones) or 0) >= MOST_OPEN:
        raise RuleBroken(_("You have suggested a lot here already. Wait for an answer, or take one back."))
    row = DraftSuggestion(draft_id=draft.id, person_id=by.person_id, passage=passage, instead=instead)
    row.why, row.at = why.strip(), clock.now()
    db.session.add(row)
    db.session.flush()  # the entry names it by its key
    record(DraftSuggested(**_about(draft, row), act=act))
    return row


def accept(draft_id: int, key: int, *, by: Actor, via: Door) -> Draft:
    """Take the words into the draft; whoever wanted it asked has to say so again, as after any change."""
    draft, row, act = _answering(draft_id, key, by, via)
    words, ask = stored_form.loads(draft.words)
    if words.text.count(row.passage) != 1:
        raise RuleBroken(
            _("The text has changed since. Make the change yourself, and thank the person who suggested it.")
        )
    row.state, row.answered_at = SuggestionState.ACCEPTED, clock.now()
    record(DraftSuggestionAnswered(**_about(draft, row), act=act, taken=True))
    new = replace(words, text=words.text.replace(row.passage, row.instead))
    return actions.change(draft_id, new, ask, by=by, via=via)


def reject(draft_id: int, key: int, answer: str, *, by: Actor, via: Door) -> None:
    """Keep the words, and say why."""
    draft, row, act = _answering(draft_id, key, by, via)
    if not answer.strip():
        raise RuleBroken(_("Say why not, in a few words: somebody gave it thought."), field="reason")
    row.state, row.answer, row.answered_at = SuggestionState.REJECTED, answer.strip(), clock.now()
    record(DraftSuggestionAnswered(**_about(draft, row), act=act, taken=False))


def take_back(draft_id: int, key: int, *, by: Actor) -> None:
    """Suggest it no more."""
    draft = _open(draft_id)
    check_right(by, Can.SPONSOR, draft)
    row = of_draft(draft, key)
    if row.person_id != by.person_id:
        raise NotAllowed(_("Only the member who suggested it can take it back."))
    if row.state is SuggestionState.OPEN:
        row.state = SuggestionState.TAKEN_BACK


def of_draft(draft: Draft, key: int) -> DraftSuggestion:
    """A suggestion to this draft. NotFound."""
    row = db.session.get(DraftSuggestion, key)
    if row is None or row.draft_id != draft.id:
        raise NotFound(_("There is no such suggestion."))
    return row


def suggestions(draft_id: int) -> Sequence[DraftSuggestion]:
    """All that were made to a draft and not taken back, the open ones first."""
    query = (
        select(DraftSuggestion)
        .where(DraftSuggestion.draft_id == draft_id, DraftSuggestion.state != SuggestionState.TAKEN_BACK)
        .options(joinedload(DraftSuggestion.person))
        .order_by(DraftSuggestion.state != SuggestionState.OPEN, DraftSuggestion.id)
    )
    return db.session.scalars(query).all()


def _open(draft_id: int) -> Draft:
    draft = queries.locked(draft_id)
    if draft.state is not DraftState.OPEN:
        raise RuleBroken(_("This is no longer a draft."))
    return draft


def _answering(draft_id: int, key: int, by: Actor, via: Door) -> tuple[Draft, DraftSuggestion, Act]:
    draft = _open(draft_id)
    act = as_author(Can.CHANGE_DRAFT, draft, by, via)
    row = of_draft(draft, key)
    if row.state is not SuggestionState.OPEN:
        raise RuleBroken(_("This suggestion has been answered already."))
    return draft, row, act


def _about(draft: Draft, row: DraftSuggestion) -> dict[str, Any]:
    seen = Visibility(draft.visibility.value)
    return {"draft": draft, "question": draft.question, "suggestion": row, "seen_by": seen}
