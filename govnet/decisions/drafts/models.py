"""Drafts: what is written together before it is asked."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.forum.kinds import Readership
from govnet.forum.models import Thread
from govnet.kernel.models import Base, Instant, Key, Name, Words, enum_type
from govnet.people.models import Person


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
    def visibility(self) -> Readership:
        """As its discussion's; without one, members."""
        return self.thread.visibility if self.thread is not None else Readership.MEMBERS


class Sponsor(Base):
    """A member who wants a draft to be asked, once."""

    __tablename__ = "proposal_sponsor"
    __table_args__ = (UniqueConstraint("draft_id", "person_id", name="uq_proposal_sponsor_once"),)
    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(ForeignKey("proposal_draft.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")
