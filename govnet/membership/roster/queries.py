"""Reading lists of people that were uploaded: which there are, how many rows of each outcome, fifty rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from govnet.extensions import db
from govnet.kernel import clock
from govnet.membership.roster.models import ImportState, RosterImport, RosterImportRow
from govnet.people.models import Person

PAGE = 50
KEPT = timedelta(days=7)
"""How long names and addresses of an uploaded list are kept."""
_LISTED = 20


@dataclass(frozen=True, slots=True)
class ListedRoster:
    """A list, and the name of the person who uploaded it ("" for the command line)."""

    batch: RosterImport
    by: str


def imports(network_id: int) -> Sequence[ListedRoster]:
    """The newest lists of the network, newest first."""
    query = (
        select(RosterImport, Person.name)
        .outerjoin(Person, Person.id == RosterImport.by_id)
        .where(RosterImport.network_id == network_id)
        .order_by(RosterImport.id.desc())
        .limit(_LISTED)
    )
    return [ListedRoster(batch, name or "") for batch, name in db.session.execute(query)]


def counts(batch_id: int) -> dict[str, int]:
    """How many rows there are of each outcome."""
    row = RosterImportRow
    query = select(row.outcome, func.count()).where(row.roster_import_id == batch_id).group_by(row.outcome)
    return {outcome.value: number for outcome, number in db.session.execute(query)}


def rows(batch_id: int, page: int) -> Sequence[RosterImportRow]:
    """Fifty rows, those to look at first."""
    row = RosterImportRow
    query = select(row).where(
        row.roster_import_id == batch_id, row.place >= (page - 1) * PAGE, row.place < page * PAGE
    )
    return db.session.scalars(query.order_by(row.place)).all()


def kept_until(batch: RosterImport) -> datetime:
    """When names and addresses are deleted."""
    return batch.looked_at + KEPT


def looked_at(network_id: int) -> int:
    """How many lists were only looked at."""
    mine = (RosterImport.network_id == network_id, RosterImport.state == ImportState.LOOKED)
    return db.session.scalar(select(func.count()).select_from(RosterImport).where(*mine)) or 0


def too_old(*only: ColumnElement[bool]) -> Sequence[int]:
    """Lists whose names and addresses are to be deleted now."""
    query = select(RosterImport.id).where(
        RosterImport.forgotten_at.is_(None),
        RosterImport.looked_at <= clock.now() - KEPT,
        *only,
    )
    return db.session.scalars(query.order_by(RosterImport.id).limit(20)).all()
