"""People and the addresses they have."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.kernel import personal
from govnet.kernel.models import Base, Digest, Instant, Key, Name, is_name, where
from govnet.kernel.person_names import key


class Person(Base):
    """Somebody. An erased person keeps the row, so that numbers still lead somewhere, and nothing else."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("erased_at IS NULL OR (name = '' AND password_hash IS NULL)", name="erased_is_empty"),
    )
    id: Mapped[Key] = mapped_column(info=personal.owner("person", entries=True))
    name: Mapped[Name] = mapped_column(info=personal.data(erase=""))
    locale: Mapped[str] = mapped_column(String(12), default="en", info=personal.data(erase=""))
    """"" if it is not known: each network's own."""
    zone: Mapped[str | None] = mapped_column(String(64), info=personal.data(erase=None))
    password_hash: Mapped[str | None] = mapped_column(
        String(200), info=personal.data("has_password", read=bool, erase=None)
    )
    created_at: Mapped[Instant]
    erased_at: Mapped[Instant | None] = mapped_column(info=personal.data(None, erase=personal.ended))
    name_key: Mapped[Name] = mapped_column(
        index=True,
        default=lambda context: key(context.get_current_parameters()["name"]),
        info=personal.data(erase=""),
    )
    """By what namesakes are found."""
    emails: Mapped[list[PersonEmail]] = relationship(back_populates="person", lazy="raise")


is_name(Person.name, person=True)


@event.listens_for(Person.name, "set")
def _keep_key(person: Person, name: str, _before: object, _initiator: object) -> None:
    person.name_key = key(name)


class PersonEmail(Base):
    """An address of a person, in lower case; a verified one belongs to one person only."""

    __tablename__ = "person_email"
    __table_args__ = (
        Index("uq_person_email_verified", "address", unique=True, **where("verified_at IS NOT NULL")),
        CheckConstraint("address = lower(address)", name="address_lower"),
    )  # fmt: skip
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("addresses", erase=personal.ROW)
    )
    address: Mapped[str] = mapped_column(String(254), index=True, info=personal.data(erase=personal.ROW))
    verified_at: Mapped[Instant | None]
    main: Mapped[bool] = mapped_column(default=True)
    """Mail goes here."""
    person: Mapped[Person] = relationship(back_populates="emails", lazy="raise")


class ErasedAddress(Base):
    """An address whose owner had it removed, known only by its keyed digest: no old list brings it back."""

    __tablename__ = "erased_address"
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    at: Mapped[Instant]


class OperatorGrant(Base):
    """Somebody runs the server; given and taken on the command line, and public in the record."""

    __tablename__ = "operator_grant"
    __table_args__ = (
        Index("uq_operator_grant_open", "person_id", unique=True, **where("ended_at IS NULL")),
    )  # fmt: skip
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=personal.owner("ran_the_server"))
    began_at: Mapped[Instant]
    ended_at: Mapped[Instant | None] = mapped_column(info=personal.data(erase=personal.ended))


class Organisation(Base):
    """A body that people may speak for."""

    __tablename__ = "organisation"
    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(info=personal.naming())
    name_key: Mapped[str] = mapped_column(String(200), unique=True)
    """The name folded for comparison, so that nobody enters the same one twice."""
    url: Mapped[str] = mapped_column(String(300), default="")
    registration_number: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[Instant]


is_name(Organisation.name)


class Representation(Base):
    """Somebody speaks for an organisation: one primary, alternates beside."""

    __tablename__ = "representation"
    __table_args__ = (
        CheckConstraint("\"end\" IS NULL OR \"end\" >= start", name="dates_in_order"),
        Index("uq_representation_primary", "organisation_id", unique=True, **where("is_primary AND \"end\" IS NULL")),
        Index("uq_representation_open", "organisation_id", "person_id", unique=True, **where("\"end\" IS NULL")),
    )  # fmt: skip
    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("speaks_for", entries=True)
    )
    is_primary: Mapped[bool] = mapped_column(default=False)
    start: Mapped[date]
    end: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    named_in_public: Mapped[bool] = mapped_column(default=False)
    """Whether the public may see who it is; members always do."""
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
