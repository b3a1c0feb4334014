"""What stands beside a proposal: drafts, options to choose from, suggested words, declared interests, petitions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from govnet.decisions.rules.text_diff import BUDGET, shown
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant, Key, Words, enum_type, where
from govnet.people.models import Person

if TYPE_CHECKING:
    pass


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
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"),
        unique=True,
        info=personal.owner("words_that_nobody_was_asked", erase=personal.ROW),
    )
    seen: Mapped[int]
    """The number of the words that they would replace."""
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
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("interests")
    )
    text: Mapped[str] = mapped_column(Text, info=personal.data(erase=""))
    at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    erased: Mapped[bool] = mapped_column(default=False, info=personal.data(None, erase=True))
    person: Mapped[Person] = relationship(lazy="raise")
