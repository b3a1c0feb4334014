"""Mails, their renderings and deliveries; who gets how much; and the line to the mail server."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel import personal
from govnet.kernel.models import Base, Digest, Instant, Key, Name, enum_type, where
from govnet.mail.message import MailKind
from govnet.mail.rules import DeliveryState, Why
from govnet.mail.volume import News, Stance, Volume


class Mail(Base):
    """A notice or a mail: one row, for any number of languages and recipients."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_paused", "network_id", **where("paused_at IS NOT NULL")),)
    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """The key that makes it the same mail, so that an entry told twice makes one."""
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    template: Mapped[str] = mapped_column(String(100))
    kind: Mapped[MailKind] = mapped_column(enum_type(MailKind, "kind"))
    news: Mapped[News] = mapped_column(enum_type(News, "news"))
    thread_id: Mapped[int | None]
    """The discussion that "less of this" can mute."""
    contact: Mapped[str | None] = mapped_column(String(254))
    """Where an answer goes: the network's mailbox, or an address that the program reads."""
    made_at: Mapped[Instant] = mapped_column(info=personal.naming())
    not_after: Mapped[Instant | None]
    """Later than this it is not worth sending."""
    paused_at: Mapped[Instant | None]
    paused_by: Mapped[str] = mapped_column(String(200), default="")
    """The person who paused it; empty if too many refusals did."""
    paused_why: Mapped[str] = mapped_column(Text, default="")
    troubles: Mapped[int] = mapped_column(default=0)
    """How often in a row the server asked for a pause."""
    reset_at: Mapped[Instant | None]
    """When a person, or a mail that was taken, last let it go on: earlier refusals no longer count."""
    retry_at: Mapped[Instant | None]
    """When a mailing that refusals paused is tried again, with one of its mails."""


class Rendering(Base):
    """A mail in one language for one sort of reader: bytes that all its recipients share."""

    __tablename__ = "mail_rendering"
    __table_args__ = (
        UniqueConstraint("mail_id", "language", "reader", name="uq_mail_rendering_reader"),
        Index("ix_mail_rendering_kept", "mail_id", **where("body IS NOT NULL")),
    )
    id: Mapped[Key]
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"))
    language: Mapped[str] = mapped_column(String(12))
    reader: Mapped[str] = mapped_column(String(20))
    subject: Mapped[Name] = mapped_column(info=personal.naming())
    head: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None some time after the last of its recipients got it: nothing reads it any more."""
    names_erased: Mapped[bool] = mapped_column(default=False)
    """Says the name of somebody who was erased while it was on its way: it goes with the last of its recipients."""


class Delivery(Base):
    """One mail to one address, and what became of it."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("mail_id", "address", name="uq_delivery_recipient"),
        CheckConstraint("(state = 'in_hand') = (lease_owner IS NOT NULL)", name="in_hand_is_leased"),
        CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease_has_end"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index("ix_delivery_due", "priority", "next_at", "id", **where("state IN ('queued', 'deferred')")),
        Index("ix_delivery_waiting", "next_at", **where("state IN ('queued', 'in_hand')")),
        Index("ix_delivery_failed", "changed_at", **where("state = 'failed'")),
        Index("ix_delivery_leased", "lease_until", **where("state = 'in_hand'")),
        Index("ix_delivery_state", "mail_id", "state"),
    )
    id: Mapped[Key]
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"))
    rendering_id: Mapped[int] = mapped_column(ForeignKey("mail_rendering.id"))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("sent", erase=None)
    )
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"), index=True)
    address: Mapped[str] = mapped_column(
        String(254), index=True, info=personal.data(erase=personal.numbered, address=True)
    )
    """As it was when the mail was made, in lower case."""
    name: Mapped[Name] = mapped_column(info=personal.data(erase=""))
    state: Mapped[DeliveryState] = mapped_column(enum_type(DeliveryState, "state"))
    priority: Mapped[int]
    next_at: Mapped[Instant]
    limit_at: Mapped[Instant]
    """After this it expires."""
    attempts: Mapped[int] = mapped_column(default=0)
    lost_leases: Mapped[int] = mapped_column(default=0)
    """How often a sender died with it in hand."""
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[Instant | None]
    message_id: Mapped[str] = mapped_column(String(200), unique=True, info=personal.secret())
    token: Mapped[str] = mapped_column(String(40), unique=True, info=personal.secret())
    """Random; in the unsubscribe link and the bounce address."""
    code: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    """The server's last answer."""
    why: Mapped[Why] = mapped_column(enum_type(Why, "why"), default=Why.NONE)
    changed_at: Mapped[Instant]


class RecipientChunk(Base):
    """Some hundreds of the recipients of a large mail who have no delivery yet: a transaction makes theirs."""

    __tablename__ = "recipient_chunk"
    __table_args__ = (CheckConstraint("number > 0", name="holds_some"),)
    id: Mapped[Key]
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"), index=True)
    reader: Mapped[str] = mapped_column(String(20))
    people: Mapped[str] = mapped_column(Text)
    """JSON, a pair for each: the person's id and the subscription's id, either of which may be null. No address."""
    number: Mapped[int]
    priority: Mapped[int]
    starts_at: Mapped[Instant]
    stopped: Mapped[bool] = mapped_column(default=False)
    """The mail was cancelled: its deliveries are made as such, for the numbers and in case somebody sends it after all."""


IS_WAITING = text("delivery.state IN ('queued', 'in_hand')")
"""Written as in its index: with parameters SQLite would not see that they are the same."""
HAS_FAILED = text("delivery.state = 'failed'")
"""The same."""


class Subscription(Base):
    """How much mail of a network a person wants, or an address without a person takes."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (address IS NULL)", name="person_or_address"),
        CheckConstraint("address = lower(address)", name="address_lower"),
        CheckConstraint("person_id IS NULL OR confirmed_at IS NOT NULL", name="person_is_confirmed"),
        CheckConstraint("address IS NULL OR just_mail", name="address_takes_just_mail"),
        UniqueConstraint("network_id", "person_id", name="uq_subscription_person"),
        UniqueConstraint("network_id", "address", name="uq_subscription_address"),
        Index("ix_subscription_just_mail", "network_id", "just_mail", "confirmed_at", "silent_at"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("subscriptions", erase=personal.ROW)
    )
    address: Mapped[str | None] = mapped_column(String(254), info=personal.data(erase=personal.ROW))
    name: Mapped[Name] = mapped_column(default="", info=personal.data(erase=personal.ROW))
    language: Mapped[str] = mapped_column(String(12), default="", info=personal.data(erase=personal.ROW))
    volume: Mapped[Volume] = mapped_column(enum_type(Volume, "volume"), default=Volume.CONCERNS_ME)
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    """When the address said yes."""
    asked_at: Mapped[Instant | None]
    """The last time when it was asked to say yes."""
    silent_at: Mapped[Instant | None]
    """Since when it wants nothing at all."""
    token: Mapped[str] = mapped_column(String(40), unique=True, info=personal.secret())
    just_mail: Mapped[bool] = mapped_column(
        default=lambda context: context.get_current_parameters().get("address") is not None
    )
    """Wants the mail without belonging to the network: an address, or a person who is no member."""


class Target(StrEnum):
    """The things that can be followed or muted."""

    THREAD = "thread"
    TOPIC = "topic"


class Following(Base):
    """A person follows or mutes a discussion or a topic."""

    __tablename__ = "following"
    __table_args__ = (Index("ix_following_target", "target", "target_id"),)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=personal.owner("following", erase=personal.ROW)
    )
    target: Mapped[Target] = mapped_column(enum_type(Target, "target"), primary_key=True)
    target_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    stance: Mapped[Stance] = mapped_column(enum_type(Stance, "stance"))
    at: Mapped[Instant]


class Suppression(Base):
    """An address to which we stopped writing, known only by its keyed digest."""

    __tablename__ = "suppression"
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    why: Mapped[Why] = mapped_column(enum_type(Why, "why"))
    returned: Mapped[int]
    """How many mails had come back."""
    since: Mapped[Instant]
    lifted_at: Mapped[Instant | None]
    """The time when somebody asked us to try again; earlier bounces no longer count."""


class Fate(StrEnum):
    """The fate of an incoming mail."""

    WAITING = "waiting"
    DONE = "done"
    ANSWERED = "answered"
    """Not done; the sender got the reason."""
    IGNORED = "ignored"
    """From a machine, or to nobody we know: never answered."""


class InboundMail(Base):
    """A mail that came in, kept as it came before anything is made of it."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        CheckConstraint("(fate = 'waiting') = (read_at IS NULL)", name="read_or_waiting"),
        CheckConstraint("fate <> 'waiting' OR raw IS NOT NULL", name="kept_until_read"),
        Index("ix_inbound_mail_waiting", "next_at", "id", **where("fate = 'waiting'")),
        Index("ix_inbound_mail_recipient", "recipient", "came_at"),
        Index("ix_inbound_mail_answered", "sender", "read_at", **where("fate = 'answered'")),
    )
    id: Mapped[Key]
    digest: Mapped[Digest] = mapped_column(unique=True)
    """Of its Message-ID and recipient, or of all of it where it has none: the same mail handed in twice is one."""
    recipient: Mapped[str] = mapped_column(String(320))
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None some weeks after it was read."""
    came_at: Mapped[Instant]
    next_at: Mapped[Instant]
    """When it is read, or read again after the program failed at it."""
    attempts: Mapped[int] = mapped_column(default=0)
    fate: Mapped[Fate] = mapped_column(enum_type(Fate, "fate"), default=Fate.WAITING)
    why: Mapped[Name] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(String(254), default="")
    read_at: Mapped[Instant | None]
    over: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """The limit that it goes over (parts, headers, depth, time or memory): its text was never read, and it goes after a week."""


class MailLine(Base):
    """The one line to the mail server: whether it may be used, and what it last said."""

    __tablename__ = "mail_line"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    held_at: Mapped[Instant | None]
    held_why: Mapped[str] = mapped_column(Text, default="")
    """The reason why a person must release it first: a restored copy, for example."""
    not_before: Mapped[Instant | None]
    """Nothing goes sooner; then one mail tries it."""
    troubles: Mapped[int] = mapped_column(default=0)
    refusals: Mapped[int] = mapped_column(default=0)
    """Permanent ones in a row: a wrong password."""
    tripped_at: Mapped[Instant | None]
    """Since when it is refused for good, until a mail goes; it is tried ever more seldom, at least once an hour."""
    words: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[Instant | None]
    settings: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Marks of the mail settings under which it was used since it last went well: others are tried at once."""
