"""The operator's rows: links by which a network is founded, and the backups that were taken."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel.models import Base, Digest, Instant, Key
from govnet.kernel.triggers import ALWAYS, refuse


class FoundingLink(Base):
    """A link that `govnet init` printed: it founds one network, once, before it expires."""

    __tablename__ = "founding_link"
    __table_args__ = (CheckConstraint("(used_at IS NULL) = (network_id IS NULL)", name="used_for_a_network"),)
    id: Mapped[Key]
    digest: Mapped[Digest] = mapped_column(unique=True)
    """SHA-256 of the token in the link."""
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"))


class KeyDigest(Base):
    """A key that all processes on this database share: a salted digest of what it was last used with."""

    __tablename__ = "key_digest"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[Digest]
    at: Mapped[Instant]


class Backup(Base):
    """A backup that was written whole; where its file is now is the operator's affair."""

    __tablename__ = "backup"
    id: Mapped[Key]
    at: Mapped[Instant]
    file: Mapped[str] = mapped_column(String(500))
    size: Mapped[int]
    """Bytes."""


class PersonErasure(Base):
    """Somebody was erased: known by a number and when that row was made, which no later person shares.

    Append-only, and no foreign key: a backup put back may be from before the person came.
    """

    __tablename__ = "person_erasure"
    __table_args__ = (UniqueConstraint("person", "made_at"),)
    id: Mapped[Key]
    person: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[Instant]
    at: Mapped[Instant]


refuse(
    "person_erasure_append_only",
    "person_erasure",
    "the list of erasures is append-only",
    {"UPDATE": ALWAYS, "DELETE": ALWAYS},
)


class WorkerBeat(Base):
    """The last sign of life of each process that works."""

    __tablename__ = "worker_beat"
    host: Mapped[str] = mapped_column(String(200), primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    release: Mapped[str] = mapped_column(String(40))


class ClockDoubt(Base):
    """The worker on a machine started with a clock far from the newest entry: duties by the clock wait."""

    __tablename__ = "clock_doubt"
    host: Mapped[str] = mapped_column(String(200), primary_key=True)
    began_at: Mapped[Instant]
    """By that clock."""
    newest_at: Mapped[Instant]
    """The newest entry's instant then."""


class DatabaseLook(Base):
    """The last time that the worker looked through the whole database: too long a work for a page."""

    __tablename__ = "database_look"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[Instant]
    at: Mapped[Instant | None]
    """When it was done; None while the first look is under way."""
    trouble: Mapped[str] = mapped_column(Text, default="")
    """The database's own report of damage; empty if all is well."""
