"""Events of drafts. Only people who may read the discussion see them."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.decisions.drafts.models import Draft
from govnet.decisions.proposals.models import Suggestion
from govnet.record.events import Event


class _AboutDraft(Event):
    subject: ClassVar[str] = "draft"
    words_of: ClassVar[frozenset[str]] = frozenset({"question"})

    draft: Draft
    question: str


class DraftSaved(_AboutDraft):
    """Somebody writes what may be asked, for others to read first."""

    verb: ClassVar[str] = "decisions.draft_saved"
    sentence: ClassVar[Any] = _l("%(actor)s drafted a proposal: “%(question)s”")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "digest"})

    matter: str
    digest: str


class DraftChanged(DraftSaved):
    """Its text changed: people who supported it have to do so again."""

    verb: ClassVar[str] = "decisions.draft_changed"
    sentence: ClassVar[Any] = _l("%(actor)s changed the draft “%(question)s”")

    cleared: list[int]


class DraftSponsored(_AboutDraft):
    """A member wants it asked."""

    verb: ClassVar[str] = "decisions.draft_sponsored"
    sentence: ClassVar[Any] = _l("%(actor)s wants the draft “%(question)s” to be opened for answers")

    supporters: int


class DraftReady(_AboutDraft):
    """Nothing is missing any more that the charter wants of it: its author can ask it."""

    verb: ClassVar[str] = "decisions.draft_ready"
    sentence: ClassVar[Any] = _l("The draft “%(question)s” can be opened for answers now.")


class DraftSuggested(_AboutDraft):
    """A member suggests other words for a passage."""

    verb: ClassVar[str] = "decisions.draft_suggested"
    sentence: ClassVar[Any] = _l("%(actor)s suggested other words for the draft “%(question)s”")

    suggestion: Suggestion


class DraftSuggestionAnswered(_AboutDraft):
    """The author accepted suggested words, or said why not."""

    verb: ClassVar[str] = "decisions.draft_suggestion_answered"
    sentence: ClassVar[Any] = _l("%(actor)s answered a suggestion for the draft “%(question)s”")

    suggestion: Suggestion
    taken: bool


class DraftLeft(_AboutDraft):
    """A member took this back."""

    verb: ClassVar[str] = "decisions.draft_left"
    sentence: ClassVar[Any] = _l(
        "%(actor)s no longer wants the draft “%(question)s” to be opened for answers"
    )


class DraftDropped(_AboutDraft):
    """Its author gave it up."""

    verb: ClassVar[str] = "decisions.draft_dropped"
    sentence: ClassVar[Any] = _l("%(actor)s dropped the draft “%(question)s”")
