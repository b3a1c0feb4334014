"""Signing in, and data of the person alone."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel import personal
from govnet.kernel.models import Base, Instant
from govnet.people.models import Person as Person
from govnet.people.models import PersonEmail as PersonEmail


class CaughtUp(Base):
    """The number up to which somebody has read a network's record: set by "I have read all this", to exactly the shown part."""

    __tablename__ = "caught_up"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=personal.owner("read_up_to", erase=personal.ROW)
    )
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), primary_key=True)
    number: Mapped[int]
    at: Mapped[Instant]
