"""Events of decisions after they were made: questions, reviews, and their end."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.decisions.models import Decision
from govnet.decisions.proposals.events import ProposalOpened
from govnet.record.events import Event, Visibility


class _AboutDecision(Event):
    subject: ClassVar[str] = "decision"
    words_of: ClassVar[frozenset[str]] = frozenset({"question"})

    decision: Decision
    number: str
    question: str


class ReviewAsked(_AboutDecision):
    """A member asks for a review of a decision; the reason is in its own table."""

    verb: ClassVar[str] = "decisions.review_asked"
    sentence: ClassVar[Any] = _l("%(actor)s asked for decision %(number)s to be looked at again.")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS

    asked: int
    needed: int


class ReviewOpened(ProposalOpened):
    """Enough members asked: now everybody is asked whether a decision is taken back."""

    verb: ClassVar[str] = "decisions.review_opened"
    sentence: ClassVar[Any] = _l(
        "Enough members asked for decision %(decided)s to be looked at again: “%(question)s”"
    )

    reviews: Decision
    decided: str
    asked: int


class ReviewDue(_AboutDecision):
    """The day has come on which a decision was to be looked at again."""

    verb: ClassVar[str] = "decisions.review_due"
    sentence: ClassVar[Any] = _l("Decision %(number)s is to be looked at again from %(day)s: “%(question)s”")

    day: date


class TrialEnding(_AboutDecision):
    """A trial ends soon: there is still time to confirm it."""

    verb: ClassVar[str] = "decisions.trial_ending"
    sentence: ClassVar[Any] = _l("The trial of decision %(number)s ends on %(day)s: “%(question)s”")

    day: date


class TrialEnded(_AboutDecision):
    """A decision was on trial and nobody confirmed it: it holds no longer, and its rules are as they were before."""

    verb: ClassVar[str] = "decisions.trial_ended"
    sentence: ClassVar[Any] = _l("Decision %(number)s was on trial and has ended: “%(question)s”")

    day: date
    returned: list[str]
    """The charter's parameters that have their former values again."""


class EarlierHolds(TrialEnded):
    """The same, and an earlier decision that it had replaced is in force again."""

    verb: ClassVar[str] = "decisions.earlier_holds"
    sentence: ClassVar[Any] = _l(
        "Decision %(number)s was on trial and has ended: “%(question)s”. Decision %(again)s is in force "
        "again."
    )

    earlier: Decision
    again: str
