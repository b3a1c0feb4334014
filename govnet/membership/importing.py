"""Bringing in the roster of an old list: worked out first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from govnet.accounts.people import person_found
from govnet.charter.models import Network
from govnet.charter.queries import version_in_force
from govnet.extensions import db
from govnet.kernel.actor import OPERATOR_SHELL, SHELL, Actor, Authority, Door
from govnet.kernel.clock import today
from govnet.mail.actions import take_over
from govnet.membership import joining
from govnet.membership.application_queries import organisation_called
from govnet.membership.events import RosterImported
from govnet.membership.models import Membership, MembershipKind, MembershipState, Representation
from govnet.membership.organisation_queries import open_primary
from govnet.membership.roster_person import RosterRow
from govnet.membership.roster_plan import Plan, plan
from govnet.record.actions import record


def import_roster(
    network: Network,
    rows: Sequence[RosterRow],
    *,
    go: bool,
    via: Door,
    by: Actor = SHELL,
    under: Authority = OPERATOR_SHELL,
) -> Plan:
    """Bring in an old list: readers as subscribers, members "as found" who are then asked by mail to confirm.

    Without `go` it only says what it would do. Inside transaction(), so that nothing is half done. Only whoever runs
    the server, or founds the network, can; that is settled before.
    """
    joining.one_at_a_time(network.id)
    made = plan(network, rows)
    if not go:
        return made
    version = version_in_force(network.id)
    for row in made.subscribers:
        take_over(network, row.email, row.name)
    for row in made.members:
        _member(network, row, version.id)
    record(
        RosterImported(
            network=network, by=by, under=under, via=via, of=network,
            members=len(made.members), subscribers=len(made.subscribers),
        )
    )  # fmt: skip
    return made


def _member(network: Network, row: RosterRow, version_id: int) -> None:
    address = person_found(row.email, row.name)
    membership = Membership(
        network_id=network.id,
        kind=MembershipKind(row.kind),
        state=MembershipState.FOUND,
        charter_version_id=version_id,
        start=today(network.zone),
    )
    if row.kind == MembershipKind.ORGANISATION:
        membership.organisation_id = _organisation(row, address.person_id, network.zone)
    else:
        membership.person_id = address.person_id
    db.session.add(membership)


def _organisation(row: RosterRow, person_id: int, zone: str) -> int:
    """The organisation of that name, with the row's person to speak for it unless somebody does."""
    found = organisation_called(row.organisation) or joining.new_organisation(row.organisation)
    if open_primary(found.id) is None:
        speaks = Representation(
            organisation_id=found.id, person_id=person_id, is_primary=True, start=today(zone)
        )
        speaks.evidence = "The roster of the old list."
        db.session.add(speaks)
    return found.id
