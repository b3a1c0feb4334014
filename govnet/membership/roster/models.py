"""Lists of people that were checked and brought in: the file, the person, and the result of each row."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel import personal
from govnet.kernel.models import Base, Digest, Instant, Key, Name, Words, enum_type, where


class ImportState(StrEnum):
    """The life of a list: looked at, brought in, taken back."""

    LOOKED = "looked"
    DONE = "done"
    UNDONE = "undone"


class RowOutcome(StrEnum):
    """The outcome of a row; those to look at first come first."""

    MEND = "mend"
    SHARES = "shares"
    ERASED = "erased"
    LEFT = "left"
    SILENT = "silent"
    WISH = "wish"
    TWICE = "twice"
    MEMBER = "member"
    ORGANISATION = "organisation"
    READS = "reads"
    INVITED = "invited"
    READER = "reader"


COMES = frozenset((RowOutcome.INVITED, RowOutcome.READER))
"""Outcomes that bring somebody in."""
STAYS = frozenset((RowOutcome.MEMBER, RowOutcome.ORGANISATION, RowOutcome.READS))
"""Outcomes of those who are here already."""


class RosterImport(Base):
    """A list of people that somebody uploaded. Its rows keep names and addresses for some days only."""

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint("(state = 'looked') = (done_at IS NULL)", name="done_when"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_when"),
        CheckConstraint("members >= 0 AND subscribers >= 0", name="counts"),
        Index("ix_roster_import_forget", "looked_at", **where("forgotten_at IS NULL")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True, info=personal.naming())
    state: Mapped[ImportState] = mapped_column(enum_type(ImportState, "state"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The person who uploaded it; empty for the command line."""
    file_name: Mapped[Name] = mapped_column(default="")
    digest: Mapped[Digest] = mapped_column(default="")
    """SHA-256 of the file."""
    notes: Mapped[Words] = mapped_column(default="[]")
    """JSON: the notes about the file as a whole."""
    looked_at: Mapped[Instant] = mapped_column(info=personal.naming())
    done_at: Mapped[Instant | None]
    undone_at: Mapped[Instant | None]
    forgotten_at: Mapped[Instant | None]
    """When the names and addresses of its rows were deleted."""
    members: Mapped[int] = mapped_column(default=0)
    """Memberships to confirm that it made, less those taken back."""
    subscribers: Mapped[int] = mapped_column(default=0)


class RosterImportRow(Base):
    """One row of a list, its outcome, and what it made."""

    __tablename__ = "roster_import_row"
    __table_args__ = (UniqueConstraint("roster_import_id", "place", name="uq_roster_import_row_place"),)
    id: Mapped[Key]
    roster_import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id", ondelete="CASCADE"))
    place: Mapped[int]
    """Its place on the page: what to look at comes first."""
    number: Mapped[int]
    outcome: Mapped[RowOutcome] = mapped_column(enum_type(RowOutcome, "outcome"))
    name: Mapped[Name] = mapped_column(default="", info=personal.data(erase=""))
    address: Mapped[str] = mapped_column(
        String(254), default="", index=True, info=personal.data(erase="", address=True)
    )
    why: Mapped[Words] = mapped_column(default="", info=personal.data(None, erase=""))
    said: Mapped[Words] = mapped_column(default="", info=personal.data(None, erase=""))
    """JSON: what else the row says, while it can be brought in."""
    note: Mapped[Words] = mapped_column(default="", info=personal.data(None, erase=""))
    """The values that were read otherwise than they stand there."""
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True, info=personal.owner("brought_in")
    )
    new_person: Mapped[bool] = mapped_column(default=False)
    membership_id: Mapped[int | None] = mapped_column(
        ForeignKey("membership.id", ondelete="SET NULL"), index=True
    )
    representation_id: Mapped[int | None] = mapped_column(
        ForeignKey("representation.id", ondelete="SET NULL"), index=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    """The organisation that it made, where none of that name was there."""
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscription.id", ondelete="SET NULL"), index=True
    )
