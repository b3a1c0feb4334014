"""Decisions taken off site, the mails that they came from, and the objection by which one did not stand."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.decisions.models import Proposal
from govnet.decisions.rules.outcome import Outcome
from govnet.kernel import personal
from govnet.kernel.models import Base, Digest, Instant, Key, Name, Words
from govnet.kernel.triggers import ALWAYS, differs, refuse
from govnet.mail.incoming.parser import without_addresses
from govnet.people.models import Person, PersonEmail


class OffsiteDecision(Base):
    """When, where and by whom something was decided, with the evidence. Its text is the proposal's first version."""

    __tablename__ = "offsite_decision"
    __table_args__ = (
        CheckConstraint("taken_by IN ('all', 'committee')", name="taken_by_known"),
        CheckConstraint("evidence <> ''", name="has_evidence"),
        CheckConstraint("days_late >= 0 AND (days_late = 0) = (late_because = '')", name="late_has_a_reason"),
    )
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    taken_on: Mapped[date]
    """The day of the meeting, or of the last word on the list."""
    taken_by: Mapped[str] = mapped_column(String(20))
    """All members, or the committee."""
    taken_where: Mapped[Name]
    evidence: Mapped[str] = mapped_column(Text)
    evidence_url: Mapped[str] = mapped_column(String(500), default="")
    present: Mapped[str] = mapped_column(Text, default="")
    """The people who were there, as text."""
    days_late: Mapped[int] = mapped_column(default=0)
    """For the committee's meetings: how many days later than the charter allows it was recorded."""
    late_because: Mapped[str] = mapped_column(Text, default="")
    tell_at: Mapped[Instant]
    """The time from which it is public; until then the person who recorded it can take it back."""
    told_at: Mapped[Instant | None]
    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql", back_populates="offsite")

    @property
    def is_recommendation(self) -> bool:
        """Whether the committee decided what our rules leave to all members."""
        return self.taken_by == "committee" and self.proposal.body == "all"

    @property
    def stands_as(self) -> Outcome:
        """The outcome if nobody objects."""
        return Outcome.RECOMMENDED if self.is_recommendation else Outcome.ELSEWHERE


class OffsiteObjection(Base):
    """The objection by which a decision did not stand: those who decide such matters were asked instead."""

    __tablename__ = "offsite_objection"
    __table_args__ = (CheckConstraint("trim(reason) <> ''", name="has_a_reason"),)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("offsite_decision.proposal_id"), primary_key=True)
    """The first one ends the wait: there is one at most."""
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("objections")
    )
    reason: Mapped[str] = mapped_column(Text, info=personal.stays())
    """Everybody was asked because of it, and reads it there."""
    at: Mapped[Instant]


def _proved(person_id: Any) -> Select[Any]:
    """The addresses that are somebody's without doubt."""
    query = select(PersonEmail.address).where(PersonEmail.person_id == person_id)
    return query.where(PersonEmail.verified_at.is_not(None))


class EvidenceMail(Base):
    """A mail from which something that was decided off site came, kept as it was sent."""

    __tablename__ = "evidence_mail"
    __table_args__ = (
        UniqueConstraint("proposal_id", "digest", name="uq_evidence_mail_once"),
        CheckConstraint("(removed_at IS NULL) = (removed_why = '')", name="removed_for_a_reason"),
        CheckConstraint(
            "removed_at IS NULL OR (raw IS NULL AND text = '' AND subject = '')", name="removed_is_gone"
        ),
    )
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    digest: Mapped[Digest] = mapped_column(info=personal.secret())
    """SHA-256, in hex, of the mail as it came: the record has it too."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, info=personal.data(None, erase=None))
    """None once it was removed, or its sender's name was."""
    sender: Mapped[str] = mapped_column(
        String(254), info=personal.owner("mails_kept", among=_proved) | personal.data(erase="")
    )
    sender_name: Mapped[Name] = mapped_column(info=personal.data(erase=""))
    subject: Mapped[Name] = mapped_column(info=personal.stays())
    sent_at: Mapped[Instant | None]
    text: Mapped[Words] = mapped_column(info=personal.stays())
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    removed_at: Mapped[Instant | None]
    removed_why: Mapped[str] = mapped_column(Text, default="")
    added_by: Mapped[Person] = relationship(lazy="raise")

    @property
    def shown_subject(self) -> str:
        """The subject without anybody's address."""
        return without_addresses(self.subject)

    @property
    def shown_text(self) -> str:
        """The text without anybody's address."""
        return without_addresses(self.text)


refuse(
    "offsite_decision_fixed",
    "offsite_decision",
    "what was decided off site is never edited",
    {
        "INSERT": "(SELECT door FROM proposal WHERE id = NEW.proposal_id) NOT IN ('meeting', 'list')",
        "UPDATE": "OLD.told_at IS NOT NULL OR "
        + differs("proposal_id", "taken_on", "taken_by", "taken_where", "evidence", "evidence_url", "present",
                  "days_late", "late_because", "tell_at"),
        "DELETE": ALWAYS,
    },
)  # fmt: skip
refuse(
    "offsite_objection_while_unopposed",
    "offsite_objection",
    "an objection is made while it can be, and stays on record",
    {
        "INSERT": "NOT EXISTS (SELECT 1 FROM proposal_version v WHERE v.proposal_id = NEW.proposal_id "
        "AND v.state = 'unopposed')",
        "UPDATE": ALWAYS,
        "DELETE": ALWAYS,
    },
)
_DECIDED = "EXISTS (SELECT 1 FROM offsite_decision o WHERE o.proposal_id = NEW.proposal_id)"
_OPPOSED = "EXISTS (SELECT 1 FROM offsite_objection o WHERE o.proposal_id = NEW.proposal_id)"
refuse(
    "proposal_version_unopposed",
    "proposal_version",
    "what was decided off site stands unopposed, or is asked after an objection",
    {
        "INSERT": f"NEW.state = 'unopposed' AND NOT {_DECIDED}",
        "UPDATE": f"(OLD.state NOT IN ('draft', NEW.state) AND NEW.state <> 'closed') OR (OLD.state = 'unopposed' "
        f"AND NEW.state = 'closed' AND NEW.outcome <> 'withdrawn' AND (NEW.outcome = 'objected') <> {_OPPOSED})",
    },
)
refuse(
    "evidence_mail_fixed",
    "evidence_mail",
    "a mail that was kept is never changed, only removed",
    {
        "UPDATE": differs("id", "proposal_id", "digest", "sent_at", "added_by_id", "at")
        + " OR (OLD.raw IS NOT NEW.raw AND NEW.raw IS NOT NULL) OR (OLD.text IS NOT NEW.text AND NEW.text <> '')"
        + " OR (OLD.subject IS NOT NEW.subject AND NEW.subject <> '')"
        + " OR (OLD.sender IS NOT NEW.sender AND NEW.sender <> '')"
        + " OR (OLD.sender_name IS NOT NEW.sender_name AND NEW.sender_name <> '')"
        + " OR (OLD.removed_at IS NOT NEW.removed_at AND OLD.removed_at IS NOT NULL)",
        "DELETE": ALWAYS,
    },
)
