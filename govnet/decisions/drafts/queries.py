"""Reads drafts: their input, their supporters, and the missing conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, or_, select, text, union_all
from sqlalchemy.orm import joinedload, selectinload

from govnet.charter.rules import Charter
from govnet.decisions.drafts.models import Draft, FormerDraft, Sponsor
from govnet.decisions.models import AnyProposal, ProposalState, ProposalVersion, VersionState
from govnet.decisions.proposals import stored_form
from govnet.decisions.proposals.models import Replaces
from govnet.decisions.proposals.opening import Ask, Wording, digest, words_of
from govnet.decisions.rules import methods
from govnet.extensions import db
from govnet.forum.models import Thread
from govnet.forum.queries import reach
from govnet.forum.states import Readership
from govnet.forum.threads import slots
from govnet.kernel import clock
from govnet.kernel.actor import Actor
from govnet.kernel.errors import RuleBroken
from govnet.kernel.messages import Said
from govnet.kernel.statements import another
from govnet.membership.models import Membership, MembershipState
from govnet.people.models import Representation
from govnet.record.models import Entry


def locked(draft_id: int) -> Draft:
    """A draft as the database has it now, locked until the transaction ends. RuleBroken once it has been proposed."""
    db.session.execute(select(AnyProposal.id).where(AnyProposal.id == draft_id).with_for_update())
    fresh = select(Draft).where(Draft.id == draft_id).execution_options(populate_existing=True)
    found = db.session.scalars(fresh).one_or_none()
    if found is None:
        raise RuleBroken(_("This has already been opened."))
    return found


def whole(draft_id: int) -> Draft | None:
    """A draft with its author and those who want it asked; None where nobody drafts such a thing any more."""
    query = select(Draft).where(Draft.id == draft_id)
    with_names = selectinload(Draft.sponsors.and_(belongs())).joinedload(Sponsor.person)
    return db.session.scalars(query.options(joinedload(Draft.author), with_names)).one_or_none()


def kept(draft: Draft) -> tuple[Wording, Ask]:
    """The stored input of the form, ready to be proposed."""
    replaces = db.session.get(Replaces, draft.id)
    ask = Ask(
        draft.matter,
        draft.closes_on,
        draft.thread_id,
        replaces.decision_id if replaces else None,
        draft.review_on,
        draft.version.method,
    )
    return words_of(draft.version), ask


def seen(draft: Draft) -> str:
    """The digest of all that a draft says, by which somebody who reads it names what they have read."""
    return digest(stored_form.dumps(*kept(draft)))


def now_at(former_id: int, network_id: int) -> int | None:
    """The proposal that a draft is now, by the number that it had in a table of its own."""
    query = select(FormerDraft.proposal_id).join(AnyProposal, AnyProposal.id == FormerDraft.proposal_id)
    return db.session.scalar(query.where(FormerDraft.id == former_id, AnyProposal.network_id == network_id))


def sponsors_of(draft_id: int) -> list[int]:
    """Those who want a draft asked and still belong, the first one first."""
    query = select(Sponsor.person_id).where(Sponsor.proposal_id == draft_id, belongs())
    return list(db.session.scalars(query.order_by(Sponsor.at, Sponsor.id)))


def belongs() -> ColumnElement[bool]:
    """A supporter is a member of the network today, or speaks for one: the support of those who left does not count."""
    draft, membership, voice = (
        another(AnyProposal, "its"),
        another(Membership, "its"),
        another(Representation, "its"),
    )
    current = (
        exists()
        .where(draft.id == Sponsor.proposal_id, membership.network_id == draft.network_id)
        .where(membership.state == MembershipState.ACTIVE, membership.end.is_(None))
    )
    spoken = (voice.organisation_id == membership.organisation_id, voice.end.is_(None))
    return or_(  # each by itself: an OR inside would read every membership of the network
        current.where(membership.person_id == Sponsor.person_id),
        current.where(voice.person_id == Sponsor.person_id, *spoken),
    )


def open_in(network_id: int, actor: Actor, limit: int = 50) -> Sequence[Draft]:
    """The open drafts that the actor may read, newest text first, in one statement and one for their support."""
    readers = reach(actor)
    readable: ColumnElement[bool] = Thread.visibility.in_(readers)
    if Readership.MEMBERS in readers:
        readable = or_(readable, Draft.thread_id.is_(None))
    query = (
        select(Draft)
        .outerjoin(Thread, Thread.id == Draft.thread_id)
        .where(Draft.network_id == network_id, Draft.state == ProposalState.DRAFT, readable)
        .options(joinedload(Draft.author), selectinload(Draft.sponsors.and_(belongs())))
        .order_by(Draft.changed_at.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def still_open(_person_id: int) -> ColumnElement[bool]:
    """Entries about drafts that can still be read before they are asked."""
    here = (Draft.state == ProposalState.DRAFT) & text("proposal.state <> 'asked'")  # by the index of drafts
    named = select(_subject(AnyProposal.__tablename__, Draft.id)).where(here)
    former = select(_subject(FormerDraft.__tablename__, FormerDraft.id))
    former = former.join(Draft, Draft.id == FormerDraft.proposal_id).where(here)
    return Entry.subject.in_(union_all(named, former))


def _subject(table: str, key: Any) -> ColumnElement[str]:
    return literal(f"{table}:") + cast(key, String)


def open_of(thread_id: int) -> Select[Any]:
    """The open drafts that came out of a discussion, as lines beside it."""
    text = (ProposalVersion.proposal_id == Draft.id) & (ProposalVersion.state == VersionState.DRAFT)
    query = slots.line("draft", Draft.id, ProposalVersion.question, Draft.state, 0, 0, Draft.changed_at)
    query = query.select_from(Draft).join(ProposalVersion, text)
    return query.where(Draft.thread_id == thread_id, Draft.state == ProposalState.DRAFT)


def missing(charter: Charter, draft: Draft, supporters: int, zone: str) -> tuple[Said, ...]:
    """The charter's remaining conditions before this draft can be proposed."""
    return methods.missing(charter, supporters, draft.changed_at, clock.now(), ZoneInfo(zone))
