"""Events of proposals and decisions. No entry contains an answer, only its salted digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from govnet.decisions import labels
from govnet.decisions.models import Decision, Proposal, ProposalVersion, RollEntry
from govnet.decisions.proposals.models import Suggestion
from govnet.decisions.register.models import DecisionNote, MeetingNote
from govnet.offices.models import OfficeChange
from govnet.record.events import Event, Visibility


class AboutProposal(Event):
    """Fields of every entry about a proposal."""

    subject: ClassVar[str] = "proposal"
    words_of: ClassVar[frozenset[str]] = frozenset({"question"})

    proposal: Proposal
    version: ProposalVersion
    question: str

    def seen(self) -> Visibility:
        """Before a decision made elsewhere is announced, only the committee reads of it."""
        return super().seen() if self.proposal.is_told else Visibility.COMMITTEE


class ProposalOpened(AboutProposal):
    """Members are asked something, or asked again about a new version."""

    verb: ClassVar[str] = "decisions.opened"
    sentence: ClassVar[Any] = _l("%(actor)s asked: “%(question)s”")

    matter: str
    body: str
    deadline: datetime
    roll_size: int
    digest: str
    charter: str
    number: int = 1
    offices: Sequence[dict[str, Any]] = ()


class ProposalReworded(ProposalOpened):
    """A new version: everybody is asked again."""

    verb: ClassVar[str] = "decisions.reworded"
    sentence: ClassVar[Any] = _l("%(actor)s changed the text of “%(question)s”; everybody is asked again.")


class Answered(AboutProposal):
    """Somebody answered. The entry does not say how: with the answer and its salt one can check the digest."""

    verb: ClassVar[str] = "decisions.answered"
    sentence: ClassVar[Any] = _l("%(actor)s answered “%(question)s”")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS

    digest: str
    changed: bool = False


class AnswerTakenBack(AboutProposal):
    """Somebody has no answer any more."""

    verb: ClassVar[str] = "decisions.answer_taken_back"
    sentence: ClassVar[Any] = _l("%(actor)s took their answer to “%(question)s” back")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS


class AnswerEntered(Answered):
    """Somebody's answer was entered for them. They are notified and can correct it."""

    verb: ClassVar[str] = "decisions.answer_entered"
    sentence: ClassVar[Any] = _l("%(actor)s entered somebody’s answer to “%(question)s”")

    entry: RollEntry


class OfficeReplied(AboutProposal):
    """Somebody whom a proposal names replied to it."""

    verb: ClassVar[str] = "decisions.office_replied"
    sentence: ClassVar[Any] = _l("%(actor)s replied to “%(question)s”, which names them.")


class AnswerUndone(AboutProposal):
    """Somebody undid an answer entered for them: they have no answer, and nothing is entered again."""

    verb: ClassVar[str] = "decisions.answer_undone"
    sentence: ClassVar[Any] = _l("%(actor)s undid an answer to “%(question)s” that had been entered for them")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS

    entry: RollEntry


class ReasonAnswered(AboutProposal):
    """The proposer replied to the reason that somebody gave: they are notified."""

    verb: ClassVar[str] = "decisions.reason_answered"
    sentence: ClassVar[Any] = _l("%(actor)s replied to a reason given beside an answer to “%(question)s”")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS

    entry: RollEntry


class InterestDeclared(AboutProposal):
    """Somebody has an interest in the matter: their answer is not counted."""

    verb: ClassVar[str] = "decisions.interest_declared"
    sentence: ClassVar[Any] = _l("%(actor)s declared an interest in “%(question)s”")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS


class InterestEnded(AboutProposal):
    """Somebody has no interest in it any more."""

    verb: ClassVar[str] = "decisions.interest_ended"
    sentence: ClassVar[Any] = _l("%(actor)s took their interest in “%(question)s” back")
    visibility: ClassVar[Visibility] = Visibility.MEMBERS


class SuggestionMade(AboutProposal):
    """Other words were suggested for a passage."""

    verb: ClassVar[str] = "decisions.suggested"
    sentence: ClassVar[Any] = _l("%(actor)s suggested other words for “%(question)s”")

    suggestion: Suggestion


class SuggestionAnswered(AboutProposal):
    """The proposer accepted suggested words, or said why not."""

    verb: ClassVar[str] = "decisions.suggestion_answered"
    sentence: ClassVar[Any] = _l("%(actor)s answered a suggestion for “%(question)s”")

    suggestion: Suggestion
    taken: bool


class LastDay(AboutProposal):
    """A day is left: who hasn't answered is reminded."""

    verb: ClassVar[str] = "decisions.last_day"
    sentence: ClassVar[Any] = _l("The last day to answer “%(question)s” has begun.")

    deadline: datetime


class ProposalStopped(AboutProposal):
    """Somebody said Stop: the waiting time runs, and then a vote decides."""

    verb: ClassVar[str] = "decisions.stopped"
    sentence: ClassVar[Any] = _l("“%(question)s” was stopped. It stays open for a waiting time.")

    until: datetime


class ProposalExtended(AboutProposal):
    """Everybody has more time."""

    verb: ClassVar[str] = "decisions.extended"
    sentence: ClassVar[Any] = _l("%(actor)s gave more time for “%(question)s”.")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "reason"})

    until: datetime
    reason: str


class AnswersHidden(AboutProposal):
    """Its answers are shown later than before, to protect who gives them."""

    verb: ClassVar[str] = "decisions.answers_hidden"
    sentence: ClassVar[Any] = _l("%(actor)s hid the answers to “%(question)s” for longer.")

    visible: str


class ProposalClosedEarly(AboutProposal):
    """Everybody had answered, and nobody had to wait any longer."""

    verb: ClassVar[str] = "decisions.closed_early"
    sentence: ClassVar[Any] = _l("%(actor)s closed “%(question)s”: everybody had answered.")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "reason"})

    reason: str


class ProposalWithdrawn(AboutProposal):
    """Its author took it back."""

    verb: ClassVar[str] = "decisions.withdrawn"
    sentence: ClassVar[Any] = _l("%(actor)s took “%(question)s” back.")
    words_of: ClassVar[frozenset[str]] = frozenset({"question", "reason"})

    reason: str
    untold: bool = False
    """Whether it was taken back before anybody was notified of it."""


class ProposalDecided(Event):
    """The deadline passed and the rule gave an outcome. Emitted too: those above act in the same transaction."""

    verb: ClassVar[str] = "decisions.decided"
    sentence: ClassVar[Any] = _l("Decision %(number)s, “%(question)s”: %(outcome)s")
    spoken_as = {"outcome": labels.named}
    words_of: ClassVar[frozenset[str]] = frozenset({"question"})
    subject: ClassVar[str] = "decision"

    decision: Decision
    number: str
    proposal: Proposal
    question: str
    outcome: str
    matter: str
    method: str
    after_waiting: bool
    tally: dict[str, Any]
    roll_size: int
    digest: str
    charter: str


class EffectNotApplied(Event):
    """The decision stands, but something in it could not be put into force; the reason says why."""

    verb: ClassVar[str] = "decisions.effect_not_applied"
    sentence: ClassVar[Any] = _l("Decision %(number)s stands, but was not put into force: %(reason)s")
    subject: ClassVar[str] = "decision"

    decision: Decision
    number: str
    reason: str


class OfficeNotChanged(EffectNotApplied):
    """The decision stands, but an office that it names could not be given or ended; the reason says why."""

    verb: ClassVar[str] = "decisions.office_not_changed"
    sentence: ClassVar[Any] = _l("Decision %(number)s stands, but an office in it did not change: %(reason)s")
    words_of: ClassVar[frozenset[str]] = frozenset({"reason"})

    change: OfficeChange
    what: str


class NoteAdded(Event):
    """Somebody wrote something beside a decision."""

    verb: ClassVar[str] = "decisions.note_added"
    sentence: ClassVar[Any] = _l("%(actor)s wrote a note beside decision %(number)s.")
    subject: ClassVar[str] = "decision"

    decision: Decision
    number: str
    note: DecisionNote
    kind: str
    digest: str


class MeetingNoteWritten(Event):
    """Something that was said or reported elsewhere was recorded; it asks nobody and decides nothing."""

    verb: ClassVar[str] = "decisions.meeting_note_written"
    sentence: ClassVar[Any] = _l("%(actor)s wrote a note of %(where)s: “%(title)s”")
    subject: ClassVar[str] = "note"
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "where"})

    note: MeetingNote
    title: str
    where: str
    taken_on: date
    digest: str


class MeetingNoteTakenBack(Event):
    """A note of a meeting does not stand any more."""

    verb: ClassVar[str] = "decisions.meeting_note_taken_back"
    sentence: ClassVar[Any] = _l("%(actor)s took back the note “%(title)s”.")
    subject: ClassVar[str] = "note"
    words_of: ClassVar[frozenset[str]] = frozenset({"title", "reason"})

    note: MeetingNote
    title: str
    reason: str
