"""What stands beside a place or a mandate: the promise to keep the code of conduct, asked for when it was given."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel.models import Base, Instant, Key, where


class CodePromise(Base):
    """Somebody who takes office is asked for a promise; `at` says when it was given."""

    __tablename__ = "code_promise"
    __table_args__ = (
        CheckConstraint("(term_id IS NULL) <> (mandate_id IS NULL)", name="one_office"),
        CheckConstraint("(at IS NULL) = (charter_version_id IS NULL)", name="given_under_a_charter"),
        UniqueConstraint("term_id", name="uq_code_promise_term"),
        UniqueConstraint("mandate_id", "person_id", name="uq_code_promise_mandate"),
        Index("ix_code_promise_open", "person_id", **where("at IS NULL")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    asked_at: Mapped[Instant]
    at: Mapped[Instant | None]
    charter_version_id: Mapped[int | None] = mapped_column(ForeignKey("charter_version.id"))
    """The version whose code was promised: the one in force on that day."""
    statements: Mapped[str] = mapped_column(Text, default="[]")
    """JSON: the sentences ticked, in words."""
