"""What stands beside an application: who vouches, from when somebody let in is a member, and objections to it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.kernel.models import Base, Instant, Key, Words, enum_type, where
from govnet.membership.models import Application
from govnet.people.models import Person


class Vouch(Base):
    """A member knows whoever wants to join, and says so."""

    __tablename__ = "vouch"
    __table_args__ = (UniqueConstraint("application_id", "person_id", name="uq_vouch_once"),)
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class ComingIn(Base):
    """Somebody was let in and is a member from a moment on, unless a member objects before."""

    __tablename__ = "coming_in"
    __table_args__ = (
        CheckConstraint("from_at > at", name="moment_later"),
        Index("ix_coming_in_from", "from_at", **where("settled_at IS NULL")),
        Index("uq_coming_in_open", "application_id", unique=True, **where("settled_at IS NULL")),
    )
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who let them in; empty where the rules did."""
    authority: Mapped[str] = mapped_column(String(80), default="")
    role: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[Instant]
    from_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    """When it came to pass, was objected to, or taken back."""
    application: Mapped[Application] = relationship(lazy="raise")


class AdmissionObjection(Base):
    """A member objects to letting somebody in, with a reason; then the committee decides."""

    __tablename__ = "admission_objection"
    __table_args__ = (UniqueConstraint("application_id", "person_id", name="uq_admission_objection_once"),)
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[Words]
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class AppealAnswer(StrEnum):
    """What is said about an appeal."""

    STANDS = "stands"
    LET_IN = "let in"


class AdmissionAppeal(Base):
    """Somebody who was declined asks two others to look at it again."""

    __tablename__ = "admission_appeal"
    __table_args__ = (CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_has_a_time"),)
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    text: Mapped[Words]
    at: Mapped[Instant]
    due_at: Mapped[Instant]
    """The charter's days for it, as they were when it was made."""
    outcome: Mapped[AppealAnswer | None] = mapped_column(enum_type(AppealAnswer, "outcome"))
    decided_at: Mapped[Instant | None]


class AdmissionVoice(Base):
    """What one of those who hear an appeal says, once."""

    __tablename__ = "admission_voice"
    __table_args__ = (UniqueConstraint("appeal_id", "person_id", name="uq_admission_voice_once"),)
    id: Mapped[Key]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("admission_appeal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[AppealAnswer] = mapped_column(enum_type(AppealAnswer, "answer"))
    reason: Mapped[Words]
    at: Mapped[Instant]
