"""Bringing in the list of another program: looked at first, then all that can be used in one transaction, or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SHELL, Act, Actor, Door
from govnet.kernel.duties import each_row
from govnet.kernel.errors import RuleBroken
from govnet.membership.events import RosterImported
from govnet.membership.organisations import representatives
from govnet.membership.roster import arrivals
from govnet.membership.roster.models import ImportState, RosterImport, RosterImportRow, RowOutcome
from govnet.membership.roster.parser import Roster
from govnet.membership.roster.plan import Plan, plan, why
from govnet.membership.roster.queries import looked_at, too_old
from govnet.membership.roster.row import ComesAs, Problem, RosterRow, Wish
from govnet.people.addresses import owners
from govnet.permissions import Can, check_right, require
from govnet.record.actions import record

_FORGET = "forget uploaded lists"
_NOTHING_SAID = {
    "organisation": "", "kind": "individual", "comes_as": ComesAs.SUBSCRIBER, "wish": Wish.NONE, "shares": 0
}  # fmt: skip


MOST_LOOKED = 10
"""Lists of a network that are kept though nobody has brought them in."""
_EMPTY = {"name": "", "address": "", "why": "", "said": "", "note": ""}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list came from: the file's name and its SHA-256 in hex."""

    file_name: str = ""
    digest: str = ""


def import_roster(
    network: Network,
    rows: Sequence[RosterRow],
    *,
    go: bool,
    via: Door,
    source: Source = Source(),  # frozen
) -> Plan:
    """Bring in an old list: readers as subscribers, members "as found" who are then asked by mail to confirm.

    Without `go` it only says what it would do. Inside transaction(), so that nothing is half done. Only the operator of
    the server, or the founder of the network, can; that is settled before.
    """
    representatives.one_at_a_time(network.id)
    made = plan(network, rows)
    if go:
        batch = _staged(network, Roster(tuple(rows)), made, SHELL, source)
        _bring_in(network, batch, made, require(SHELL, Can.IMPORT_MEMBERS, network, via))
        made.number = batch.id
    return made


def look(network: Network, roster: Roster, source: Source, *, by: Actor) -> RosterImport:
    """Keep a list for some days, with the effect of bringing it in; nothing else changes, nobody is notified.

    A row about the reader stays out: nobody brings themselves in. Raises RuleBroken for a file without a usable row.
    """
    check_right(by, Can.IMPORT_MEMBERS, network)
    roster = _without(roster, by)
    if not roster.rows:
        raise RuleBroken(_first_words(roster), field="file")
    representatives.one_at_a_time(network.id)
    if looked_at(network.id) >= MOST_LOOKED:
        raise RuleBroken(
            _(
                "There are already %(most)s lists that have not been brought in. Delete one first.",
                most=MOST_LOOKED,
            )
        )
    return _staged(network, roster, plan(network, roster.rows), by, source)


def _without(roster: Roster, by: Actor) -> Roster:
    """The list without the rows that have an address of the actor's."""
    people = owners([row.email for row in roster.rows])
    mine = {address for address, one in people.items() if one.person_id == by.person_id}
    own = [
        Problem(row.number, _("This is you. Ask to join with the form: somebody else decides about it."))
        for row in roster.rows
        if row.email in mine
    ]
    rest = tuple(row for row in roster.rows if row.email not in mine)
    return replace(roster, rows=rest, problems=(*roster.problems, *own)) if own else roster


def _first_words(roster: Roster) -> str:
    said = [str(each) for each in roster.problems[:3]]
    return " ".join([_("No row of this file can be used."), *said]) if roster.problems[0].row else said[0]


def bring_in(batch: RosterImport, *, by: Actor, via: Door) -> RosterImport:
    """Bring in a list that was checked, given who is here by now; unusable rows stay out. Doing it twice does it once."""
    network = db.session.get_one(Network, batch.network_id)
    act = require(by, Can.IMPORT_MEMBERS, network, via)
    batch = locked(batch.id)
    representatives.one_at_a_time(network.id)
    if batch.state is not ImportState.LOOKED:
        return batch
    if batch.forgotten_at is not None:
        raise RuleBroken(_("This list was deleted after some days. Upload the file again."))
    made = plan(network, [row_of(row) for row in _kept(batch.id)])
    _bring_in(network, batch, made, act)
    return batch


def drop(batch: RosterImport, *, by: Actor) -> None:
    """Delete a list that was only looked at. Doing it twice does it once."""
    check_right(by, Can.IMPORT_MEMBERS, batch)
    batch = locked(batch.id)
    if batch.state is ImportState.LOOKED:
        remove(batch.id)


def locked(batch_id: int) -> RosterImport:
    """The list, locked until the transaction ends, as it stands now."""
    query = select(RosterImport).where(RosterImport.id == batch_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def remove(batch_id: int) -> None:
    """Delete a list and its rows. Inside transaction()."""
    rows = delete(RosterImportRow).where(RosterImportRow.roster_import_id == batch_id)
    db.session.execute(rows.execution_options(synchronize_session=False))
    whole = delete(RosterImport).where(RosterImport.id == batch_id)
    db.session.execute(whole.execution_options(synchronize_session=False))


def _staged(network: Network, roster: Roster, made: Plan, by: Actor, source: Source) -> RosterImport:
    batch = RosterImport(
        network_id=network.id, state=ImportState.LOOKED, by_id=by.person_id, file_name=source.file_name[:200],
        digest=source.digest, looked_at=clock.now(),
    )  # fmt: skip
    rows, notes = _rows(roster, made)
    batch.notes = json.dumps(notes, ensure_ascii=False)
    db.session.add(batch)
    db.session.flush()  # its rows name it by key
    rows.sort(key=_to_look_at_first)
    for place, row in enumerate(rows):
        row |= {"roster_import_id": batch.id, "place": place}
    if rows:
        db.session.execute(insert(RosterImportRow), rows)
    return batch


def _to_look_at_first(row: dict[str, Any]) -> tuple[int, int]:
    """The place of a row on the page; one with a note comes with those that share an address."""
    order = list(RowOutcome)
    rank = order.index(row["outcome"])
    return (min(rank, order.index(RowOutcome.SHARES)) if row.pop("first", False) else rank), row["number"]


def _rows(roster: Roster, made: Plan) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows to keep, and notes about the file as a whole."""
    noted: dict[int, str] = {}
    for note in roster.notes:
        if note.row:
            noted[note.row] = f"{noted[note.row]} {note.message}" if note.row in noted else note.message
    known: list[dict[str, Any]] = [
        {"number": one.row.number, "outcome": one.outcome, "name": one.row.name, "address": one.row.email,
         "why": "", "said": _said(one.row),
         "note": " ".join(filter(None, (noted.pop(one.row.number, ""), one.note)))}
        for one in made.planned
    ]  # fmt: skip
    for row, one in zip(known, made.planned, strict=True):
        row["first"] = bool(row["note"] or one.row.shares)
    blank = {"name": "", "address": "", "said": "", "note": ""}
    wrong = [blank | {"number": p.row, "outcome": RowOutcome.MEND, "why": p.message} for p in roster.problems]
    again = [blank | {"number": number, "outcome": RowOutcome.TWICE, "why": ""} for number in roster.repeated]
    notes = [note.message for note in roster.notes if not note.row]
    notes += [str(note) for note in roster.notes if note.row in noted]
    return known + wrong + again, notes


def _said(row: RosterRow) -> str:
    rest = {name: getattr(row, name) for name in _NOTHING_SAID}
    return json.dumps(rest, ensure_ascii=False)


def row_of(row: RosterImportRow) -> RosterRow:
    """The text of the file's row, while it is kept."""
    rest = _NOTHING_SAID | (json.loads(row.said) if row.said else {})
    rest |= {"wish": Wish(rest["wish"]), "comes_as": ComesAs(rest["comes_as"])}
    return RosterRow(number=row.number, name=row.name, email=row.address, **rest)


def why_of(row: RosterImportRow) -> str:
    """The outcome of the row and its reason, in words that follow its name."""
    if row.outcome is RowOutcome.TWICE:
        return str(_("names somebody whom an earlier row names, and counts once"))
    return row.why or why(row.outcome, row_of(row))


def _kept(batch_id: int) -> Sequence[RosterImportRow]:
    """The rows that can be brought in, in the order of the file."""
    query = select(RosterImportRow).where(RosterImportRow.roster_import_id == batch_id)
    usable = query.where(RosterImportRow.outcome.not_in((RowOutcome.MEND, RowOutcome.TWICE)))
    return db.session.scalars(usable.order_by(RosterImportRow.number, RosterImportRow.id)).all()


def _bring_in(network: Network, batch: RosterImport, made: Plan, act: Act) -> None:
    changes = [
        {"id": row.id, "outcome": one.outcome, **found}
        for row, one, found in zip(
            _kept(batch.id), made.planned, arrivals.make(network, made.planned), strict=True
        )
    ]
    if changes:
        db.session.execute(update(RosterImportRow), changes)
    batch.state, batch.done_at = ImportState.DONE, clock.now()
    batch.members, batch.subscribers = len(made.members), len(made.subscribers)
    record(
        RosterImported(
            act=act,
            of=network,
            members=batch.members,
            subscribers=batch.subscribers,
        )
    )


def forget_old() -> int:
    """Delete names and addresses of lists that were uploaded some days ago, one list a transaction. Returns how many."""
    return each_row(_FORGET, RosterImport, too_old, lambda key: _forget(locked(key)))


def _forget(batch: RosterImport) -> bool:
    if batch.state is ImportState.LOOKED:
        remove(batch.id)
        return True
    batch.forgotten_at, batch.file_name = clock.now(), ""
    row = RosterImportRow
    mine = row.roster_import_id == batch.id
    nothing = (mine, row.membership_id.is_(None), row.subscription_id.is_(None))
    for statement in (delete(row).where(*nothing), update(row).where(mine).values(_EMPTY)):
        db.session.execute(statement.execution_options(synchronize_session=False))
    return True
