"""How far the weekly digests have told the record."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel.models import Base, Instant, Key


class WeeklyDigest(Base):
    """How far a network's weekly digests have told its record; the newest row counts."""

    __tablename__ = "weekly_digest"
    __table_args__ = (UniqueConstraint("network_id", "number", name="uq_weekly_digest_number"),)
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    number: Mapped[int]
    """The last entry that was told."""
    at: Mapped[Instant]
