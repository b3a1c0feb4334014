"""Organisations, applications, memberships and representatives."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.accounts.models import Person
from govnet.charter.models import Network
from govnet.kernel.models import Base, Digest, Instant, Key, Name, enum_type, where


class Organisation(Base):
    """A body that people may speak for."""

    __tablename__ = "organisation"
    id: Mapped[Key]
    name: Mapped[Name]
    name_key: Mapped[str] = mapped_column(String(200), unique=True)
    """The name folded for comparison, so that nobody enters the same one twice."""
    url: Mapped[str] = mapped_column(String(300), default="")
    registration_number: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[Instant]


class MembershipKind(StrEnum):
    """What sort of party belongs."""

    INDIVIDUAL = "individual"
    ORGANISATION = "organisation"
    OBSERVER = "observer"


class MembershipState(StrEnum):
    """The life of a membership; `found` is one from the old list, not confirmed yet."""

    FOUND = "found"
    ACTIVE = "active"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    RESIGNED = "resigned"
    REMOVED = "removed"


class Membership(Base):
    """A person or an organisation belongs to a network from `start`, until before `end`.

    Only an active one gives rights and is on a roll.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_party"),
        CheckConstraint("(kind = 'organisation') = (organisation_id IS NOT NULL)", name="kind_fits_party"),
        CheckConstraint("\"end\" IS NULL OR \"end\" >= start", name="dates_in_order"),
        CheckConstraint("state NOT IN ('resigned', 'removed') OR \"end\" IS NOT NULL", name="ended_has_end"),
        Index("uq_membership_open_person", "network_id", "person_id", unique=True,
              **where("person_id IS NOT NULL AND \"end\" IS NULL")),
        Index("uq_membership_open_organisation", "network_id", "organisation_id", unique=True,
              **where("organisation_id IS NOT NULL AND \"end\" IS NULL")),
    )  # fmt: skip
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[MembershipKind] = mapped_column(enum_type(MembershipKind, "kind"))
    state: Mapped[MembershipState] = mapped_column(enum_type(MembershipState, "state"), index=True)
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"))
    """The version whose criteria were agreed to."""
    answers: Mapped[str] = mapped_column(Text, default="[]")
    """JSON: the criteria ticked, in words."""
    start: Mapped[date]
    end: Mapped[date | None]
    confirmed_at: Mapped[Instant | None]
    named_in_public: Mapped[bool] = mapped_column(default=False)
    """Whether the public may see the name among the members and beside answers."""
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    network: Mapped[Network] = relationship(lazy="raise")


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
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_primary: Mapped[bool] = mapped_column(default=False)
    start: Mapped[date]
    end: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class ApplicationState(StrEnum):
    """The life of an application; `unconfirmed` until the link in the mail was pressed."""

    UNCONFIRMED = "unconfirmed"
    APPLIED = "applied"
    ASKED = "asked"
    ADMITTED = "admitted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Application(Base):
    """Somebody asks to join, for themselves or for an organisation."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("state <> 'declined' OR reason <> ''", name="declined_with_reason"),
        CheckConstraint("(state IN ('admitted', 'declined', 'withdrawn')) = (decided_at IS NOT NULL)", name="decided_when"),
        Index("uq_application_open", "network_id", "email", unique=True, **where("state IN ('unconfirmed', 'applied', 'asked')")),
    )  # fmt: skip
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[Name]
    email: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Known once the address is confirmed."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(String(200), default="")
    """As typed, when the organisation is not among those that exist."""
    may_speak: Mapped[bool] = mapped_column(default=False)
    about: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ApplicationState] = mapped_column(enum_type(ApplicationState, "state"), index=True)
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"))
    answers: Mapped[str] = mapped_column(Text, default="[]")
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    """SHA-256 of the token in the confirmation mail, which also shows the applicant where it stands."""
    applied_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    question: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[Instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    network: Mapped[Network] = relationship(lazy="raise")
