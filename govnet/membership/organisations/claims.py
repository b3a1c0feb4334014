"""Claims to speak for an organisation that somebody else has to confirm, and invitations that the named person accepts."""

from __future__ import annotations

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import ONESELF, Act, Actor, Door
from govnet.membership.events import RepresentationClaimed
from govnet.membership.models import Application, ClaimState, RepresentationClaim
from govnet.membership.organisations.queries import open_primary, open_voice, waiting_claim
from govnet.people.models import Organisation
from govnet.record.actions import record


def needs_confirming(organisation_id: int, person_id: int) -> bool:
    """Whether somebody speaks for the organisation already, so that one more must be confirmed."""
    return open_primary(organisation_id) is not None and open_voice(organisation_id, person_id) is None


def claim_from(
    application: Application, organisation: Organisation, network: Network, *, via: Door
) -> RepresentationClaim:
    """An application's word that its sender may speak for an organisation which has a voice already."""
    by = Actor(application.person_id, application.name, network.id)
    claim = RepresentationClaim(
        network_id=network.id, organisation_id=organisation.id, person_id=by.person_id, name=application.name,
        email=application.email, evidence=application.about, made_at=clock.now(), state=ClaimState.WAITING,
    )  # fmt: skip
    return put_down(claim, organisation, Act(by, ONESELF, via, network.id))


def put_down(claim: RepresentationClaim, organisation: Organisation, act: Act) -> RepresentationClaim:
    """Keep the claim and record it, unless the same one waits already."""
    before = waiting_claim(claim.network_id, organisation.id, claim.email)
    if before is not None:
        return before
    db.session.add(claim)
    db.session.flush()  # the record and the mail's link name it by key
    record(
        RepresentationClaimed(
            act=act,
            voice=claim,
            organisation=organisation,
            title=organisation.name,
            name=claim.name,
        )
    )
    return claim


def settle(claim: RepresentationClaim, state: ClaimState, by: Actor) -> None:
    """The claim no longer waits."""
    claim.state, claim.settled_at, claim.settled_by_id = state, clock.now(), by.person_id
