"""Announcements. Once sent, the text is fixed: another one corrects a mistake."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.charter.models import Network
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant, Key, Name, Words, enum_type, where
from govnet.kernel.triggers import differs, refuse
from govnet.people.models import Person


class AnnouncementState(StrEnum):
    """The life of an announcement. How far the mails of a sent one are is counted from their deliveries."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    HELD = "held"
    SENT = "sent"
    DROPPED = "dropped"


class Audience(StrEnum):
    """The audience."""

    MEMBERS = "members"
    EVERYBODY = "members and subscribers"


class Announcement(Base):
    """Something to be sent to everybody, or that was."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_a_time"),
        CheckConstraint("state <> 'scheduled' OR goes_at IS NOT NULL", name="scheduled_has_a_time"),
        CheckConstraint(
            "state NOT IN ('scheduled', 'sent') OR (sender_id IS NOT NULL AND authority <> '')",
            name="somebody_sends_it",
        ),
        CheckConstraint("state <> 'held' OR held_why <> ''", name="held_with_a_reason"),
        Index("ix_announcement_archive", "network_id", "state", "sent_at"),
        Index("ix_announcement_due", "goes_at", **where("state = 'scheduled'")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    state: Mapped[AnnouncementState] = mapped_column(
        enum_type(AnnouncementState, "state"), default=AnnouncementState.DRAFT
    )
    audience: Mapped[Audience] = mapped_column(enum_type(Audience, "audience"), default=Audience.EVERYBODY)
    subject: Mapped[Name] = mapped_column(info=personal.naming())
    source: Mapped[Words] = mapped_column(info=personal.stays("text"))
    html: Mapped[Words]
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every change of a draft, so that two who edit at once notice."""
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=personal.owner("written"))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"), index=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The person who ordered it to be sent."""
    authority: Mapped[str] = mapped_column(String(80), default="")
    """The mandate or term under which it is sent: "mandate:3"."""
    role: Mapped[str] = mapped_column(String(40), default="")
    ordered_at: Mapped[Instant | None]
    goes_at: Mapped[Instant | None]
    """When it is handed to the mail queue; until then it can be undone."""
    counted: Mapped[int] = mapped_column(default=0)
    """How many addresses it would have gone to when it was ordered."""
    counted_how: Mapped[str] = mapped_column(Text, default="{}")
    """JSON: how that number came about."""
    held_why: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[Instant | None]
    network: Mapped[Network] = relationship(lazy="raise")
    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise")
    changed_by: Mapped[Person] = relationship(foreign_keys=[changed_by_id], lazy="raise")
    sender: Mapped[Person | None] = relationship(foreign_keys=[sender_id], lazy="raise")

    @property
    def visibility(self) -> str:
        """Sent ones are for their recipients; before that they are for the officers."""
        if self.state is not AnnouncementState.SENT:
            return "committee"
        return "members" if self.for_members else "public"

    @property
    def for_members(self) -> bool:
        """Whether nobody else may read it, here or by mail."""
        return self.audience is Audience.MEMBERS

    @property
    def is_open(self) -> bool:
        """Whether its text can still be changed."""
        return self.state in (AnnouncementState.DRAFT, AnnouncementState.HELD)


_FIXED = differs(
    "network_id", "state", "subject", "source", "html", "sent_at", "sender_id", "authority", "audience"
)
refuse(
    "announcement_fixed",
    "announcement",
    "an announcement that was sent is never changed",
    {"UPDATE": f"OLD.state = 'sent' AND {_FIXED}", "DELETE": "OLD.state = 'sent'"},
)
