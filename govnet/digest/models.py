"""The progress of the weekly digests through the record."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel.models import Base, Instant, Key


class WeeklyDigest(Base):
    """The progress of a network's weekly digests through its record; the newest row counts."""

    __tablename__ = "weekly_digest"
    __table_args__ = (UniqueConstraint("network_id", "number", name="uq_weekly_digest_number"),)
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    number: Mapped[int]
    """The last entry in a digest."""
    at: Mapped[Instant]
