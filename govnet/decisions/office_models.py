"""What a proposal names: who takes or leaves which place or mandate. It belongs to the words that people answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.kernel.models import Base, Instant, Key, Name, enum_type, is_name
from govnet.people.models import Organisation, Person


class OfficeKind(StrEnum):
    """What becomes of an office."""

    PLACE = "place"
    END_TERM = "end of term"
    NEW_PLACE = "new place"
    MANDATE = "mandate"
    END_MANDATE = "end of mandate"
    FIRST = "first person"
    """Somebody takes a first place in a sister network that has nobody yet."""


OFFICE_MATTERS = frozenset({"committee", "mandate", "charter"})
"""What a proposal that names an office can be about; about our rules, as an exception to them."""


class OfficeChange(Base):
    """One office that a version gives or ends, with the person and the place by name; never changed."""

    __tablename__ = "office_change"
    __table_args__ = (
        UniqueConstraint("version_id", "number", name="uq_office_change_number"),
        UniqueConstraint("id", "person_id", name="uq_office_change_id_person"),
        UniqueConstraint("id", "network_id", name="uq_office_change_id_network"),
        CheckConstraint(
            "what NOT IN ('place', 'end of term') OR (seat_id IS NOT NULL AND person_id IS NOT NULL)",
            name="names_person_and_place",
        ),
        CheckConstraint(
            "what NOT IN ('mandate', 'end of mandate') OR (person_id IS NULL) <> (organisation_id IS NULL)",
            name="names_one_holder",
        ),
        CheckConstraint("what <> 'first person' OR person_id IS NOT NULL", name="names_a_person"),
        CheckConstraint("what NOT IN ('place', 'mandate', 'first person') OR \"end\" IS NOT NULL", name="has_an_end"),
        CheckConstraint("(what IN ('end of term', 'end of mandate')) = (held_id IS NOT NULL)", name="names_what_ends"),
        CheckConstraint('start IS NULL OR start < "end"', name="dates_in_order"),
    )  # fmt: skip
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    """Where the office is: the proposal's own network, or a sister that has nobody."""
    number: Mapped[int]
    what: Mapped[OfficeKind] = mapped_column(enum_type(OfficeKind, "what"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    place: Mapped[Name] = mapped_column(default="")
    """The place's name when it was asked."""
    held_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    """The term or mandate that ends; no foreign key, for a term points to what it began by."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    scope: Mapped[str] = mapped_column(Text, default="")
    start: Mapped[date | None]
    """The first day; None for the day on which it is decided."""
    end: Mapped[date | None]
    """The first day outside; of what ends, None for the day after it is decided."""
    came_by: Mapped[str] = mapped_column(String(40), default="")
    constituency: Mapped[str] = mapped_column(String(40), default="")
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    people: Mapped[list[OfficePerson]] = relationship(lazy="raise", order_by="OfficePerson.id")


is_name(OfficeChange.place)


class OfficePerson(Base):
    """Somebody whom an office change names: their own case, in which they reply and are not counted."""

    __tablename__ = "office_person"
    __table_args__ = (UniqueConstraint("change_id", "person_id", name="uq_office_person_once"),)
    id: Mapped[Key]
    change_id: Mapped[int] = mapped_column(ForeignKey("office_change.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    """The proposal's."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    change: Mapped[OfficeChange] = relationship(lazy="raise", viewonly=True)


class OfficeReply(Base):
    """What somebody says to what a proposal would give them or take from them."""

    __tablename__ = "office_reply"
    __table_args__ = (CheckConstraint("trim(text) <> ''", name="says_something"),)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")
