"""The rows from a list: people, their memberships to confirm, organisations, and readers of the mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert

from govnet.charter.models import Network
from govnet.charter.queries import version_in_force
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.models import Base
from govnet.mail.preferences.old_lists import take_over_all
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.membership.organisations import representatives
from govnet.membership.organisations.queries import open_primary
from govnet.membership.roster.models import RowOutcome
from govnet.membership.roster.plan import Planned, sharers_by_key
from govnet.membership.roster.row import ORGANISATION, RosterRow
from govnet.people.addresses import owners
from govnet.people.models import Person, PersonEmail, Representation
from govnet.people.organisations import name_key, organisation_called

NOTHING: Mapping[str, Any] = {
    "person_id": None, "new_person": False, "membership_id": None, "representation_id": None,
    "organisation_id": None, "subscription_id": None,
}  # fmt: skip
T = TypeVar("T", bound=Base)


def make(network: Network, planned: Sequence[Planned]) -> list[dict[str, Any]]:
    """Bring in the arrivals; for each row what it made, by the columns of RosterImportRow. Inside transaction()."""
    found = [dict(NOTHING) for _row in planned]
    comes = [
        (one.row, made) for one, made in zip(planned, found, strict=True) if one.outcome is RowOutcome.INVITED
    ]
    _people(comes)
    for row, made in comes:
        if row.kind == ORGANISATION:
            _organisation(row, made, network.zone)
    _memberships(network, comes)
    readers = [
        (one.row, made) for one, made in zip(planned, found, strict=True) if one.outcome is RowOutcome.READER
    ]
    keys = take_over_all(network, [(row.email, row.name) for row, _made in readers])
    for key, (_row, made) in zip(keys, readers, strict=True):
        made["subscription_id"] = key
    return found


def _people(comes: Sequence[tuple[RosterRow, dict[str, Any]]]) -> None:
    """The people of these rows: those who are known, and new ones; of one name at one address there is one."""
    known = owners([row.email for row, _made in comes])
    waiting = sharers_by_key({row.email for row, _made in comes if row.shares})
    new: dict[tuple[str, str], list[dict[str, Any]]] = {}
    names: list[str] = []
    for row, made in comes:
        if not row.shares and row.email in known:
            made["person_id"] = known[row.email].person_id
            continue
        if row.shares and (row.email, name_key(row.name)) in waiting:
            made["person_id"] = waiting[row.email, name_key(row.name)]
            continue
        same = new.setdefault((row.email, name_key(row.name) if row.shares else ""), [])
        if not same:
            names.append(row.name)
        same.append(made)
    keys = _insert(Person, [{"name": name, "locale": "", "created_at": clock.now()} for name in names])
    _insert(
        PersonEmail,
        [
            {"person_id": key, "address": address, "main": True}
            for key, (address, _name) in zip(keys, new, strict=True)
        ],
    )
    for key, rows in zip(keys, new.values(), strict=True):
        for made in rows:
            made |= {"person_id": key, "new_person": True}


def _organisation(row: RosterRow, made: dict[str, Any], zone: str) -> None:
    """The organisation of that name, with the row's person to speak for it unless somebody does."""
    found = organisation_called(row.organisation)
    if found is None:
        found = representatives.new_organisation(row.organisation)
        made["organisation_id"] = found.id
    made["of"] = found.id
    if open_primary(found.id) is None:
        speaks = Representation(
            organisation_id=found.id, person_id=made["person_id"], is_primary=True, start=clock.today(zone)
        )
        speaks.evidence = "The roster of the old list."
        db.session.add(speaks)
        db.session.flush()  # the list's row names it by key
        made["representation_id"] = speaks.id


def _memberships(network: Network, comes: Sequence[tuple[RosterRow, dict[str, Any]]]) -> None:
    common = {
        "network_id": network.id, "state": MembershipState.FOUND, "start": clock.today(network.zone),
        "charter_version_id": version_in_force(network.id).id if comes else 0,
    }  # fmt: skip
    rows = []
    for row, made in comes:
        of = made.pop("of", None)
        party = {"person_id": None if of else made["person_id"], "organisation_id": of}
        rows.append(common | party | {"kind": MembershipKind(row.kind)})
    for key, (_row, made) in zip(_insert(Membership, rows), comes, strict=True):
        made["membership_id"] = key


def _insert(table: type[T], rows: list[dict[str, Any]]) -> list[int]:
    """Insert many rows at once; their keys in that order."""
    if not rows:
        return []
    key: Any = table.__mapper__.primary_key[0]
    return list(db.session.scalars(insert(table).returning(key, sort_by_parameter_order=True), rows))
