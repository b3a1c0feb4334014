"""Texts that people write beside answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Select, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from govnet.decisions.models import Answer
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant


def _answered(person_id: Any) -> Select[Any]:
    """The lines of rolls on which somebody answered."""
    return select(Answer.entry_id).where(Answer.cast_by_id == person_id)


class ReasonReply(Base):
    """The proposer's reply to the reason that a party gave; it stands as long as that very answer does."""

    __tablename__ = "proposal_reason_reply"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "version_id"],
            ["proposal_roll.id", "proposal_roll.version_id"],
            name="fk_proposal_reason_reply_on_the_roll",
        ),
        CheckConstraint("trim(text) <> ''", name="says_something"),
    )
    entry_id: Mapped[int] = mapped_column(
        primary_key=True, info=personal.owner(erase=personal.ROW, among=_answered)
    )
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"), index=True)
    author_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("replies_to_reasons", empties=False)
    )
    text: Mapped[str] = mapped_column(Text, info=personal.data(erase=personal.ROW))
    answers_at: Mapped[Instant]
    """When the answer was given that it replies to: to a later one it says nothing."""
    at: Mapped[Instant]
