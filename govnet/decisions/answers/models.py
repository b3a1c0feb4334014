"""What people write beside answers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel.models import Base, Instant


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
