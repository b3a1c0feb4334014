"""Proposals, who is asked, what they answer, and the register of decisions. Closed is closed: see triggers.py."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from govnet.charter.models import CharterVersion, Network
from govnet.decisions import triggers as triggers
from govnet.decisions.rules.outcome import CHOSE, LABELS, AnswerKind, Outcome
from govnet.decisions.rules.who_sees import Visible
from govnet.kernel import personal
from govnet.kernel.actor import Door
from govnet.kernel.messages import Said
from govnet.kernel.models import Base, Digest, Instant, Key, Name, Words, enum_type, where
from govnet.kernel.translation import say
from govnet.offices.models import OFFICE_MATTERS, OfficeChange, OfficePerson
from govnet.people.models import Organisation, Person

if TYPE_CHECKING:
    from govnet.decisions.offsite.models import OffsiteDecision
    from govnet.decisions.proposals.models import Option, Replaces
    from govnet.decisions.register.models import DecisionNote


class ProposalState(StrEnum):
    """Whether anybody has been asked: a draft asks nobody yet, and one that was dropped never will."""

    DRAFT = "draft"
    ASKED = "asked"
    DROPPED = "dropped"


def _that_was_never_asked(table: Table) -> ColumnElement[bool]:
    return table.c.state != ProposalState.ASKED


class AnyProposal(Base):
    """A proposal from its first draft on: a Draft until it is asked, then a Proposal; the same row for both."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("body IN ('all', 'committee')", name="body_known"),
        CheckConstraint(
            "state <> 'asked' OR (body IS NOT NULL AND door IS NOT NULL AND opened_at IS NOT NULL"
            " AND first_deadline IS NOT NULL)",
            name="asked_is_whole",
        ),
        CheckConstraint(
            "state = 'asked' OR (body IS NULL AND door IS NULL AND opened_at IS NULL"
            " AND first_deadline IS NULL AND drafted_at IS NOT NULL AND changed_at IS NOT NULL)",
            name="draft_asks_nobody",
        ),
        Index("ix_proposal_network", "network_id", "opened_at"),
        Index("ix_proposal_drafts", "network_id", "state", **where("state <> 'asked'")),
    )
    __mapper_args__ = {"polymorphic_on": "state"}
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
    author_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"),
        index=True,
        info=personal.owner("proposals_begun", empties=_that_was_never_asked),
    )
    matter: Mapped[str] = mapped_column(String(20), info=personal.stays())
    body: Mapped[str] = mapped_column(String(20), nullable=True)
    """The people asked: all members, or the committee. None in a draft, like the door, the opening and the deadline."""
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"), nullable=True)
    review_on: Mapped[date | None] = mapped_column(info=personal.data(erase=None))
    opened_at: Mapped[Instant] = mapped_column(nullable=True)
    first_deadline: Mapped[Instant] = mapped_column(nullable=True)
    """When answers first were to close: what the charter lets be added is counted from here."""
    state: Mapped[ProposalState] = mapped_column(enum_type(ProposalState, "state"))
    drafted_at: Mapped[Instant | None]
    """When it began as a draft; None where it was asked at once."""
    changed_at: Mapped[Instant] = mapped_column(nullable=True)
    """When the draft last changed: the charter's notice runs from here."""
    ready_at: Mapped[Instant | None]
    """Since when nothing has been missing in the draft; at `changed_at` where nothing ever was, with this text."""
    closes_on: Mapped[date | None] = mapped_column(info=personal.data(erase=None))
    """The last day that the author of the draft has in mind."""
    network: Mapped[Network] = relationship(lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")
    replaces: Mapped[Replaces | None] = relationship(lazy="raise")


class Proposal(AnyProposal):
    """Something that a network is asked, or that was decided off site and stands unless somebody objects."""

    __mapper_args__ = {"polymorphic_identity": ProposalState.ASKED}
    versions: Mapped[list[ProposalVersion]] = relationship(
        back_populates="proposal",
        lazy="raise",
        order_by="ProposalVersion.number",
        primaryjoin="and_(ProposalVersion.proposal_id == AnyProposal.id, ProposalVersion.opened_at >= AnyProposal.opened_at)",
    )
    """If it was undone, became a draft again and was opened anew, only those since then."""
    offsite: Mapped[OffsiteDecision | None] = relationship(lazy="joined", back_populates="proposal")
    """The decision of a meeting or a list with which it began."""

    @property
    def is_told(self) -> bool:
        """Whether it is public: a decision made elsewhere is announced when it can no longer be undone unseen."""
        return self.offsite is None or self.offsite.told_at is not None

    @property
    def visibility(self) -> str:
        """Its readers: everybody, once it is announced."""
        return "public" if self.is_told else "committee"

    @property
    def concerns(self) -> set[int | None]:
        """The person whose own case it is: the open version gives them an office, or ends theirs."""
        session = object_session(self)
        if session is None or self.matter not in OFFICE_MATTERS:
            return set()
        query = (
            select(OfficePerson.person_id)
            .join(OfficeChange, OfficeChange.id == OfficePerson.change_id)
            .join(ProposalVersion, ProposalVersion.id == OfficeChange.version_id)
            .where(ProposalVersion.proposal_id == self.id, ProposalVersion.state != VersionState.CLOSED)
        )
        return set(session.scalars(query))


class VersionState(StrEnum):
    """A draft's; open for answers; decided off site, and standing unless somebody objects; or closed for good."""

    DRAFT = "draft"
    OPEN = "open"
    UNOPPOSED = "unopposed"
    CLOSED = "closed"


def _that_nobody_was_asked(table: Table) -> ColumnElement[bool]:
    return table.c.state == VersionState.DRAFT


class ProposalVersion(Base):
    """The text that people answer; a new one is a new version. A draft's was not opened: no deadline, roll or rules."""

    __tablename__ = "proposal_version"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number", name="uq_proposal_version_number"),
        Index("uq_proposal_version_open", "proposal_id", unique=True, **where("state <> 'closed'")),
        Index("ix_proposal_version_due", "state", "deadline"),
        Index("ix_proposal_version_outcome", "outcome", "closed_at"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_a_time"),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="closed_has_an_outcome"),
        CheckConstraint("deadline > opened_at", name="closes_after_it_opens"),
        CheckConstraint(
            "closed_at IS NULL OR closed_at >= deadline OR outcome IN ('withdrawn', 'reworded', 'objected')",
            name="never_decided_early",
        ),
        CheckConstraint("number > 0 AND roll_size >= 0", name="numbers_positive"),
        CheckConstraint(
            "state = 'draft' OR (trial_until IS NULL) = (trial_signs = '')", name="trial_has_signs"
        ),
        CheckConstraint(
            "state = 'draft' OR (opened_at IS NOT NULL AND deadline IS NOT NULL AND visible IS NOT NULL"
            " AND roll_size IS NOT NULL AND charter_version_id IS NOT NULL)",
            name="opened_is_whole",
        ),
        CheckConstraint(
            "state <> 'draft' OR (opened_at IS NULL AND deadline IS NULL AND visible IS NULL"
            " AND roll_size IS NULL AND charter_version_id IS NULL)",
            name="draft_is_not_opened",
        ),
    )
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), info=personal.owner("proposals", empties=_that_nobody_was_asked)
    )
    """The draft's text goes with its author; what others were asked stays."""
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question: Mapped[Name] = mapped_column(info=personal.data(erase="", names=True))
    text: Mapped[Words] = mapped_column(info=personal.data(erase=""))
    html: Mapped[Words] = mapped_column(info=personal.data(None, erase=""))
    because: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    """The reason for a new version: changes in the text, or an objection."""
    changes: Mapped[str] = mapped_column(
        Text, default="{}", info=personal.data(erase="{}", read=personal.from_json)
    )
    """Canonical JSON of the charter's parameters that it changes."""
    considered: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    """Markdown: what else was thought of, and why not that."""
    sources: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    """Markdown: what it rests on."""
    in_force_on: Mapped[date | None] = mapped_column(info=personal.data(erase=None))
    """The day from whose beginning changed rules hold; None for at once."""
    trial_until: Mapped[date | None] = mapped_column(info=personal.data(erase=None))
    """On trial: it ends by itself before this day begins, unless it is confirmed."""
    trial_signs: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    """For a trial: how we shall know whether it works."""
    method: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[Instant] = mapped_column(nullable=True)
    deadline: Mapped[Instant] = mapped_column(nullable=True)
    waiting_since: Mapped[Instant | None]
    """After a Stop, while the charter's waiting time runs: then a vote decides."""
    reminded_at: Mapped[Instant | None]
    visible: Mapped[Visible] = mapped_column(enum_type(Visible, "visible"), nullable=True)
    """When members see each other's answers: by the charter, and from then on only tighter."""
    roll_size: Mapped[int] = mapped_column(nullable=True)
    """How many could give an answer that counts, when it opened."""
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"), nullable=True)
    state: Mapped[VersionState] = mapped_column(enum_type(VersionState, "state"), default=VersionState.OPEN)
    closed_at: Mapped[Instant | None]
    outcome: Mapped[Outcome | None] = mapped_column(enum_type(Outcome, "outcome"))
    proposal: Mapped[Proposal] = relationship(back_populates="versions", lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")
    charter_version: Mapped[CharterVersion] = relationship(lazy="raise")
    decision: Mapped[Decision | None] = relationship(back_populates="version", lazy="raise")
    options: Mapped[list[Option]] = relationship(lazy="raise", order_by="Option.number")

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed yet."""
        return self.state is not VersionState.CLOSED

    @property
    def offsite(self) -> OffsiteDecision | None:
        """The decision of a meeting or the list in this version; later versions are asked."""
        return self.proposal.offsite if self.number == 1 else None


class RollEntry(Base):
    """Somebody who could answer when a version opened: a person, or an organisation."""

    __tablename__ = "proposal_roll"
    __table_args__ = (
        Index("ix_proposal_roll_counted", "version_id", "counted", "id"),
        UniqueConstraint("id", "version_id", name="uq_proposal_roll_id_version"),
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_party"),
        Index(
            "uq_proposal_roll_person",
            "version_id",
            "person_id",
            unique=True,
            **where("person_id IS NOT NULL"),
        ),
        Index(
            "uq_proposal_roll_organisation",
            "version_id",
            "organisation_id",
            unique=True,
            **where("organisation_id IS NOT NULL"),
        ),
    )
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    """None for a committee member, who is asked because of a term."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    counted: Mapped[bool]
    """Whether the answer counts, by the charter's voice."""
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    answer: Mapped[Answer | None] = relationship(
        back_populates="entry", lazy="raise", foreign_keys="[Answer.entry_id, Answer.version_id]"
    )

    @property
    def concerns(self) -> set[int | None]:
        """The person whose own case it is, when somebody enters an answer for them."""
        return {self.person_id}

    @property
    def concerns_organisations(self) -> set[int | None]:
        """The organisation that answers: only the person who speaks for it gives the answer."""
        return {self.organisation_id}

    @property
    def name(self) -> str:
        """The party's name; empty when the person's was erased."""
        party = self.person or self.organisation
        return party.name if party else ""


def _in_words(kind: AnswerKind) -> str:
    return say(Said(LABELS.get(kind, CHOSE)))


class Answer(Base):
    """A party's answer as it stands. Earlier ones are in PastAnswer."""

    __tablename__ = "position"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "version_id"],
            ["proposal_roll.id", "proposal_roll.version_id"],
            name="fk_position_on_the_roll",
        ),
        UniqueConstraint("entry_id", name="uq_position_one_a_party"),
        Index("uq_position_one_a_human", "version_id", "cast_by_id", unique=True, **where("counted")),
        Index("ix_position_kind", "version_id", "kind", "at", "id", "counted"),
        Index("ix_position_reasons", "version_id", "kind", "at", "id", **where("reason <> ''")),
        CheckConstraint("kind <> 'block' OR erased OR trim(reason) <> ''", name="block_has_a_reason"),
        CheckConstraint("(kind = 'choice') = (choices <> '')", name="choice_has_choices"),
    )
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    entry_id: Mapped[int]
    cast_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("answers")
    )
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The person who entered it, if it is not their own answer."""
    kind: Mapped[AnswerKind] = mapped_column(
        enum_type(AnswerKind, "kind"), info=personal.stays("answer", read=_in_words)
    )
    reason: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    remedy: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    """With a Stop: what would let one live with it."""
    principle: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    """With a Stop: which of the network's principles it rests on."""
    choices: Mapped[str] = mapped_column(Text, default="", info=personal.stays(read=personal.from_json))
    """Between options: canonical JSON of each option's number and its rank, score or dots."""
    counted: Mapped[bool]
    recused: Mapped[bool] = mapped_column(default=False)
    """The voter has an interest in the matter: shown, not counted."""
    named: Mapped[bool] = mapped_column(default=False, info=personal.data(erase=False))
    """Visitors may see the name beside the answer."""
    erased: Mapped[bool] = mapped_column(default=False, info=personal.data(None, erase=True))
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"))
    at: Mapped[Instant]
    salt: Mapped[str] = mapped_column(String(64), info=personal.secret())
    """With it the record's digest of the answer can be checked."""
    entry: Mapped[RollEntry] = relationship(
        back_populates="answer", lazy="raise", foreign_keys="[Answer.entry_id, Answer.version_id]"
    )

    @property
    def person_id(self) -> int | None:
        """The person who gave it, or would have."""
        return self.cast_by_id

    cast_by: Mapped[Person | None] = relationship(foreign_keys=[cast_by_id], lazy="raise")


class PastAnswer(Base):
    """An answer that was changed or taken back."""

    __tablename__ = "past_position"
    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("proposal_roll.id"), index=True)
    cast_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("earlier_answers")
    )
    kind: Mapped[AnswerKind] = mapped_column(
        enum_type(AnswerKind, "kind"), info=personal.stays("answer", read=_in_words)
    )
    reason: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    remedy: Mapped[str] = mapped_column(Text, default="", info=personal.data(erase=""))
    principle: Mapped[str] = mapped_column(Text, default="", info=personal.stays())
    choices: Mapped[str] = mapped_column(Text, default="", info=personal.stays(read=personal.from_json))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"))
    at: Mapped[Instant]
    until: Mapped[Instant]
    undone: Mapped[bool] = mapped_column(default=False)
    """It was entered for somebody who did not let it stand: nothing is entered for them again."""


class Decision(Base):
    """A line of the register: never edited, never taken out; a later one may replace it."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("network_id", "year", "serial", name="uq_decision_number"),
        UniqueConstraint("version_id", name="uq_decision_one_a_version"),
        CheckConstraint("serial > 0", name="serial_positive"),
        CheckConstraint("outcome NOT IN ('withdrawn', 'reworded', 'objected')", name="outcome_is_numbered"),
        Index("ix_decision_register", "network_id", "decided_at"),
        *(
            Index(f"ix_decision_by_{name}", "network_id", name, "year", "serial")
            for name in ("topic_id", "matter", "method", "outcome", "door")
        ),
        Index("ix_decision_review", "network_id", "review_on", **where("review_on IS NOT NULL")),
        Index("ix_decision_trial", "network_id", "trial_until", **where("trial_until IS NOT NULL")),
    )
    id: Mapped[Key]
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    year: Mapped[int]
    """The closing's, by the clock where the network is."""
    serial: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    question: Mapped[Name] = mapped_column(info=personal.naming())
    """As it was decided, so that the register needs nothing else."""
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    """Of the discussion that it came from, copied here for the register's filter: discussions stay in their topic."""
    matter: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"))
    tally: Mapped[str] = mapped_column(Text)
    """JSON: each answer and how many gave it."""
    roll_size: Mapped[int]
    after_waiting: Mapped[bool] = mapped_column(default=False)
    """Decided by the vote that the charter has after a Stop."""
    charter_version_id: Mapped[int] = mapped_column(ForeignKey("charter_version.id"))
    door: Mapped[Door] = mapped_column(enum_type(Door, "door"))
    decided_at: Mapped[Instant]
    review_on: Mapped[date | None]
    trial_until: Mapped[date | None]
    """On trial: it ends by itself before this day begins where the network is, unless a later decision confirms it."""
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    digest: Mapped[Digest]
    """SHA-256 of the text that was decided."""
    version: Mapped[ProposalVersion] = relationship(back_populates="decision", lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    charter_version: Mapped[CharterVersion] = relationship(lazy="raise")
    notes: Mapped[list[DecisionNote]] = relationship(lazy="raise", order_by="DecisionNote.at")
    supersedes: Mapped[Decision | None] = relationship(
        foreign_keys="Decision.supersedes_id",
        remote_side="Decision.id",
        back_populates="superseded_by",
        lazy="raise",
    )
    superseded_by: Mapped[list[Decision]] = relationship(
        foreign_keys="Decision.supersedes_id",
        back_populates="supersedes",
        order_by="Decision.decided_at",
        lazy="raise",
    )

    @property
    def number(self) -> str:
        """As people cite it: 2015-07."""
        return f"{self.year}-{self.serial:02d}"
