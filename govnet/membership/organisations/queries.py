"""Reading organisations: which belong, who speaks for each, and who says that they may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.membership.models import (
    ClaimState,
    Membership,
    MembershipKind,
    MembershipState,
    RepresentationClaim,
)
from govnet.people.models import Organisation, Person, Representation

PAGE = 50
"""Organisations on one page."""
MOST_TO_CHOOSE = 200
"""So many organisations at most are offered to choose from."""
_SHOWN = (MembershipState.ACTIVE, MembershipState.LAPSED, MembershipState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class OrganisationVoice:
    """Somebody who speaks for an organisation, or stands in."""

    id: int
    person_id: int
    name: str
    is_primary: bool
    since: date
    named_in_public: bool


@dataclass(frozen=True, slots=True)
class ListedOrganisation:
    """An organisation that belongs, and who speaks for it (None: nobody)."""

    id: int
    name: str
    url: str
    since: date
    primary: OrganisationVoice | None


def voices(organisation_ids: Sequence[int], day: date) -> dict[int, list[OrganisationVoice]]:
    """The people who speak for each organisation on that day, the primary first, in one statement."""
    query = (
        select(Representation, Person.name)
        .join(Person, Person.id == Representation.person_id)
        .where(
            Representation.organisation_id.in_(organisation_ids),
            Representation.start <= day,
            or_(Representation.end.is_(None), Representation.end > day),
        )
        .order_by(Representation.is_primary.desc(), Representation.start, Representation.id)
    )
    found: dict[int, list[OrganisationVoice]] = {}
    for row, name in db.session.execute(query):
        voice = OrganisationVoice(row.id, row.person_id, name, row.is_primary, row.start, row.named_in_public)
        found.setdefault(row.organisation_id, []).append(voice)
    return found


def organisations(network: Network, page: int = 1) -> tuple[list[ListedOrganisation], bool]:
    """A page of the organisations that belong today, by name, each with its voice; and whether there are more."""
    day = today(network.zone)
    query = (
        select(Organisation, Membership.start)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.network_id == network.id,
            Membership.state == MembershipState.ACTIVE,
            Membership.kind == MembershipKind.ORGANISATION,
            Membership.start <= day,
            or_(Membership.end.is_(None), Membership.end > day),
        )
        .order_by(Organisation.name_key)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = db.session.execute(query).all()
    spoken = voices([row.id for row, _ in rows[:PAGE]], day) if rows else {}
    found = [
        ListedOrganisation(o.id, o.name, o.url, start, _primary(spoken.get(o.id, [])))
        for o, start in rows[:PAGE]
    ]
    return found, len(rows) > PAGE


def _primary(found: Sequence[OrganisationVoice]) -> OrganisationVoice | None:
    return next((voice for voice in found if voice.is_primary), None)


def known_organisations(network_id: int) -> list[tuple[int, str]]:
    """Every organisation that belongs or belonged to the network: what a form offers.

    Where they are more than anybody reads through, none: the name is typed, and found however it is written.
    """
    query = (
        select(Organisation.id, Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.network_id == network_id,
            Membership.state.not_in((MembershipState.REMOVED, MembershipState.FOUND)),
        )
        .distinct()
        .order_by(Organisation.name)
    )
    many = select(func.count()).select_from(
        select(Membership.organisation_id)
        .where(
            Membership.network_id == network_id,
            Membership.state.in_(set(MembershipState) - {MembershipState.REMOVED, MembershipState.FOUND}),
            Membership.kind == MembershipKind.ORGANISATION,
        )
        .limit(MOST_TO_CHOOSE + 1)
        .subquery()
    )
    if (db.session.scalar(many) or 0) > MOST_TO_CHOOSE:
        return []
    return [(row.id, row.name) for row in db.session.execute(query)]


def membership_of(organisation_id: int, network_id: int) -> Membership | None:
    """The organisation's membership in the network, the open one or else the last that was active once."""
    query = select(Membership).where(
        Membership.organisation_id == organisation_id,
        Membership.network_id == network_id,
        or_(Membership.state.in_(_SHOWN), Membership.end.is_not(None)),
    )
    return db.session.scalar(query.order_by(Membership.end.is_(None).desc(), Membership.id.desc()).limit(1))


def open_voice(organisation_id: int, person_id: int) -> Representation | None:
    """The person's open representation of the organisation."""
    query = select(Representation).where(
        Representation.organisation_id == organisation_id,
        Representation.person_id == person_id,
        Representation.end.is_(None),
    )
    return db.session.scalar(query)


def open_primary(organisation_id: int) -> Representation | None:
    """The people who speak for the organisation, locked until the transaction ends."""
    query = select(Representation).where(
        Representation.organisation_id == organisation_id,
        Representation.is_primary,
        Representation.end.is_(None),
    )
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def claims_waiting(network_id: int, organisation_id: int | None = None) -> Sequence[RepresentationClaim]:
    """Claims to speak for organisations that nobody settled yet, oldest first; those named by a voice are left out
    unless one organisation is asked about.
    """
    query = (
        select(RepresentationClaim)
        .options(joinedload(RepresentationClaim.organisation))
        .where(RepresentationClaim.network_id == network_id, RepresentationClaim.state == ClaimState.WAITING)
        .order_by(RepresentationClaim.id)
    )
    if organisation_id is None:
        query = query.where(RepresentationClaim.invited_by_id.is_(None))
    else:
        query = query.where(RepresentationClaim.organisation_id == organisation_id)
    return db.session.scalars(query).all()


def claim(claim_id: int) -> RepresentationClaim | None:
    """A claim with its organisation, whatever has become of it."""
    query = select(RepresentationClaim).options(joinedload(RepresentationClaim.organisation))
    found: RepresentationClaim | None = db.session.scalar(query.where(RepresentationClaim.id == claim_id))
    return found


def waiting_claim(network_id: int, organisation_id: int, email: str) -> RepresentationClaim | None:
    """The address's claim for the organisation that is not settled yet."""
    query = select(RepresentationClaim).where(
        RepresentationClaim.network_id == network_id,
        RepresentationClaim.organisation_id == organisation_id,
        RepresentationClaim.email == email,
        RepresentationClaim.state == ClaimState.WAITING,
    )
    return db.session.scalar(query)


def locked_claim(claim_id: int) -> RepresentationClaim:
    """The claim as it stands now; nobody else changes it until the transaction ends."""
    query = (
        select(RepresentationClaim)
        .options(joinedload(RepresentationClaim.organisation), joinedload(RepresentationClaim.network))
        .where(RepresentationClaim.id == claim_id)
        .with_for_update(of=RepresentationClaim)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(query).scalar_one()


def whole_voice(voice_id: int) -> Representation | None:
    """Somebody's voice, with the person and the organisation."""
    query = select(Representation).options(
        joinedload(Representation.organisation), joinedload(Representation.person)
    )
    return db.session.scalar(query.where(Representation.id == voice_id))


def network_of(organisation_id: int) -> Network | None:
    """A network to which the organisation belongs: where it is recorded that somebody no longer speaks for it."""
    query = (
        select(Network)
        .join(Membership, Membership.network_id == Network.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.end.is_(None).desc(), Membership.id)
    )
    return db.session.scalar(query.limit(1))
