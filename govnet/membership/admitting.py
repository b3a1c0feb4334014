"""Letting an applicant in, whoever decided it: rows, record and the mail that welcomes."""

from __future__ import annotations

import json
from typing import Any

from govnet.charter.models import CharterVersion, Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Act, Actor, Authority, Door
from govnet.membership import claims, joining, letters, speaking
from govnet.membership.events import MemberAdmitted, MemberJoined
from govnet.membership.models import Application, ApplicationState, Membership, MembershipKind
from govnet.membership.organisation_events import AlternateNamed, RepresentativeNamed
from govnet.membership.organisation_queries import open_voice
from govnet.people.models import Organisation, Representation
from govnet.record.actions import record
from govnet.record.events import Visibility


def let_in(
    application: Application, *, via: Door, by: Actor | None = None, under: Authority = SYSTEM
) -> Membership:
    """Make the applicant, or the organisation, a member from today. Without `by`, the rules themselves did.

    Of an organisation that is one already nothing changes: whoever applied asks to speak for it.
    """
    joining.one_at_a_time(application.network_id)
    there = speaking.membership_there(application)
    if there is not None and application.may_speak:
        return speaking.pass_on(application, there, by=by, via=via)
    organisation: Organisation | None = None
    if application.kind is MembershipKind.ORGANISATION:
        membership, organisation = joining.organisation_membership(application)
    else:
        membership = joining.own_membership(application)
    application.state, application.decided_at = ApplicationState.ADMITTED, clock.now()
    application.decided_by_id, application.membership_id = by.person_id if by else None, membership.id
    actor = by or Actor(application.person_id, application.name, application.network_id)
    act = Act(by=actor, under=under, via=via)
    _record(application, membership, organisation, act, decided=by is not None)
    if organisation is not None:
        speaking.name_alike(organisation, application.network_id)
        _voice(application, organisation, act)
    network = db.session.get_one(Network, application.network_id)
    sign_in = letters.signing_in(network, application.person_id, application.email)
    party = _party(application, organisation)
    once = f"admitted:{application.id}:{membership.id}"
    letters.to_applicant("admitted", application, key=once, sign_in=sign_in, **party)
    return membership


def _party(application: Application, organisation: Organisation | None) -> dict[str, Any]:
    """What the mail says of the organisation, and whether the applicant speaks for it by now."""
    if organisation is None:
        return {"organisation": "", "speaks": False}
    speaks = open_voice(organisation.id, application.person_id or 0) is not None
    return {"organisation": organisation.name, "speaks": speaks}


def _record(
    application: Application,
    membership: Membership,
    organisation: Organisation | None,
    act: Act,
    *,
    decided: bool,
) -> None:
    version = db.session.get_one(CharterVersion, application.charter_version_id)
    public = organisation is not None or membership.named_in_public
    record(
        (MemberAdmitted if decided else MemberJoined)(
            **act,
            network=db.session.get_one(Network, application.network_id),
            seen_by=Visibility.PUBLIC if public else None,
            membership=membership,
            name=organisation.name if organisation else application.name,
            application=application,
            charter=version.number,
            criteria=len(json.loads(application.answers)),
        )
    )


def _voice(application: Application, organisation: Organisation, act: Act) -> None:
    """Who joins for it speaks for it; where somebody does already, one of them or an officer has to confirm it."""
    network = db.session.get_one(Network, application.network_id)
    person_id = application.person_id or 0
    if claims.needs_confirming(organisation.id, person_id):
        claims.claim_from(application, organisation, network, via=act["via"])
        return
    row = joining.voice(organisation, person_id, zone=network.zone, named=application.named_in_public)
    if row is not None:
        say_voice(row, organisation, network, application.name, act)


def say_voice(row: Representation, organisation: Organisation, network: Network, name: str, act: Act) -> None:
    """Record that somebody speaks for an organisation, or stands in."""
    record(
        (RepresentativeNamed if row.is_primary else AlternateNamed)(
            **act,
            network=network,
            voice=row,
            organisation=organisation,
            title=organisation.name,
            name=name,
        )
    )
