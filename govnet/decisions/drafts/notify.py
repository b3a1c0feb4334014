"""Notices of drafts: to those who may read them, as for discussions; to the author, when nothing is missing any more."""

from __future__ import annotations

from typing import Any

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.decisions.drafts import events, queries
from govnet.decisions.drafts.models import Draft, FormerDraft, FormerSuggestion
from govnet.decisions.models import AnyProposal, ProposalVersion
from govnet.decisions.proposals import offices
from govnet.decisions.proposals.models import Suggestion
from govnet.extensions import db
from govnet.forum import queries as forum
from govnet.forum.states import Readership
from govnet.mail.outgoing.notices import Notice, ToldEntry
from govnet.mail.volume import News
from govnet.membership.name_marks import actor_of
from govnet.offices.queries import officers
from govnet.record import registry


def saved(told: ToldEntry) -> Notice | None:
    """A new draft: to people who follow the discussion it came from, or want everything.

    One that was opened and undone is sent to nobody, as its author was told.
    """
    draft = _still_draft(told)
    if draft is None or draft.version.number > 1:
        return None
    return _to_readers(told, draft, changed=False)


def changed(told: ToldEntry) -> Notice | None:
    """A new text: to the same people, and above all to those who supported the earlier one."""
    draft = _still_draft(told)
    return _to_readers(told, draft, changed=True) if draft is not None else None


def _to_readers(told: ToldEntry, draft: Draft, *, changed: bool) -> Notice:
    cleared = set(told.details.get("cleared") or ())
    return Notice(
        template="decisions/draft",
        news=News.DISCUSSION,
        context=_context(told, draft) | {"changed": changed, "cleared": bool(cleared)},
        people=_readers(draft) | cleared,
        concerned=cleared,
        thread=draft.thread_id,
        topic=draft.thread.topic_id if draft.thread else None,
        conversation=_conversation(draft.id),
        subscribers=draft.visibility is Readership.PUBLIC,
    )


def _readers(draft: Draft) -> set[int]:
    if draft.thread is not None:
        return forum.who_may_read(draft.thread)
    return forum.members_of(draft.network_id) | set(officers(draft.network_id))


def ready(told: ToldEntry) -> Notice | None:
    """Nothing is missing any more: to the author, unless that has changed meanwhile or a later entry says it."""
    draft = _still_draft(told)
    if draft is None or draft.ready_at is None or draft.ready_at > told.at:
        return None
    supported = charters.rules_in_force(draft.network_id)[p.SPONSORS] > 0
    return Notice(
        template="decisions/draft_ready",
        news=News.ALWAYS,
        context=_context(told, draft) | {"supported": supported},
        always=[draft.author_id],
        conversation=_conversation(draft.id),
    )


def suggested(told: ToldEntry) -> Notice:
    """Other words are suggested: to the draft's author."""
    row = _suggestion(told)
    author = db.session.get_one(ProposalVersion, row.version_id).author_id
    return _alone(told, "decisions/draft_suggested", author, row)


def suggestion_answered(told: ToldEntry) -> Notice:
    """The result of suggested words: to the person who suggested them."""
    row = _suggestion(told)
    return _alone(told, "decisions/draft_suggestion_answered", row.person_id, row)


def _suggestion(told: ToldEntry) -> Suggestion:
    table, _colon, named = str(told.details["suggestion"]).partition(":")
    former = table == FormerSuggestion.__tablename__
    key = db.session.get_one(FormerSuggestion, int(named)).suggestion_id if former else int(named)
    return db.session.get_one(Suggestion, key)


def _still_draft(told: ToldEntry) -> Draft | None:
    """The draft that an entry is about, where it can still be asked."""
    former = str(told.details["subject"]).startswith(f"{FormerDraft.__tablename__}:")
    key = db.session.get_one(FormerDraft, told.key).proposal_id if former else told.key
    row = db.session.get_one(AnyProposal, key)
    return row if isinstance(row, Draft) and row.is_open else None


def _alone(told: ToldEntry, template: str, person_id: int, row: Suggestion) -> Notice:
    version = db.session.get_one(ProposalVersion, row.version_id)
    about = {"question": version.question, "proposal_id": version.proposal_id, "actor": actor_of(told)}
    more = {"suggestion": row, "taken": told.details.get("taken")}
    return Notice(
        template=template,
        news=News.VOTE,
        context=about | more,
        always=[person_id],
        conversation=_conversation(version.proposal_id),
    )


def _context(told: ToldEntry, draft: Draft) -> dict[str, Any]:
    words, _ask = queries.kept(draft)
    actor = actor_of(told)
    named = offices.in_words(words.offices)
    return {"draft": draft, "text": words.text, "options": words.options, "named": named, "actor": actor}


def _conversation(proposal_id: int) -> str:
    """Common to the mails about one draft; not the number that another draft had in a table of its own."""
    return f"draft-p{proposal_id}"


def bind() -> None:
    """Bind the notices to their events."""
    registry.tell(saved, events.DraftSaved)
    registry.tell(changed, events.DraftChanged)
    registry.tell(ready, events.DraftReady)
    registry.tell(suggested, events.DraftSuggested)
    registry.tell(suggestion_answered, events.DraftSuggestionAnswered)
