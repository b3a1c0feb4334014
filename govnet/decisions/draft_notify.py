"""Who is told of drafts: those who take part in the discussion; its author, when nothing is missing any more."""

from __future__ import annotations

from typing import Any

from govnet.charter import queries as charters
from govnet.decisions import drafts
from govnet.decisions.beside import Draft, DraftState
from govnet.extensions import db
from govnet.forum import queries as forum
from govnet.forum.kinds import Audience
from govnet.mail.notices import Notice, Told
from govnet.mail.volume import News
from govnet.record import registry


def saved(told: Told) -> Notice | None:
    """A new draft: those who follow the discussion it came from."""
    return _to_discussion(told, changed=False)


def changed(told: Told) -> Notice | None:
    """Other words: the same, and above all whoever wanted the earlier ones asked."""
    return _to_discussion(told, changed=True)


def _to_discussion(told: Told, *, changed: bool) -> Notice | None:
    draft = db.session.get_one(Draft, told.key)
    cleared = set(told.details.get("cleared") or ())
    if draft.state is not DraftState.OPEN:
        return None
    readers = forum.who_may_read(draft.thread) if draft.thread else cleared
    return _notice(told, draft, "decisions/draft", set(readers) | cleared, cleared, changed=changed)


def sponsored(told: Told) -> Notice | None:
    """The last thing that was missing has come: its author can ask it."""
    draft = db.session.get_one(Draft, told.key)
    charter = charters.rules_in_force(draft.network_id)
    supporters = len(drafts.sponsors_of(draft.id))
    if draft.state is not DraftState.OPEN or drafts.missing(charter, draft, supporters, told.network.zone):
        return None
    return _notice(told, draft, "decisions/draft_ready", {draft.author_id}, {draft.author_id})


def _notice(
    told: Told, draft: Draft, template: str, people: set[int], concerned: set[int], **more: Any
) -> Notice:
    words, _ask = drafts.loads(draft.words)
    context = {
        "draft": draft,
        "text": words.text,
        "options": words.options,
        "actor": told.details.get("actor", ""),
    }
    return Notice(
        template=template,
        news=News.DISCUSSION,
        context={**context, "cleared": bool(concerned), **more},
        people=people,
        concerned=concerned,
        thread=draft.thread_id,
        topic=draft.thread.topic_id if draft.thread else None,
        conversation=f"draft-{draft.id}",
        subscribers=draft.visibility is Audience.PUBLIC and template == "decisions/draft",
    )


def bind() -> None:
    """Who is told of which entry."""
    registry.tell("decisions.draft_saved", saved)
    registry.tell("decisions.draft_changed", changed)
    registry.tell("decisions.draft_sponsored", sponsored)
