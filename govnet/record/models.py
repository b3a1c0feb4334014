"""The record's tables: entries that nothing may change, and beside each what became of telling people."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.kernel.models import Base, Digest, Instant, Key, enum_type, where
from govnet.kernel.triggers import ALWAYS, refuse, same
from govnet.record.events import Visibility


class ChainHead(Base):
    """Each network's last entry; locked while one is appended."""

    __tablename__ = "chain_head"
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), primary_key=True)
    chain: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int]
    hash: Mapped[Digest]


class Entry(Base):
    """One event. `facts` and `words` are canonical JSON; words and their salt may be erased, nothing else."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("network_id", "number", name="uq_entry_number"),
        UniqueConstraint("network_id", "prev_hash", name="uq_entry_prev_hash"),
        CheckConstraint("(words IS NULL) = (words_salt IS NULL)", name="words_with_salt"),
        CheckConstraint("number > 0", name="number_positive"),
        Index("ix_entry_subject", "network_id", "subject"),
        Index("ix_entry_at", "network_id", "at"),
        Index("ix_entry_lately", "network_id", "verb", "number"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    number: Mapped[int]
    at: Mapped[Instant]
    verb: Mapped[str] = mapped_column(String(80), index=True)
    """Copied out of the facts, for queries."""
    subject: Mapped[str | None] = mapped_column(String(80))
    """Copied out of the facts, for queries."""
    actor_id: Mapped[int | None] = mapped_column(index=True)
    """Copied out of the facts, for queries; the number stays when the person has gone."""
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility, "visibility"))
    facts: Mapped[str] = mapped_column(Text)
    facts_salt: Mapped[str] = mapped_column(String(64))
    facts_digest: Mapped[Digest]
    words: Mapped[str | None] = mapped_column(Text)
    words_salt: Mapped[str | None] = mapped_column(String(64))
    words_digest: Mapped[Digest]
    prev_hash: Mapped[Digest]
    hash: Mapped[Digest]
    telling: Mapped[Telling] = relationship(back_populates="entry", uselist=False, lazy="raise")


class Telling(Base):
    """The entry that still has to be told; the worker's row, claimed by lease."""

    __tablename__ = "telling"
    __table_args__ = (
        Index("ix_telling_due", "done_at", "next_at"),
        Index("ix_telling_wrong", "entry_id", **where("done_at IS NULL AND error IS NOT NULL")),
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    done_at: Mapped[Instant | None]
    next_at: Mapped[Instant | None]
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    entry: Mapped[Entry] = relationship(back_populates="telling", lazy="raise")


_SAME = same("id", "network_id", "number", "at", "verb", "subject", "actor_id", "visibility", "facts", "facts_salt",
             "facts_digest", "words_digest", "prev_hash", "hash")  # fmt: skip
refuse(
    "entry_append_only",
    "entry",
    "the record is append-only",
    {"UPDATE": f"NOT ({_SAME} AND NEW.words IS NULL AND NEW.words_salt IS NULL)", "DELETE": ALWAYS},
)
