"""Topics, threads and posts, and what readers do with them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.charter.models import Network
from govnet.forum.states import AppealOutcome, HidingKind, PostState, Readership, ReportState, ThreadState
from govnet.kernel import personal
from govnet.kernel.actor import Door
from govnet.kernel.models import UNNESTED, Base, Instant, Key, Name, Words, enum_type, is_name, where
from govnet.kernel.triggers import refuse
from govnet.people.models import Person


class Topic(Base):
    """The subjects of threads. A slug is never all digits, since those are threads."""

    __tablename__ = "topic"
    __table_args__ = (
        UniqueConstraint("network_id", "slug", name="uq_topic_slug"),
        CheckConstraint("slug = lower(slug) AND length(slug) BETWEEN 2 AND 80", name="slug_shape"),
        CheckConstraint("ltrim(slug, '0123456789') <> ''", name="slug_not_a_number"),
        CheckConstraint(
            "slug NOT IN ('moderation', 'new', 'preview', 'posts', 'reports', 'appeals')",
            name="slug_not_reserved",
        ),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[Name]
    description: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[Readership] = mapped_column(
        enum_type(Readership, "visibility"), default=Readership.PUBLIC
    )
    position: Mapped[int] = mapped_column(default=0)
    """Its place in the list of topics."""
    archived_at: Mapped[Instant | None]
    network: Mapped[Network] = relationship(lazy="raise")


is_name(Topic.title)


class Thread(Base):
    """A discussion. Its counters are kept by SET n = n + 1 in the transaction that adds the post."""

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_a_time"),
        CheckConstraint("(summary = '') = (summary_at IS NULL)", name="summary_has_a_time"),
        CheckConstraint("posts >= 0", name="posts_counted"),
        Index("ix_thread_newest", "topic_id", "last_post_at"),
        Index("ix_thread_numbers", "topic_id", "visibility"),
        Index("ix_thread_lately", "network_id", "last_post_at"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    title: Mapped[Name] = mapped_column(info=personal.naming())
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("started", erase=None, entries=True)
    )
    """None once the author is erased."""
    visibility: Mapped[Readership] = mapped_column(
        enum_type(Readership, "visibility"), default=Readership.PUBLIC
    )
    state: Mapped[ThreadState] = mapped_column(enum_type(ThreadState, "state"), default=ThreadState.OPEN)
    at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    question: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    """The question in the frame. Empty without a frame."""
    can_change: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    decides: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    until: Mapped[date | None]
    summary: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    """Markdown, for the top of the page."""
    summary_html: Mapped[str] = mapped_column(Text, default="")
    summary_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), info=personal.mention())
    summary_at: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(default=1)
    """One more with each change of title, frame or summary: two at once are noticed."""
    posts: Mapped[int] = mapped_column(default=0)
    """How many; also the number of the newest."""
    last_post_at: Mapped[Instant]
    last_post_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), info=personal.mention())
    network: Mapped[Network] = relationship(lazy="raise")
    topic: Mapped[Topic] = relationship(lazy="joined", innerjoin=UNNESTED)
    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[author_id])


class Post(Base):
    """A person's text: Markdown as typed, and the HTML made of it once."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("thread_id", "number", name="uq_post_number"),
        CheckConstraint("number > 0 AND revision > 0 AND thanks >= 0", name="numbers_positive"),
        CheckConstraint(
            "state IN ('visible', 'hidden') OR (source = '' AND html = '')", name="removed_is_empty"
        ),
        CheckConstraint("(revision > 1) = (edited_at IS NOT NULL)", name="edited_has_a_time"),
        Index("ix_post_author", "author_id", "at"),
        Index("ix_post_lately", "network_id", "at"),
        Index("ix_post_hidden", "network_id", **where("state = 'hidden'")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    number: Mapped[int]
    """Its place in the thread, from 1, without gaps."""
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=personal.owner("written", erase=None, entries=True)
    )
    """None once the author is erased."""
    source: Mapped[Words] = mapped_column(info=personal.stays("text"))
    html: Mapped[Words]
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"), default=Door.WEB)
    at: Mapped[Instant]
    edited_at: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(default=1)
    """One more with each edit; the earlier ones are PostVersions."""
    state: Mapped[PostState] = mapped_column(enum_type(PostState, "state"), default=PostState.VISIBLE)
    thanks: Mapped[int] = mapped_column(default=0)
    thread: Mapped[Thread] = relationship(lazy="joined", innerjoin=UNNESTED)
    author: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def visibility(self) -> Readership:
        """Its thread's: who may read it."""
        return self.thread.visibility

    @property
    def concerns(self) -> set[int | None]:
        """The person whose own case it is, when somebody reports it."""
        return {self.author_id}


class PostVersion(Base):
    """A post as it was before an edit."""

    __tablename__ = "post_version"
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id"), primary_key=True, info=personal.owner("earlier_texts")
    )
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[Words] = mapped_column(info=personal.stays("text"))
    html: Mapped[Words]
    at: Mapped[Instant]
    """When it was written."""


class Thanks(Base):
    """Somebody says thanks for a post; counted, never mailed."""

    __tablename__ = "thanks"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"),
        primary_key=True,
        index=True,
        info=personal.owner("thanks_said", erase=personal.ROW),
    )
    at: Mapped[Instant]


class ReadMark(Base):
    """How far somebody has read in a thread."""

    __tablename__ = "read_mark"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=personal.owner("read_up_to", erase=personal.ROW)
    )
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True, index=True)
    number: Mapped[int]
    at: Mapped[Instant]


class Report(Base):
    """Somebody says that a post should not stand: a person, or a visitor who left an address."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (dealt_at IS NULL)", name="dealt_has_a_time"),
        CheckConstraint("length(reason) > 0", name="has_a_reason"),
        Index("uq_report_open", "post_id", "reporter_id", unique=True, **where("state = 'open'")),
        Index("ix_report_waiting", "network_id", "state", "at"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("reported", erase=None)
    )
    name: Mapped[str] = mapped_column(String(200), default="", info=personal.data(erase=""))
    """As a visitor typed it; shown to nobody but the committee."""
    email: Mapped[str] = mapped_column(String(254), default="", info=personal.data(erase="", address=True))
    reason: Mapped[Words] = mapped_column(info=personal.data(erase="-"))
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState, "state"), default=ReportState.OPEN)
    at: Mapped[Instant]
    dealt_at: Mapped[Instant | None]
    dealt_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    """The reason why nothing was done."""
    post: Mapped[Post] = relationship(lazy="joined", innerjoin=UNNESTED)
    reporter: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[reporter_id])

    @property
    def concerns(self) -> set[int | None]:
        """The people whose own case it is: the author of the post, and the person who reported it."""
        return {self.post.author_id, self.reporter_id}


is_name(Report.name, person=True)


class Hiding(Base):
    """A post was hidden or removed, by whom and why; in the public log, without the text."""

    __tablename__ = "hiding"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="has_a_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_why = '')", name="lifted_with_reason"),
        CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_remove"),
        Index("ix_hiding_law", "law_until", **where("kind = 'hidden' AND lifted_at IS NULL")),
        Index("uq_hiding_open", "post_id", unique=True, **where("lifted_at IS NULL")),
        Index("ix_hiding_log", "network_id", "at"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True, info=personal.owner())
    kind: Mapped[HidingKind] = mapped_column(enum_type(HidingKind, "kind"))
    reason: Mapped[Words]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    lifted_at: Mapped[Instant | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None where an appeal lifted it: see its voices."""
    lifted_why: Mapped[str] = mapped_column(Text, default="")
    wanted_gone_at: Mapped[Instant | None]
    """The time since which the officer who hid it wants the text removed for good: a second person has to agree."""
    law_until: Mapped[Instant | None]
    """Where the law has the text removed: until when it can be shown again."""
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Of a text that was removed: the other person, who had hidden it before."""
    post: Mapped[Post] = relationship(lazy="joined", innerjoin=UNNESTED)
    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    appeal: Mapped[Appeal | None] = relationship(back_populates="hiding", lazy="raise")

    @property
    def author_id(self) -> int | None:
        """The author of the post, who may appeal."""
        return self.post.author_id

    @property
    def visibility(self) -> Readership:
        """Its discussion's: who may read about it."""
        return self.post.visibility

    @property
    def concerns(self) -> set[int | None]:
        """The person whose own case it is."""
        return {self.post.author_id}


_ALONE = "NEW.kind = 'removed' AND NEW.second_id IS NULL AND NEW.law_until IS NULL"
refuse(
    "hiding_needs_two",
    "hiding",
    "a text is removed for good by two people, or where the law wants it",
    {"INSERT": _ALONE, "UPDATE OF kind": _ALONE},
)


class Appeal(Base):
    """The author asks two others to look at a hiding again."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_has_a_time"),
        Index("ix_appeal_waiting", "network_id", "decided_at"),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    hiding_id: Mapped[int] = mapped_column(
        ForeignKey("hiding.id"), unique=True, info=personal.owner("appeals")
    )
    text: Mapped[Words] = mapped_column(info=personal.stays())
    at: Mapped[Instant]
    due_at: Mapped[Instant]
    """The charter's days for it, as they were when it was made."""
    outcome: Mapped[AppealOutcome | None] = mapped_column(enum_type(AppealOutcome, "outcome"))
    decided_at: Mapped[Instant | None]
    hiding: Mapped[Hiding] = relationship(back_populates="appeal", lazy="joined", innerjoin=UNNESTED)
    voices: Mapped[list[AppealVoice]] = relationship(
        back_populates="appeal", lazy="raise", order_by="AppealVoice.at"
    )

    @property
    def concerns(self) -> set[int | None]:
        """The people whose own case it is: the author of the post, and the officer who hid it."""
        return {self.hiding.author_id, self.hiding.by_id}


class AppealVoice(Base):
    """The answer of one officer who hears an appeal; two who answer the same decide it."""

    __tablename__ = "appeal_voice"
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, info=personal.owner("heard_appeals")
    )
    outcome: Mapped[AppealOutcome] = mapped_column(enum_type(AppealOutcome, "outcome"))
    reason: Mapped[Words] = mapped_column(info=personal.stays())
    at: Mapped[Instant]
    appeal: Mapped[Appeal] = relationship(back_populates="voices", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
