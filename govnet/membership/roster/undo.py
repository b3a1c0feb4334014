"""Taking a list back: what it made and nobody has touched since is deleted, mail not sent yet is cancelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SHELL, Actor, Door
from govnet.kernel.models import Base
from govnet.kernel.references import named_elsewhere
from govnet.kernel.statements import chunks
from govnet.mail.preferences import old_lists
from govnet.membership.events import RosterTakenBack
from govnet.membership.models import Membership, MembershipState
from govnet.membership.organisations import representatives
from govnet.membership.roster.imports import locked
from govnet.membership.roster.models import ImportState, RosterImport, RosterImportRow
from govnet.people.models import Organisation, Person, PersonEmail, Representation
from govnet.permissions import Can, require
from govnet.record.actions import record

LETTERS = ("membership/confirm_membership", "membership/own_address")
"""The mails to people who came with a list."""
_LIST = (RosterImportRow,)


@dataclass(frozen=True, slots=True)
class Untouched:
    """The rows of a list that nobody has touched: keys of memberships and subscriptions; and how many people have acted."""

    memberships: frozenset[int]
    subscriptions: frozenset[int]
    acted: int


def untouched(batch: RosterImport, *, hold: bool = False) -> Untouched:
    """The effect of taking the list back. Changes nothing; with `hold` nobody can confirm until the transaction ends."""
    made = _made(batch.id)
    memberships = {row.membership_id for row in made if row.membership_id}
    subscriptions = {row.subscription_id for row in made if row.subscription_id}
    found = _still_found(memberships, hold)
    found -= named_elsewhere(Membership, _of(batch.id, RosterImportRow.membership_id), but=_LIST)
    new = _of(batch.id, RosterImportRow.person_id).where(RosterImportRow.new_person)
    busy = _proved(new) | named_elsewhere(Person, new, but=(*_LIST, PersonEmail, Membership, Representation))
    found -= {row.membership_id for row in made if row.person_id in busy}
    silent = old_lists.untouched(subscriptions, batch.done_at) if batch.done_at else set()
    acted = len(memberships) + len(subscriptions) - len(found) - len(silent)
    return Untouched(frozenset(found), frozenset(silent), acted)


def take_back(batch: RosterImport, *, by: Actor = SHELL, via: Door) -> Untouched:
    """End what a list made and nobody has touched: people who confirmed, chose or wrote anything stay.

    Recorded in public; letters that ask to confirm and have not gone are cancelled. Doing it twice does it once.
    """
    network = db.session.get_one(Network, batch.network_id)
    act = require(by, Can.IMPORT_MEMBERS, network, via)
    batch = locked(batch.id)
    if batch.state is not ImportState.DONE:
        return Untouched(frozenset(), frozenset(), 0)
    ends = untouched(batch, hold=True)
    representatives.one_at_a_time(network.id)
    rows = [row for row in _made(batch.id) if row.membership_id in ends.memberships]
    _cancel_letters(network, {row.person_id for row in rows if row.person_id})
    old_lists.take_back(network.id, ends.subscriptions)
    _delete_members(batch.id, rows, ends.memberships)
    assert batch.done_at is not None
    on = batch.done_at.astimezone(ZoneInfo(network.zone)).date()
    batch.state, batch.undone_at = ImportState.UNDONE, clock.now()
    batch.members -= len(ends.memberships)
    batch.subscribers -= len(ends.subscriptions)
    record(
        RosterTakenBack(
            act=act,
            of=network,
            on=on,
            members=len(ends.memberships),
            subscribers=len(ends.subscriptions),
            stay=ends.acted,
        )
    )
    return ends


def _made(batch_id: int) -> Sequence[Any]:
    row = RosterImportRow
    made = (row.membership_id, row.representation_id, row.organisation_id, row.subscription_id)
    query = select(row.id, row.person_id, row.new_person, *made).where(row.roster_import_id == batch_id)
    return db.session.execute(query).all()


def _of(batch_id: int, column: Any) -> Select[Any]:
    """The values of one column in the rows of a list."""
    return select(column).where(RosterImportRow.roster_import_id == batch_id, column.is_not(None))


def _still_found(keys: Collection[int], hold: bool) -> set[int]:
    found: set[int] = set()
    for some in chunks(sorted(keys)):
        query = select(Membership.id).where(
            Membership.id.in_(some), Membership.state == MembershipState.FOUND, Membership.end.is_(None)
        )
        found.update(db.session.scalars(query.with_for_update() if hold else query))
    return found


def _cancel_letters(network: Network, people: Collection[int]) -> None:
    """Letters that ask these people to confirm and wait to be sent."""
    for some in chunks(sorted(people)):
        query = select(PersonEmail.address).where(PersonEmail.person_id.in_(some))
        old_lists.cancel_letters(network.id, LETTERS, db.session.scalars(query).all())


def _delete_members(batch_id: int, rows: Sequence[Any], memberships: Collection[int]) -> None:
    """The memberships, and the people, voices and organisations that came with them and that nothing else names."""
    row = RosterImportRow
    voices = {one.representation_id for one in rows if one.representation_id}
    voices -= named_elsewhere(Representation, _of(batch_id, row.representation_id), but=_LIST)
    _remove(Membership, memberships)
    _remove(Representation, voices)
    organisations = {one.organisation_id for one in rows if one.organisation_id}
    organisations -= named_elsewhere(Organisation, _of(batch_id, row.organisation_id), but=_LIST)
    _remove(Organisation, organisations)
    people = {one.person_id for one in rows if one.new_person}
    people -= named_elsewhere(Person, _of(batch_id, row.person_id), but=(*_LIST, PersonEmail))
    for some in chunks(sorted(people)):
        _run(delete(PersonEmail).where(PersonEmail.person_id.in_(some)))
    _remove(Person, people)


def _proved(people: Select[Any]) -> set[int]:
    query = select(PersonEmail.person_id).where(
        PersonEmail.person_id.in_(people), PersonEmail.verified_at.is_not(None)
    )
    return set(db.session.scalars(query))


def _remove(table: type[Base], keys: Collection[int]) -> None:
    key: Any = table.__mapper__.primary_key[0]
    for some in chunks(sorted(keys)):
        _run(delete(table).where(key.in_(some)))


def _run(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
