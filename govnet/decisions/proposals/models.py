"""Parts of a proposal: what it replaces, suggestions, options, replies of those named, interests, kept mails."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.decisions.rules.text_diff import BUDGET, shown
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant, Key, Name, Words, enum_type, where
from govnet.people.models import Person

if TYPE_CHECKING:
    from govnet.decisions.models import Decision


class Replaces(Base):
    """The decision that a proposal would replace; a table of its own, for a decision also knows its proposal."""

    __tablename__ = "proposal_replaces"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    decision: Mapped[Decision] = relationship(lazy="raise")


class SuggestionState(StrEnum):
    """The fate of suggested words."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TAKEN_BACK = "taken-back"


class Suggestion(Base):
    """Other words for a passage of a version, a draft's or an open one's; its author accepts them or says why not."""

    __tablename__ = "proposal_suggestion"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('accepted', 'rejected')) = (answered_at IS NOT NULL)", name="answered_has_a_time"
        ),
        CheckConstraint("state <> 'rejected' OR answer <> ''", name="rejected_has_a_word"),
        CheckConstraint("trim(passage) <> ''", name="passage_given"),
    )
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"), index=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("suggested_words")
    )
    passage: Mapped[str] = mapped_column(Text, info=personal.stays())
    """The passage in the text, word for word."""
    instead: Mapped[str] = mapped_column(Text, info=personal.stays())
    why: Mapped[str] = mapped_column(Text, info=personal.data(erase=""))
    state: Mapped[SuggestionState] = mapped_column(
        enum_type(SuggestionState, "state"), default=SuggestionState.OPEN
    )
    answer: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    at: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    person: Mapped[Person] = relationship(lazy="raise")

    @property
    def difference(self) -> list[tuple[str, str]]:
        """Its changes, word by word."""
        return shown(self.passage, self.instead, budget=BUDGET // 10)


class Option(Base):
    """One of several options; it belongs to the version and never changes."""

    __tablename__ = "proposal_option"
    __table_args__ = (
        UniqueConstraint("version_id", "number", name="uq_proposal_option_number"),
        UniqueConstraint("version_id", "title", name="uq_proposal_option_title"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(
        ForeignKey("proposal_version.id"), info=personal.owner("options_proposed", empties=False)
    )
    number: Mapped[int]
    title: Mapped[Name] = mapped_column(info=personal.stays())


class OfficeReply(Base):
    """A reply to an office that a proposal would give or take."""

    __tablename__ = "office_reply"
    __table_args__ = (CheckConstraint("trim(text) <> ''", name="says_something"),)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"),
        primary_key=True,
        index=True,
        info=personal.owner("replies_in_ones_own_case", erase=personal.ROW),
    )
    text: Mapped[str] = mapped_column(Text, info=personal.data(erase=personal.ROW))
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class Rewording(Base):
    """A version that its author wants to ask: until `ask_at` it can be undone, and nobody else sees it."""

    __tablename__ = "proposal_rewording"
    __table_args__ = (
        CheckConstraint("trim(because) <> ''", name="says_why"),
        CheckConstraint("(ask_at IS NULL) = (ended_why <> '')", name="waits_or_has_ended"),
        Index("ix_proposal_rewording_due", "ask_at", **where("ask_at IS NOT NULL")),
    )
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"),
        unique=True,
        info=personal.owner("words_that_nobody_was_asked", erase=personal.ROW),
    )
    seen: Mapped[int]
    """The number of the version that it would replace."""
    words: Mapped[Words] = mapped_column(info=personal.data(erase=personal.ROW, read=personal.from_json))
    """Canonical JSON of everything that the form asked for."""
    because: Mapped[str] = mapped_column(Text, info=personal.data(erase=personal.ROW))
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_suggestion.id"))
    """The suggestion that they take up."""
    ask_at: Mapped[Instant | None]
    """When everybody is asked; None once they were undone, or could not be asked."""
    ended_why: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=personal.ROW))
    """Why nobody is asked: kept for their author, who can begin again with them."""


class Interest(Base):
    """Somebody declares a stake in a proposal's matter: their answer is not counted."""

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
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("interests")
    )
    text: Mapped[str] = mapped_column(Text, info=personal.data(erase=""))
    at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    erased: Mapped[bool] = mapped_column(default=False, info=personal.data(None, erase=True))
    person: Mapped[Person] = relationship(lazy="raise")
