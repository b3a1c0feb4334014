"""Networks and their charter versions."""

from __future__ import annotations

import secrets
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govnet.kernel import personal
from govnet.kernel.models import Base, Digest, Instant, Key, Name, Words, enum_type, is_name
from govnet.kernel.triggers import ALWAYS, refuse

RESERVED = (
    "me", "search", "healthz", "metrics", "api", "demo", "static", "sign-in", "sign-out", "found", "operator", "mail",
    "about", "charter", "join", "members", "organisations", "forum", "decisions", "proposals", "committee",
    "coordinator", "elections", "meetings", "manifesto", "plan", "announcements", "record", "data", "desk",
    "robots", "favicon", "well-known", "unsubscribe",
    "applications", "membership", "settings", "letters", "readyz",
)  # fmt: skip
"""Words that the program's own addresses begin with; no network may be called so."""

LOGO_WIDTH, LOGO_HEIGHT = 640, 192
"""Pixels that a logo has at most: twice what a page shows, for sharp screens."""
LARGEST_LOGO = 128 * 1024
"""Bytes."""
_SHOWN = (176, 44)
ACCENTS = ("teal", "blue", "indigo", "plum", "brick", "amber", "green", "slate")


class NetworkState(StrEnum):
    """The life of a network."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DORMANT = "dormant"
    CONCLUDED = "concluded"


class Network(Base):
    """A network that governs itself; a sister network names its parent."""

    __tablename__ = "network"
    __table_args__ = (
        CheckConstraint(
            "slug NOT IN (" + ", ".join(f"'{w}'" for w in RESERVED) + ")", name="slug_not_reserved"
        ),
        CheckConstraint("length(slug) BETWEEN 2 AND 40 AND slug = lower(slug)", name="slug_shape"),
        CheckConstraint("accent IN (" + ", ".join(f"'{a}'" for a in ACCENTS) + ")", name="accent_known"),
        CheckConstraint(
            "(logo_digest IS NULL) = (logo_width IS NULL) AND (logo_digest IS NULL) = (logo_height IS NULL)"
            f" AND length(logo_digest) = 64 AND logo_width BETWEEN 1 AND {LOGO_WIDTH}"
            f" AND logo_height BETWEEN 1 AND {LOGO_HEIGHT}",
            name="logo_with_its_size",
        ),
    )
    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(40), unique=True, info=personal.naming())
    chain: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_hex(16))
    """The network's name in the hashes of the record; it stays when the slug changes."""
    name: Mapped[Name]
    purpose: Mapped[Words]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"))
    state: Mapped[NetworkState] = mapped_column(enum_type(NetworkState, "state"), default=NetworkState.ACTIVE)
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    accent: Mapped[str] = mapped_column(String(20), default="teal")
    contact_name: Mapped[Name]
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    list_address: Mapped[str | None] = mapped_column(String(254))
    """A mailing list elsewhere that gets announcements, proposals and outcomes too."""
    founded_at: Mapped[Instant]
    logo_digest: Mapped[Digest | None]
    """SHA-256, in hex, of its logo's bytes, which stand apart: no page reads them to be made."""
    logo_width: Mapped[int | None]
    logo_height: Mapped[int | None]
    languages: Mapped[Words] = mapped_column(default="", server_default="")
    """Codes of those that it offers, with blanks between; "" while it has not chosen: all that there are."""
    language: Mapped[str] = mapped_column(String(12), default="en", server_default="en")
    """The language of pages and mail for people who have chosen none."""

    @property
    def logo(self) -> tuple[str, int, int] | None:
        """Its logo's digest, and the width and height at which pages show it."""
        if not (self.logo_digest and self.logo_width and self.logo_height):
            return None
        scale = min(1.0, _SHOWN[0] / self.logo_width, _SHOWN[1] / self.logo_height)
        return (
            self.logo_digest,
            max(1, round(self.logo_width * scale)),
            max(1, round(self.logo_height * scale)),
        )

    @property
    def network_id(self) -> int:
        """Itself: rights in it are asked as those over its rows are."""
        return self.id


is_name(Network.name)
is_name(Network.contact_name)


class NetworkLogo(Base):
    """The bytes of a network's logo, a PNG without metadata."""

    __tablename__ = "network_logo"
    __table_args__ = (
        CheckConstraint(f"length(png) BETWEEN 1 AND {LARGEST_LOGO}", name="png_bounded"),
        CheckConstraint("length(digest) = 64", name="digest_whole"),
    )
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), primary_key=True)
    digest: Mapped[Digest]
    """Theirs: what the record holds, and the picture's address."""
    png: Mapped[bytes] = mapped_column(LargeBinary)


class CharterVersion(Base):
    """The rules as one decision left them; the one in force is the newest whose `in_force_from` has come."""

    __tablename__ = "charter_version"
    __table_args__ = (
        UniqueConstraint("network_id", "number", name="uq_charter_version_number"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    number: Mapped[int]
    parameters: Mapped[str] = mapped_column(Text)
    """Canonical JSON of every parameter, explicit, so that a later release with other defaults changes no rules."""
    in_force_from: Mapped[Instant]
    adopted_by: Mapped[str | None] = mapped_column(String(80))
    """The decision that adopted it, as "decision:<id>"; None for the charter as found."""
    evidence: Mapped[str] = mapped_column(Text, default="")
    """For a charter as found: how we know."""


refuse(
    "charter_version_fixed",
    "charter_version",
    "a charter version is never edited",
    {"UPDATE": ALWAYS, "DELETE": ALWAYS},
)
