"""The register: decisions with their numbers, and what people write beside them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.charter.models import CharterVersion
from govnet.decisions.rules import Outcome
from govnet.kernel.actor import Door
from govnet.kernel.models import Base, Digest, Instant, Key, Name, Words, enum_type, where
from govnet.people.models import Person

if TYPE_CHECKING:
    from govnet.decisions.models import Proposal, ProposalVersion


class Decision(Base):
    """A line of the register: never edited, never taken out; a later one may replace it."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("network_id", "year", "serial", name="uq_decision_number"),
        UniqueConstraint("version_id", name="uq_decision_one_a_version"),
        CheckConstraint("serial > 0", name="serial_positive"),
        CheckConstraint("outcome NOT IN ('withdrawn', 'reworded', 'objected')", name="outcome_is_numbered"),
        Index("ix_decision_register", "network_id", "decided_at"),
        *(
            Index(f"ix_decision_by_{name}", "network_id", name, "year", "serial")
            for name in ("topic_id", "matter", "method", "outcome", "door")
        ),
        Index("ix_decision_review", "network_id", "review_on", **where("review_on IS NOT NULL")),
        Index("ix_decision_trial", "network_id", "trial_until", **where("trial_until IS NOT NULL")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    year: Mapped[int]
    """The closing's, by the clock where the network is."""
    serial: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    question: Mapped[Name]
    """As it was decided, so that the register needs nothing else."""
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    """Of the discussion that it came from, copied here for the register's filter: discussions stay in their topic."""
    matter: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"))
    tally: Mapped[str] = mapped_column(Text)
    """JSON: each answer and how many gave it."""
    roll_size: Mapped[int]
    after_waiting: Mapped[bool] = mapped_column(default=False)
    """Decided by the vote that the charter has after a Stop."""
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"))
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"))
    decided_at: Mapped[Instant]
    review_on: Mapped[date | None]
    trial_until: Mapped[date | None]
    """On trial: it ends by itself before this day begins where the network is, unless a later decision confirms it."""
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    digest: Mapped[Digest]
    """SHA-256 of the text that was decided."""
    version: Mapped[ProposalVersion] = relationship(back_populates="decision", lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    charter_version: Mapped[CharterVersion] = relationship(lazy="raise")
    notes: Mapped[list[DecisionNote]] = relationship(lazy="raise", order_by="DecisionNote.at")
    supersedes: Mapped[Decision | None] = relationship(
        foreign_keys="Decision.supersedes_id",
        remote_side="Decision.id",
        back_populates="superseded_by",
        lazy="raise",
    )
    superseded_by: Mapped[list[Decision]] = relationship(
        foreign_keys="Decision.supersedes_id",
        back_populates="supersedes",
        order_by="Decision.decided_at",
        lazy="raise",
    )

    @property
    def number(self) -> str:
        """As people cite it: 2015-07."""
        return f"{self.year}-{self.serial:02d}"


class DecisionCounter(Base):
    """The last number of each year; moved on by the transaction that closes."""

    __tablename__ = "decision_counter"
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class NoteKind(StrEnum):
    """What somebody writes beside a decision, which itself is never edited."""

    HEARD = "heard"
    MINORITY = "minority"
    ERRATUM = "erratum"


class DecisionNote(Base):
    """What was heard and changed, what the minority says, or a slip in the text, put beside a decision."""

    __tablename__ = "decision_note"
    id: Mapped[Key]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[NoteKind] = mapped_column(enum_type(NoteKind, "kind"))
    text: Mapped[Words]
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
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[Name]
    text: Mapped[Words]
    html: Mapped[Words]
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"))
    taken_on: Mapped[date]
    """The day of the meeting, or of the last word on the list."""
    taken_where: Mapped[Name]
    present: Mapped[str] = mapped_column(Text, default="")
    evidence_url: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[Instant]
    taken_back_at: Mapped[Instant | None]
    taken_back_why: Mapped[str] = mapped_column(Text, default="")
    """Why it does not stand: its text is shown to nobody then."""
    author: Mapped[Person] = relationship(lazy="raise")
