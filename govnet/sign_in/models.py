"""How people sign in, and how they move to another address."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.kernel import personal
from govnet.kernel.models import Base, Digest, Instant, Key, where
from govnet.people.models import Person


class SignedInSession(Base):
    """One browser in which somebody is signed in; ended sessions stay for the list of sessions."""

    __tablename__ = "signed_in_session"
    id: Mapped[Key]
    digest: Mapped[Digest] = mapped_column(unique=True, info=personal.secret())
    """SHA-256 of the token in the cookie."""
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("signed_in", erase=personal.ROW)
    )
    began_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    browser: Mapped[str] = mapped_column(String(120), default="", info=personal.data(erase=personal.ROW))
    """As people know it: "Firefox on Android"."""
    person: Mapped[Person] = relationship(lazy="raise")


class SignInLink(Base):
    """A one-time link that was mailed, and the code that stands for it in the browser that asked."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_counted"),
        CheckConstraint("used_at IS NULL OR person_id IS NOT NULL", name="used_by_somebody"),
        CheckConstraint("asked_at < until", name="until_later"),
        Index("ix_sign_in_link_browser", "browser_digest", "asked_at"),
        Index("ix_sign_in_link_counted", "counted", "asked_at"),
    )
    id: Mapped[Key]
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("sign_in_links", erase=personal.ROW)
    )
    """None where nobody has the address: such a row only makes both answers alike."""
    token_digest: Mapped[Digest] = mapped_column(unique=True, info=personal.secret())
    """SHA-256 of the token in the mail."""
    code_digest: Mapped[Digest] = mapped_column(info=personal.secret())
    """Keyed digest of the six digits."""
    browser_digest: Mapped[Digest] = mapped_column(info=personal.secret())
    """SHA-256 of what the browser that asked keeps in its cookie."""
    next_path: Mapped[str] = mapped_column(String(500), default="", info=personal.data(erase=personal.ROW))
    asked_at: Mapped[Instant] = mapped_column(index=True)
    used_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    counted: Mapped[Digest] = mapped_column(info=personal.secret())
    """Under what it counts: limits.TryCount."""
    stands_for: Mapped[Digest | None] = mapped_column(index=True, info=personal.secret())
    """The `token_digest` of a link mailed before, where no other was mailed: it works in this browser too."""
    until: Mapped[Instant]
    """When it ends: in ten minutes, or when another may be mailed, if that is later."""


class AddressChange(Base):
    """Somebody moves to another address: asked, confirmed from the new one, and for a week undone from the old one."""

    __tablename__ = "address_change"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR old_address IS NOT NULL", name="confirmed_has_old"),
        CheckConstraint("undone_at IS NULL OR confirmed_at IS NOT NULL", name="undone_after_confirmed"),
        CheckConstraint("address = lower(address)", name="address_lower"),
        Index("uq_address_change_open", "person_id", unique=True, **where("confirmed_at IS NULL")),
    )  # fmt: skip
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("address_changes", erase=personal.ROW)
    )
    address: Mapped[str] = mapped_column(String(254), info=personal.data(erase=personal.ROW))
    token_digest: Mapped[Digest] = mapped_column(unique=True, info=personal.secret())
    asked_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    old_address: Mapped[str | None] = mapped_column(String(254), info=personal.data(erase=personal.ROW))
    undo_digest: Mapped[Digest | None] = mapped_column(unique=True, info=personal.secret())
    undone_at: Mapped[Instant | None]
