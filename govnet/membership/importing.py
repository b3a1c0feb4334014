"""Bringing in the roster of an old list: worked out first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from govnet.accounts.models import PersonEmail
from govnet.accounts.people import person_found
from govnet.charter.models import Network
from govnet.charter.queries import version_in_force
from govnet.extensions import db
from govnet.kernel.actor import OPERATOR_SHELL, SHELL, Actor, Authority, Door
from govnet.kernel.clock import today
from govnet.mail.actions import take_over
from govnet.mail.queries import readers_among
from govnet.membership import joining, rules
from govnet.membership.application_queries import organisation_called
from govnet.membership.events import RosterImported
from govnet.membership.models import Membership, MembershipKind, MembershipState, Organisation, Representation
from govnet.membership.organisation_queries import open_primary
from govnet.membership.roster import ComesAs, RosterRow
from govnet.record.actions import record

_MANY = 500


@dataclass
class Plan:
    """What an import would do, or did: rows by what becomes of them."""

    members: list[RosterRow] = field(default_factory=list)
    """Asked by mail to confirm that they are members."""
    subscribers: list[RosterRow] = field(default_factory=list)
    """Get the mail, as before."""
    known: list[tuple[RosterRow, str]] = field(default_factory=list)
    """Left as they are, each with why."""


def plan(network: Network, rows: Sequence[RosterRow]) -> Plan:
    """What importing these rows would do, given who is here already. Changes nothing."""
    people = _known_people([row.email for row in rows])
    own, organisations = _open_memberships(network.id)
    readers = readers_among(network.id, [row.email for row in rows if row.comes_as is ComesAs.SUBSCRIBER])
    made = Plan()
    for row in rows:
        person_id = people.get(row.email)
        if row.comes_as is ComesAs.SUBSCRIBER:
            _subscriber(made, row, person_id in own, readers.get(row.email))
        elif row.kind == MembershipKind.ORGANISATION and rules.name_key(row.organisation) in organisations:
            made.known.append((row, f"{row.organisation} belongs to the network already"))
        elif row.kind != MembershipKind.ORGANISATION and person_id in own:
            made.known.append((row, "has a membership here already"))
        else:
            made.members.append(row)
    return made


def _subscriber(made: Plan, row: RosterRow, belongs: bool, reads: bool | None) -> None:
    """`reads`: whether the address wants mail now; None where it never was a reader."""
    if belongs:
        made.known.append((row, "has a membership here already, and gets the mail of members"))
    elif reads is not None:
        made.known.append(
            (row, "is a reader already" if reads else "was a reader, and wants no mail any more")
        )
    else:
        made.subscribers.append(row)


def _known_people(addresses: Sequence[str]) -> dict[str, int]:
    """The people behind addresses; a verified one counts first."""
    found: dict[str, int] = {}
    for start in range(0, len(addresses), _MANY):
        query = (
            select(PersonEmail.address, PersonEmail.person_id)
            .where(PersonEmail.address.in_(addresses[start : start + _MANY]))
            .order_by(PersonEmail.verified_at.is_not(None), PersonEmail.id.desc())
        )
        for address, person_id in db.session.execute(query):
            found[address] = person_id
    return found


def _open_memberships(network_id: int) -> tuple[set[int | None], set[str]]:
    query = (
        select(Membership.person_id, Organisation.name_key)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.network_id == network_id, Membership.end.is_(None))
    )
    rows = db.session.execute(query).all()
    return {row[0] for row in rows if row[0]}, {row[1] for row in rows if row[1]}


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
