"""Letters and the names under them. A signed text never changes: see the triggers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.charter.models import Network
from govnet.forum.models import Thread
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant, Key, Name, Words, enum_type, where
from govnet.letters import triggers as triggers
from govnet.letters.rules import LetterState
from govnet.people.models import Organisation, Person


class Letter(Base):
    """A letter or statement that people sign in their own names; it never speaks for the network."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_has_a_time"),
        CheckConstraint("(state IN ('sent', 'answered')) = (sent_on IS NOT NULL)", name="sent_has_a_day"),
        CheckConstraint("(state = 'answered') = (replied_on IS NOT NULL)", name="answered_has_a_day"),
        CheckConstraint("replied_on IS NULL OR replied_on >= sent_on", name="replied_after_sent"),
        CheckConstraint("reply_due IS NULL OR reply_due > sent_on", name="due_after_sent"),
        CheckConstraint("replied_on IS NULL OR reply <> '' OR reply_url <> ''", name="reply_says_something"),
        CheckConstraint("deadline > opened_at", name="closes_after_it_opens"),
        CheckConstraint("state <> 'withdrawn' OR erased OR trim(why) <> ''", name="withdrawn_with_reason"),
        CheckConstraint(
            "closed_at IS NULL OR closed_at >= deadline OR erased OR trim(why) <> ''",
            name="early_with_reason",
        ),
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix_letter_network", "network_id", "state", "deadline"),
        Index("ix_letter_due", "deadline", **where("state = 'open'")),
        Index("ix_letter_reply_due", "reply_due", **where("state = 'sent'")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
    author_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("started")
    )
    title: Mapped[Name] = mapped_column(info=personal.naming())
    addressed_to: Mapped[Name] = mapped_column(info=personal.stays("to"))
    """The addressee."""
    text: Mapped[Words] = mapped_column(info=personal.stays())
    html: Mapped[Words]
    version: Mapped[int] = mapped_column(default=1)
    """One more with each change of the text, so that nobody signs another text than they read."""
    state: Mapped[LetterState] = mapped_column(enum_type(LetterState, "state"), default=LetterState.OPEN)
    opened_at: Mapped[Instant]
    deadline: Mapped[Instant]
    """Names are taken strictly before it."""
    closed_at: Mapped[Instant | None]
    why: Mapped[str] = mapped_column(Text, default="", info=personal.data("reason", erase=""))
    """Why it was closed early or taken back."""
    sent_on: Mapped[date | None]
    sent_how: Mapped[Name] = mapped_column(default="", info=personal.stays())
    reply_due: Mapped[date | None]
    reminded_at: Mapped[Instant | None]
    """The time when its author was notified that no reply has come by then."""
    replied_on: Mapped[date | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    reply_html: Mapped[str] = mapped_column(Text, default="")
    reply_url: Mapped[str] = mapped_column(String(500), default="")
    erased: Mapped[bool] = mapped_column(default=False, info=personal.data(None, erase=True))
    """Its author has removed their name: the reasons went with it."""
    network: Mapped[Network] = relationship(lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")
    thread: Mapped[Thread | None] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed; whether it still takes names depends on the deadline too."""
        return self.state is LetterState.OPEN


class Signature(Base):
    """A name under a letter, as it was given; it stays when the membership ends or somebody else speaks."""

    __tablename__ = "letter_signature"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_party"),
        CheckConstraint("(trim(name) <> '') <> erased", name="named_or_erased"),
        CheckConstraint("person_id IS NULL OR person_id = signed_by_id", name="signs_for_oneself"),
        Index("uq_letter_signature_person", "letter_id", "person_id", unique=True, **where("person_id IS NOT NULL")),
        Index("uq_letter_signature_organisation", "letter_id", "organisation_id", unique=True,
              **where("organisation_id IS NOT NULL")),
        Index("ix_letter_signature_signed", "letter_id", "at", "id"),
    )  # fmt: skip
    id: Mapped[Key]
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=personal.owner())
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    signed_by_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("signed", empties=False)
    )
    """The person who pressed the button: for an organisation, the one who spoke for it then."""
    name: Mapped[Name] = mapped_column(info=personal.data("as", erase=""))
    """The name in the letter; empty once somebody has removed theirs."""
    at: Mapped[Instant]
    erased: Mapped[bool] = mapped_column(default=False, info=personal.data(None, erase=True))
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    signed_by: Mapped[Person] = relationship(foreign_keys=[signed_by_id], lazy="raise")
