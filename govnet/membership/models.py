"""Organisations, applications, memberships and representatives."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.charter.models import Network
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant, Key, Name, Words, enum_type, is_name, where
from govnet.people.models import Organisation, Person


class MembershipKind(StrEnum):
    """The kind of party that belongs."""

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


ENDED = (MembershipState.RESIGNED, MembershipState.REMOVED)
NOT_ENDED = tuple(state for state in MembershipState if state not in ENDED)


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
        CheckConstraint("state <> 'active' OR confirmed_at IS NOT NULL", name="active_is_confirmed"),
        Index("uq_membership_open_person", "network_id", "person_id", unique=True,
              **where("person_id IS NOT NULL AND \"end\" IS NULL")),
        Index("uq_membership_open_organisation", "network_id", "organisation_id", unique=True,
              **where("organisation_id IS NOT NULL AND \"end\" IS NULL")),
        Index("ix_membership_numbers", "network_id", "state", "kind", "start", "end"),
        Index("ix_membership_confirmed", "network_id", "confirmed_at"),
        Index("ix_membership_began", "network_id", "start"),
        Index("ix_membership_ended", "network_id", "end", **where("\"end\" IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("memberships", entries=True)
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[MembershipKind] = mapped_column(enum_type(MembershipKind, "kind"))
    state: Mapped[MembershipState] = mapped_column(enum_type(MembershipState, "state"), index=True)
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"))
    """The version whose criteria were agreed to."""
    answers: Mapped[str] = mapped_column(
        Text, default="[]", info=personal.stays("agreed_to", read=personal.from_json)
    )
    """JSON: the text of the ticked criteria."""
    start: Mapped[date]
    end: Mapped[date | None]
    confirmed_at: Mapped[Instant | None]
    asked_at: Mapped[Instant | None]
    """When somebody from the old list was last asked by mail to confirm."""
    renewed_on: Mapped[date | None]
    """The day on which it was last renewed, or started again."""
    renewal_asked_at: Mapped[Instant | None]
    """When its member was asked to renew it; empty again once it is renewed."""
    renewal_reminded_at: Mapped[Instant | None]
    """When they were asked a second time: to renew, or, from the old list, to confirm."""
    named_in_public: Mapped[bool] = mapped_column(default=False, info=personal.data(erase=False))
    """Whether the public may see the name among the members and beside answers."""
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    network: Mapped[Network] = relationship(lazy="raise")


class ClaimState(StrEnum):
    """The outcome of a claim to speak for an organisation."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RepresentationClaim(Base):
    """A claim to speak for an organisation, by the claimant, or by its speaker for somebody who has not accepted yet."""

    __tablename__ = "representation_claim"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR invited_by_id IS NOT NULL", name="claimed_or_invited"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled_when"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("uq_representation_claim_waiting", "network_id", "organisation_id", "email", unique=True,
              **where("state = 'waiting'")),
    )  # fmt: skip
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("claims", entries=True)
    )
    """The claimant; for somebody named, known once the mail was answered."""
    name: Mapped[Name] = mapped_column(info=personal.data(erase=""))
    email: Mapped[str] = mapped_column(String(254), info=personal.data(erase=personal.numbered, address=True))
    is_primary: Mapped[bool] = mapped_column(default=False)
    """To speak and answer for it, or to stand in."""
    evidence: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    """The claimant's text: how others can know."""
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=personal.owner(empties=False, entries=True)
    )
    state: Mapped[ClaimState] = mapped_column(enum_type(ClaimState, "state"), default=ClaimState.WAITING)
    made_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    network: Mapped[Network] = relationship(lazy="raise")

    @property
    def concerns(self) -> set[int | None]:
        """The person whose own case it is: the one who would speak."""
        return {self.person_id}

    @property
    def concerns_organisations(self) -> set[int | None]:
        """The organisation, whose voices confirm it as such and never as officers."""
        return {self.organisation_id}


is_name(RepresentationClaim.name, person=True)


class ApplicationState(StrEnum):
    """The life of an application; `unconfirmed` until the link in the mail was pressed.

    `announced`: let in, and a member after the days in which members can object.
    """

    UNCONFIRMED = "unconfirmed"
    APPLIED = "applied"
    ASKED = "asked"
    ANNOUNCED = "announced"
    ADMITTED = "admitted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Application(Base):
    """Somebody asks to join, for themselves or for an organisation.

    Each form that is sent makes one; the mail's link confirms exactly that input.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("state <> 'declined' OR reason <> ''", name="declined_with_reason"),
        CheckConstraint("(state IN ('admitted', 'declined', 'withdrawn')) = (decided_at IS NOT NULL)", name="decided_when"),
        CheckConstraint("state IN ('unconfirmed', 'withdrawn') OR (confirmed_at IS NOT NULL AND person_id IS NOT NULL)",
                        name="confirmed_by_somebody"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("uq_application_open", "network_id", "email", unique=True, **where("state IN ('applied', 'asked', 'announced')")),
        Index("ix_application_waiting", "network_id", "state", "confirmed_at"),
        Index("ix_application_decided", "network_id", "decided_at"),
        Index("ix_application_answered", "network_id", "decided_at", **where("decided_by_id IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[Name] = mapped_column(info=personal.data(erase=""))
    email: Mapped[str] = mapped_column(
        String(254), index=True, info=personal.data(erase=personal.numbered, address=True)
    )
    language: Mapped[str] = mapped_column(String(12), default="en", info=personal.stays())
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("applications", entries=True)
    )
    """Known once the address is confirmed."""
    kind: Mapped[MembershipKind] = mapped_column(enum_type(MembershipKind, "kind"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(
        String(200), default="", info=personal.stays("organisation")
    )
    """As typed, when the organisation is not among those that exist."""
    organisation_url: Mapped[str] = mapped_column(String(300), default="", info=personal.stays())
    may_speak: Mapped[bool] = mapped_column(default=False)
    named_in_public: Mapped[bool] = mapped_column(default=False)
    about: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    state: Mapped[ApplicationState] = mapped_column(enum_type(ApplicationState, "state"), index=True)
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"))
    answers: Mapped[str] = mapped_column(
        Text, default="[]", info=personal.stays("agreed_to", read=personal.from_json)
    )
    """JSON: the sentences ticked."""
    applied_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    reason: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=personal.struck))
    decided_at: Mapped[Instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    """Its result; or, for one that was passed on, the membership that was there already."""
    network: Mapped[Network] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    notes: Mapped[list[ApplicationNote]] = relationship(
        back_populates="application", order_by="ApplicationNote.id", lazy="raise"
    )

    @property
    def concerns(self) -> set[int | None]:
        """The person whose own case it is."""
        return {self.person_id}

    @property
    def concerns_organisations(self) -> set[int | None]:
        """The organisation that would join."""
        return {self.organisation_id}

    @property
    def passed_on(self) -> bool:
        """Whether it became a wish to speak for an organisation that belongs already, which others confirm."""
        return self.state is ApplicationState.WITHDRAWN and self.membership_id is not None


is_name(Application.name, person=True)
is_name(Application.organisation_name)


class ApplicationNote(Base):
    """A question to the applicant, or her answer."""

    __tablename__ = "application_note"
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), index=True, info=personal.owner("notes")
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_applicant: Mapped[bool] = mapped_column(info=personal.stays("by_you"))
    body: Mapped[str] = mapped_column(Text, info=personal.data(erase=""))
    at: Mapped[Instant]
    application: Mapped[Application] = relationship(back_populates="notes", lazy="raise")


class Vouch(Base):
    """A member vouches for an applicant."""

    __tablename__ = "vouch"
    __table_args__ = (UniqueConstraint("application_id", "person_id", name="uq_vouch_once"),)
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("vouched_for")
    )
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
    """The person who let them in; empty if the rules did."""
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
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), info=personal.owner(empties=False, entries=True)
    )
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("objected_to", entries=True)
    )
    reason: Mapped[Words] = mapped_column(info=personal.data(erase=personal.STRUCK))
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")


class AppealAnswer(StrEnum):
    """The texts of an appeal."""

    STANDS = "stands"
    LET_IN = "let in"


class AdmissionAppeal(Base):
    """Somebody who was declined asks two others to look at it again."""

    __tablename__ = "admission_appeal"
    __table_args__ = (CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_has_a_time"),)
    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), unique=True, info=personal.owner("appeals")
    )
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    text: Mapped[Words] = mapped_column(info=personal.data(erase=personal.STRUCK))
    at: Mapped[Instant]
    due_at: Mapped[Instant]
    """The charter's days for it, as they were when it was made."""
    outcome: Mapped[AppealAnswer | None] = mapped_column(enum_type(AppealAnswer, "outcome"))
    decided_at: Mapped[Instant | None]


class AdmissionVoice(Base):
    """The answer of one person who hears an appeal, once."""

    __tablename__ = "admission_voice"
    __table_args__ = (UniqueConstraint("appeal_id", "person_id", name="uq_admission_voice_once"),)
    id: Mapped[Key]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("admission_appeal.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("heard_appeals")
    )
    answer: Mapped[AppealAnswer] = mapped_column(enum_type(AppealAnswer, "answer"))
    reason: Mapped[Words] = mapped_column(info=personal.stays())
    at: Mapped[Instant]
