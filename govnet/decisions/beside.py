"""What stands beside a proposal: drafts, options to choose from, suggested words, declared interests, petitions."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from govnet.decisions.wording import BUDGET, shown
from govnet.forum.kinds import Audience
from govnet.forum.models import Thread
from govnet.kernel.models import Base, Digest, Instant, Key, Name, Words, enum_type, where
from govnet.mail.incoming import without_addresses
from govnet.people.models import Person

if TYPE_CHECKING:
    from govnet.decisions.models import Proposal


class Option(Base):
    """One of several that people choose between; it belongs to the words and never changes."""

    __tablename__ = "proposal_option"
    __table_args__ = (
        UniqueConstraint("version_id", "number", name="uq_proposal_option_number"),
        UniqueConstraint("version_id", "title", name="uq_proposal_option_title"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    number: Mapped[int]
    title: Mapped[Name]


class DraftState(StrEnum):
    """Where a draft stands."""

    OPEN = "open"
    ASKED = "asked"
    DROPPED = "dropped"


class Draft(Base):
    """A proposal before it is asked: written together, seen by whoever reads the discussion, binding nobody."""

    __tablename__ = "proposal_draft"
    __table_args__ = (
        CheckConstraint("(state = 'asked') = (proposal_id IS NOT NULL)", name="asked_has_a_proposal"),
        Index("ix_proposal_draft_network", "network_id", "state"),
        Index("ix_proposal_draft_author", "author_id", "state"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    matter: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    question: Mapped[Name]
    words: Mapped[Words]
    """Canonical JSON of everything that the form asked for."""
    state: Mapped[DraftState] = mapped_column(enum_type(DraftState, "state"), default=DraftState.OPEN)
    made_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    """The charter's notice runs from here."""
    ready_at: Mapped[Instant | None]
    """Since when nothing has been missing that the charter wants; at `changed_at` where nothing ever was, with these words."""
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), unique=True)
    author: Mapped[Person] = relationship(lazy="raise")
    thread: Mapped[Thread | None] = relationship(lazy="joined")
    """Always with it: whoever may read the discussion may read the draft."""
    sponsors: Mapped[list[Sponsor]] = relationship(lazy="raise", order_by="Sponsor.at")

    @property
    def visibility(self) -> Audience:
        """As its discussion's; without one, members."""
        return self.thread.visibility if self.thread is not None else Audience.MEMBERS


class Sponsor(Base):
    """A member who wants a draft to be asked, once."""

    __tablename__ = "proposal_sponsor"
    __table_args__ = (UniqueConstraint("draft_id", "person_id", name="uq_proposal_sponsor_once"),)
    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(ForeignKey("proposal_draft.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class SuggestionState(StrEnum):
    """What became of suggested words."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TAKEN_BACK = "taken-back"


class _Suggested:
    """What every suggestion of other words has, for a proposal or for a draft."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    passage: Mapped[str] = mapped_column(Text)
    """As it stands in the text, word for word."""
    instead: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    state: Mapped[SuggestionState] = mapped_column(
        enum_type(SuggestionState, "state"), default=SuggestionState.OPEN
    )
    answer: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Instant]
    answered_at: Mapped[Instant | None]

    @property
    def difference(self) -> list[tuple[str, str]]:
        """What it would change, word by word."""
        return shown(self.passage, self.instead, budget=BUDGET // 10)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:  # noqa: N805
        return (
            CheckConstraint(
                "(state IN ('accepted', 'rejected')) = (answered_at IS NOT NULL)", name="answered_has_a_time"
            ),
            CheckConstraint("state <> 'rejected' OR answer <> ''", name="rejected_has_a_word"),
            CheckConstraint("trim(passage) <> ''", name="passage_given"),
        )

    @declared_attr
    def person(cls) -> Mapped[Person]:  # noqa: N805
        """Who suggested it."""
        return relationship(lazy="raise")


class Suggestion(_Suggested, Base):
    """Other words for a passage; the proposer takes them or says why not."""

    __tablename__ = "proposal_suggestion"
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"), index=True)


class DraftSuggestion(_Suggested, Base):
    """Other words for a passage of a draft, whose author takes them or says why not."""

    __tablename__ = "proposal_draft_suggestion"
    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(ForeignKey("proposal_draft.id"), index=True)


class Rewording(Base):
    """Other words that its author wants asked: until `ask_at` they can be undone, and nobody else sees them."""

    __tablename__ = "proposal_rewording"
    __table_args__ = (
        CheckConstraint("trim(because) <> ''", name="says_why"),
        CheckConstraint("(ask_at IS NULL) = (ended_why <> '')", name="waits_or_has_ended"),
        Index("ix_proposal_rewording_due", "ask_at", **where("ask_at IS NOT NULL")),
    )
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    seen: Mapped[int]
    """The number of the words that they would replace."""
    words: Mapped[Words]
    """Canonical JSON of everything that the form asked for."""
    because: Mapped[str] = mapped_column(Text)
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_suggestion.id"))
    """The suggestion that they take up."""
    ask_at: Mapped[Instant | None]
    """When everybody is asked; None once they were undone, or could not be asked."""
    ended_why: Mapped[str] = mapped_column(Text, default="")
    """Why nobody is asked: kept for their author, who can begin again with them."""


class ReasonReply(Base):
    """What the proposer says to the reason that a party gave; it stands as long as that very answer does."""

    __tablename__ = "proposal_reason_reply"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "version_id"],
            ["proposal_roll.id", "proposal_roll.version_id"],
            name="fk_proposal_reason_reply_on_the_roll",
        ),
        CheckConstraint("trim(text) <> ''", name="says_something"),
    )
    entry_id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    answers_at: Mapped[Instant]
    """When the answer was given that it replies to: to a later one it says nothing."""
    at: Mapped[Instant]


class Interest(Base):
    """Somebody has a stake in what a proposal asks, and says so: whatever they answer is not counted."""

    __tablename__ = "proposal_interest"
    __table_args__ = (
        Index(
            "uq_proposal_interest_one",
            "proposal_id",
            "person_id",
            unique=True,
            **where("ended_at IS NULL"),
        ),
        CheckConstraint("erased OR trim(text) <> ''", name="says_what"),
    )
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    erased: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship(lazy="raise")


class ReviewRequest(Base):
    """A member asks that a decision be looked at again, once; enough of them open a proposal."""

    __tablename__ = "review_request"
    __table_args__ = (UniqueConstraint("decision_id", "person_id", name="uq_review_request_once"),)
    id: Mapped[Key]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class Reviews(Base):
    """The decision that a proposal looks at again, and why: asked for by members, or because its time has come."""

    __tablename__ = "proposal_reviews"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    requests: Mapped[int]
    proposal: Mapped[Proposal] = relationship(lazy="raise")


class EvidenceMail(Base):
    """A mail from which something that was decided elsewhere came, kept as it was sent."""

    __tablename__ = "evidence_mail"
    __table_args__ = (
        UniqueConstraint("proposal_id", "digest", name="uq_evidence_mail_once"),
        CheckConstraint("(removed_at IS NULL) = (removed_why = '')", name="removed_for_a_reason"),
        CheckConstraint(
            "removed_at IS NULL OR (raw IS NULL AND text = '' AND subject = '')", name="removed_is_gone"
        ),
    )
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    digest: Mapped[Digest]
    """SHA-256, in hex, of the mail as it came: the record has it too."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None once it was removed, or its sender's name was."""
    sender: Mapped[str] = mapped_column(String(254))
    sender_name: Mapped[Name]
    subject: Mapped[Name]
    sent_at: Mapped[Instant | None]
    text: Mapped[Words]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    removed_at: Mapped[Instant | None]
    removed_why: Mapped[str] = mapped_column(Text, default="")
    added_by: Mapped[Person] = relationship(lazy="raise")

    @property
    def shown_subject(self) -> str:
        """The subject without anybody's address."""
        return without_addresses(self.subject)

    @property
    def shown_text(self) -> str:
        """The words without anybody's address."""
        return without_addresses(self.text)


class ReviewReminder(Base):
    """That a decision's day of review, or the end of its trial, was told: once for each day."""

    __tablename__ = "review_reminder"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[Instant]


class PendingEffect(Base):
    """A decision whose changes hold only from a later day; gone once they are in force."""

    __tablename__ = "pending_effect"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    on: Mapped[date] = mapped_column(index=True)
