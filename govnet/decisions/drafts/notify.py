"""Who is told of drafts: those who may read them, as of discussions; its author, when nothing is missing any more."""

from __future__ import annotations

from typing import Any

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.decisions.drafts.models import Draft, DraftState
from govnet.decisions.proposals import offices, stored_form
from govnet.decisions.proposals.models import DraftSuggestion
from govnet.extensions import db
from govnet.forum import queries as forum
from govnet.forum.kinds import Readership
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.membership.marks import actor_of
from govnet.offices.queries import officers
from govnet.record import registry


def saved(told: ToldEntry) -> Notice | None:
    """A new draft: those who follow the discussion it came from, and who want everything."""
    return _to_readers(told, changed=False)


def changed(told: ToldEntry) -> Notice | None:
    """Other words: the same, and above all whoever wanted the earlier ones asked."""
    return _to_readers(told, changed=True)


def _to_readers(told: ToldEntry, *, changed: bool) -> Notice | None:
    draft = db.session.get_one(Draft, told.key)
    cleared = set(told.details.get("cleared") or ())
    if draft.state is not DraftState.OPEN:
        return None
    return Notice(
        template="decisions/draft",
        news=News.DISCUSSION,
        context=_context(told, draft) | {"changed": changed, "cleared": bool(cleared)},
        people=_readers(draft) | cleared,
        concerned=cleared,
        thread=draft.thread_id,
        topic=draft.thread.topic_id if draft.thread else None,
        conversation=f"draft-{draft.id}",
        subscribers=draft.visibility is Readership.PUBLIC,
    )


def _readers(draft: Draft) -> set[int]:
    if draft.thread is not None:
        return forum.who_may_read(draft.thread)
    return forum.members_of(draft.network_id) | set(officers(draft.network_id))


def ready(told: ToldEntry) -> Notice | None:
    """Nothing is missing any more: its author alone, unless that has changed meanwhile or is told by a later entry."""
    draft = db.session.get_one(Draft, told.key)
    if draft.state is not DraftState.OPEN or draft.ready_at is None or draft.ready_at > told.at:
        return None
    supported = charters.rules_in_force(draft.network_id)[p.SPONSORS] > 0
    return Notice(
        template="decisions/draft_ready",
        news=News.ALWAYS,
        context=_context(told, draft) | {"supported": supported},
        always=[draft.author_id],
        conversation=f"draft-{draft.id}",
    )


def suggested(told: ToldEntry) -> Notice:
    """Other words are suggested: the draft's author alone."""
    row = _suggestion(told)
    return _alone(told, "decisions/draft_suggested", db.session.get_one(Draft, row.draft_id).author_id, row)


def suggestion_answered(told: ToldEntry) -> Notice:
    """What came of suggested words: whoever suggested them."""
    row = _suggestion(told)
    return _alone(told, "decisions/draft_suggestion_answered", row.person_id, row)


def _suggestion(told: ToldEntry) -> DraftSuggestion:
    return db.session.get_one(DraftSuggestion, int(str(told.details["suggestion"]).rpartition(":")[2]))


def _alone(told: ToldEntry, template: str, person_id: int, row: DraftSuggestion) -> Notice:
    draft = db.session.get_one(Draft, row.draft_id)
    more = {"suggestion": row, "taken": told.details.get("taken")}
    return Notice(
        template=template,
        news=News.VOTE,
        context=_context(told, draft) | more,
        always=[person_id],
        conversation=f"draft-{draft.id}",
    )


def _context(told: ToldEntry, draft: Draft) -> dict[str, Any]:
    words, _ask = stored_form.loads(draft.words)
    actor = actor_of(told)
    named = offices.in_words(words.offices)
    return {"draft": draft, "text": words.text, "options": words.options, "named": named, "actor": actor}


def bind() -> None:
    """Who is told of which entry."""
    registry.tell("decisions.draft_saved", saved)
    registry.tell("decisions.draft_changed", changed)
    registry.tell("decisions.draft_ready", ready)
    registry.tell("decisions.draft_suggested", suggested)
    registry.tell("decisions.draft_suggestion_answered", suggestion_answered)
