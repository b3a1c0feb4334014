"""An application for an organisation that belongs already: a wish to speak for it, which others confirm or not."""

from __future__ import annotations

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Act
from govnet.membership import rules
from govnet.membership.models import (
    Application,
    ApplicationState,
    Membership,
    MembershipKind,
    MembershipState,
    RepresentationClaim,
)
from govnet.membership.organisations import claims
from govnet.membership.organisations.queries import open_voice
from govnet.people import organisations
from govnet.people.models import Organisation


def membership_there(application: Application) -> Membership | None:
    """The membership of the application's organisation, where that is a member already; None for everything else."""
    if application.kind is not MembershipKind.ORGANISATION:
        return None
    key = application.organisation_id or _named(application.organisation_name)
    query = select(Membership).where(
        Membership.network_id == application.network_id,
        Membership.organisation_id == key,
        Membership.state == MembershipState.ACTIVE,
        Membership.end.is_(None),
    )
    return db.session.scalar(query) if key else None


def organisation_there(application: Application) -> str:
    """The name of the organisation that belongs already and that the applicant would like to speak for; "" for others."""
    there = membership_there(application)
    return db.session.get_one(Organisation, there.organisation_id).name if there else ""


def _named(name: str) -> int | None:
    found = organisations.organisation_called(name)
    return found.id if found else None


def pass_on(application: Application, membership: Membership, act: Act) -> Membership:
    """Make a claim of the application; the organisation's membership stays as it is."""
    organisation = db.session.get_one(Organisation, membership.organisation_id)
    network = db.session.get_one(Network, application.network_id)
    if open_voice(organisation.id, application.person_id or 0) is None:
        claims.claim_from(application, organisation, network, via=act.via)
    application.organisation_id, application.membership_id = organisation.id, membership.id
    application.decided_by_id = act.by.person_id if act.under is not SYSTEM else None
    application.state, application.decided_at = ApplicationState.WITHDRAWN, clock.now()
    return membership


def claim_of(application: Application) -> RepresentationClaim | None:
    """The outcome of an application that was passed on: the newest claim of its sender."""
    query = select(RepresentationClaim).where(
        RepresentationClaim.network_id == application.network_id,
        RepresentationClaim.organisation_id == application.organisation_id,
        RepresentationClaim.person_id == application.person_id,
    )
    return db.session.scalar(query.order_by(RepresentationClaim.id.desc()).limit(1))


def name_alike(organisation: Organisation, network_id: int) -> None:
    """Let others who wait and typed the name of an organisation that just joined mean that one.

    An application in another's hand is passed by: it waits for this transaction, and then finds the organisation by its name.
    """
    query = select(Application).where(
        Application.network_id == network_id,
        Application.kind == MembershipKind.ORGANISATION,
        Application.organisation_id.is_(None),
        Application.state.in_([ApplicationState(state) for state in sorted(rules.PENDING)]),
    )
    for other in db.session.scalars(query.with_for_update(skip_locked=True)):
        if organisations.name_key(other.organisation_name) == organisation.name_key:
            other.organisation_id = organisation.id
