"""The time from which a draft can be proposed: its author is notified once, and it waits until she proposes or drops it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, func, select

from govnet.charter import parameters as p
from govnet.charter import queries as charters
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions.drafts import queries
from govnet.decisions.drafts.events import DraftReady
from govnet.decisions.drafts.models import Draft, Sponsor
from govnet.decisions.models import ProposalState, ProposalVersion, VersionState
from govnet.decisions.proposals import roll
from govnet.decisions.rules import methods
from govnet.extensions import db
from govnet.forum.queries import members_of
from govnet.kernel import clock
from govnet.kernel.actor import by_rule
from govnet.kernel.duties import each_row
from govnet.kernel.tasks import task_rows
from govnet.offices.queries import officers
from govnet.record.actions import record
from govnet.record.events import Visibility


@dataclass(frozen=True)
class WantedDrafts:
    """A network's conditions for drafts today, and who may propose something in it."""

    charter: Charter
    zone: ZoneInfo
    proposers: Collection[int]

    def met(self, author_id: int, supporters: int, changed: datetime) -> bool:
        """Whether the author of a draft can ask it now."""
        missing = methods.missing(self.charter, supporters, changed, clock.now(), self.zone)
        return author_id in self.proposers and not missing


def begin(draft: Draft, network: Network) -> None:
    """A new text: if it can be proposed at once nobody is notified, since its author has the button before her."""
    met = _wanted(network).met(draft.author_id, 0, draft.changed_at)
    draft.ready_at = draft.changed_at if met else None


def settle(draft: Draft) -> bool:
    """Store the time since which nothing is missing, and have its author notified: once, until something is missing again.

    Returns whether this changed.
    """
    network = db.session.get_one(Network, draft.network_id)
    supporters = len(queries.sponsors_of(draft.id))
    met = _wanted(network).met(draft.author_id, supporters, draft.changed_at)
    if met == (draft.ready_at is not None):
        return False
    draft.ready_at = clock.now() if met else None
    if met:
        seen_by = Visibility(draft.visibility.value)
        record(DraftReady(act=by_rule(network), draft=draft, question=draft.question, seen_by=seen_by))
    return True


def tell_due() -> int:
    """Settle what time, the charter or a member's leaving has changed; returns how many drafts it was."""
    return each_row("say that drafts can be asked", Draft, _turned, lambda key: settle(queries.locked(key)))


def to_ask(person_id: int, _now: datetime) -> Select[Any]:
    """Drafts that wait for a person: hers that lacked something, and no longer do."""
    text = (ProposalVersion.proposal_id == Draft.id) & (ProposalVersion.state == VersionState.DRAFT)
    rows = task_rows(Draft.network_id, Draft.id, ProposalVersion.question).join(ProposalVersion, text)
    mine = (Draft.author_id == person_id, Draft.state == ProposalState.DRAFT)
    return rows.where(*mine, Draft.ready_at > Draft.changed_at)


def _turned(*only: ColumnElement[bool]) -> list[int]:
    """The open drafts with which it is otherwise than is kept: one statement, and a few for each network that has any."""
    supporters = (
        select(func.count()).where(Sponsor.proposal_id == Draft.id, queries.belongs()).correlate(Draft)
    )
    query = (
        select(
            Draft.id,
            Draft.author_id,
            Draft.changed_at,
            Draft.ready_at,
            Draft.network_id,
            supporters.scalar_subquery().label("supporters"),
        )
        .where(Draft.state == ProposalState.DRAFT, *only)
        .order_by(Draft.network_id, Draft.id)
    )
    found = []
    for network_id, rows in groupby(db.session.execute(query).all(), key=lambda row: int(row.network_id)):
        found += _turned_here(network_id, list(rows))
    return found


def _turned_here(network_id: int, rows: Sequence[Row[Any]]) -> list[int]:
    try:
        wanted = _wanted(db.session.get_one(Network, network_id))
        return [
            row.id
            for row in rows
            if wanted.met(row.author_id, row.supporters, row.changed_at) != (row.ready_at is not None)
        ]
    except (LookupError, ValueError, TypeError):
        return [row.id for row in rows]  # rules that cannot be read stop this network's drafts alone


def _wanted(network: Network) -> WantedDrafts:
    charter = charters.rules_in_force(network.id)
    return WantedDrafts(charter, ZoneInfo(network.zone), _proposers(network, charter))


def _proposers(network: Network, charter: Charter) -> Collection[int]:
    if charter[p.PROPOSE] == "committee":
        return roll.committee(network.id, clock.today(network.zone))
    return members_of(network.id) | set(officers(network.id))
