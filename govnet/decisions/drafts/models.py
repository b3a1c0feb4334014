"""Drafts: proposals written together before they open."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govnet.decisions.models import AnyProposal, ProposalState, ProposalVersion
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.forum.states import Readership
from govnet.kernel import personal
from govnet.kernel.models import Base, Instant, Key
from govnet.people.models import Person


class Draft(AnyProposal):
    """A proposal that nobody has been asked: written together, read by those who read the discussion."""

    __mapper_args__ = {"polymorphic_identity": ProposalState.DRAFT}
    version: Mapped[ProposalVersion] = relationship(
        lazy="joined",
        innerjoin=True,
        viewonly=True,
        uselist=False,
        primaryjoin="and_(ProposalVersion.proposal_id == AnyProposal.id, ProposalVersion.state == 'draft')",
    )
    thread: Mapped[Thread | None] = relationship(lazy="joined")
    sponsors: Mapped[list[Sponsor]] = relationship(lazy="raise", order_by="Sponsor.at")

    @property
    def question(self) -> str:
        """Its question as it stands."""
        return self.version.question

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed and asked."""
        return self.state is ProposalState.DRAFT

    @property
    def visibility(self) -> Readership:
        """Those who read the discussion; without one, the network's members."""
        return self.thread.visibility if self.thread is not None else Readership.MEMBERS


class DroppedDraft(Draft):
    """A draft that its author gave up; it can still be read."""

    __mapper_args__ = {"polymorphic_identity": ProposalState.DROPPED}


class FormerDraft(Base):
    """The number that a draft had while drafts stood in a table of their own: addresses and entries have it."""

    __tablename__ = "proposal_draft"
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)


class FormerSuggestion(Base):
    """The number that a suggestion for a draft had while those stood in a table of their own: entries have it."""

    __tablename__ = "proposal_draft_suggestion"
    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("proposal_suggestion.id"), unique=True)


def _newest_question(proposal_id: int) -> str | None:
    query = select(ProposalVersion.question).where(ProposalVersion.proposal_id == proposal_id)
    return db.session.scalar(query.order_by(ProposalVersion.number.desc()).limit(1))


class Sponsor(Base):
    """A member who wants a draft to be asked, once."""

    __tablename__ = "proposal_sponsor"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id", name="uq_proposal_sponsor_once"),)
    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), info=personal.stays("question", read=_newest_question)
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=personal.owner("wanted_asked", erase=personal.ROW)
    )
    at: Mapped[Instant]
    person: Mapped[Person] = relationship(lazy="raise")
