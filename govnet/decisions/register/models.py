"""The register: decisions with their numbers, and what people write beside them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.kernel import personal
from govnet.kernel.actor import Door
from govnet.kernel.models import Base, Instant, Key, Name, Words, enum_type
from govnet.people.models import Person

if TYPE_CHECKING:
    from govnet.decisions.models import Proposal


class NoteKind(StrEnum):
    """A note that somebody writes beside a decision, which itself is never edited."""

    HEARD = "heard"
    MINORITY = "minority"
    ERRATUM = "erratum"


class DecisionNote(Base):
    """A note beside a decision: on things heard and changed, by the minority, or about a slip in the text."""

    __tablename__ = "decision_note"
    id: Mapped[Key]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    author_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=personal.owner("notes_beside_decisions")
    )
    kind: Mapped[NoteKind] = mapped_column(enum_type(NoteKind, "kind"))
    text: Mapped[Words] = mapped_column(info=personal.stays())
    html: Mapped[Words]
    at: Mapped[Instant]
    author: Mapped[Person] = relationship(lazy="raise")


class MeetingNote(Base):
    """Something said or reported at a meeting or on the list, which asks nobody: it has no number and decides nothing."""

    __tablename__ = "meeting_note"
    __table_args__ = (
        CheckConstraint("door IN ('meeting', 'list')", name="from_elsewhere"),
        CheckConstraint("trim(title) <> '' AND trim(text) <> ''", name="says_something"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_why = '')", name="taken_back_with_reason"),
        Index("ix_meeting_note_network", "network_id", "taken_on"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    author_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("notes_of_meetings")
    )
    title: Mapped[Name] = mapped_column(info=personal.stays())
    text: Mapped[Words] = mapped_column(info=personal.stays())
    html: Mapped[Words]
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"))
    taken_on: Mapped[date]
    """The day of the meeting, or of the last word on the list."""
    taken_where: Mapped[Name] = mapped_column(info=personal.stays())
    present: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    evidence_url: Mapped[str] = mapped_column(String(500), default="", info=personal.stays())
    at: Mapped[Instant]
    taken_back_at: Mapped[Instant | None]
    taken_back_why: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    """Why it does not stand: its text is shown to nobody then."""
    author: Mapped[Person] = relationship(lazy="raise")


class ReviewRequest(Base):
    """A member asks that a decision be looked at again, once; enough of them open a proposal."""

    __tablename__ = "review_request"
    __table_args__ = (UniqueConstraint("decision_id", "person_id", name="uq_review_request_once"),)
    id: Mapped[Key]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("reviews_asked_for")
    )
    reason: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class Reviews(Base):
    """The decision that a proposal looks at again, and why: asked for by members, or because its time has come."""

    __tablename__ = "proposal_reviews"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    requests: Mapped[int]
    proposal: Mapped[Proposal] = relationship(lazy="raise")


class ReviewReminder(Base):
    """A notice of a decision's day of review, or of the end of its trial: once for each day."""

    __tablename__ = "review_reminder"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[Instant]


class PendingEffect(Base):
    """A decision whose changes hold only from a later day; gone once they are in force."""

    __tablename__ = "pending_effect"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    on: Mapped[date] = mapped_column(index=True)


class DecisionCounter(Base):
    """The last number of each year; moved on by the transaction that closes."""

    __tablename__ = "decision_counter"
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
