"""Whether the members agree with the record: for the check of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.membership import events
from govnet.membership.models import Membership, MembershipState
from govnet.record import registry
from govnet.record.audit import RecordedEntry, told

_BEGINS = (events.MemberAdmitted.verb, events.MemberJoined.verb)
_STATES = {
    events.MemberAdmitted.verb: MembershipState.ACTIVE,
    events.MemberJoined.verb: MembershipState.ACTIVE,
    events.MembershipConfirmed.verb: MembershipState.ACTIVE,
    events.MembershipRestarted.verb: MembershipState.ACTIVE,
    events.MembershipLapsed.verb: MembershipState.LAPSED,
    events.MemberResigned.verb: MembershipState.RESIGNED,
}
_MIDNIGHT = timedelta(days=1)
"""Between an action and its entry a day may begin."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a membership stands by its entries: its state, since and until when."""

    state: MembershipState
    began: date | None
    ended: date | None


def bind() -> None:
    """Have them compared."""
    registry.checks(changed_memberships)


def changed_memberships(network_id: int) -> Iterator[str]:
    """Memberships in another state, or of other days, than the record says; those that it does not know, or that are gone.

    Those of an old list have no entry of their own until they are confirmed: they are counted.
    """
    listed: dict[date, int] = {}
    recorded = _recorded(network_id, listed)
    rows = select(Membership.id, Membership.state, Membership.start, Membership.end)
    rows = rows.where(Membership.network_id == network_id).order_by(Membership.id)
    there = silent = 0
    found: Iterator[Any] = iter(db.session.execute(rows.execution_options(yield_per=1000)))
    for key, *held in found:
        said = recorded.pop(key, None)
        there, silent = there + _of_a_list(held[1], listed), silent + (said is None)
        if words := _unlike(said, tuple(held), listed):
            yield f"membership {key} {words}"
    yield from (f"membership {key} is on record, but not there any more" for key in recorded)
    members = sum(listed.values())
    if silent > members or there < members:
        yield f"the old lists brought in {members} memberships, and {there} are there, {silent} of them unconfirmed"


def _recorded(network_id: int, listed: dict[date, int]) -> dict[int, Recorded]:
    zone = ZoneInfo(db.session.get_one(Network, network_id).zone)
    found: dict[int, Recorded] = {}
    verbs = (*_STATES, events.RosterImported.verb, events.RosterTakenBack.verb)
    for entry in told(network_id, *verbs):
        day = entry.at.astimezone(zone).date()
        if entry.verb == events.RosterImported.verb:
            listed[day] = listed.get(day, 0) + int(entry.facts["members"])
        elif entry.verb == events.RosterTakenBack.verb:
            brought_in = date.fromisoformat(entry.facts["on"])
            listed[brought_in] = listed.get(brought_in, 0) - int(entry.facts["members"])
        else:
            found[entry.key] = _after(found.get(entry.key), entry, day)
    return found


def _after(before: Recorded | None, entry: RecordedEntry, day: date) -> Recorded:
    state = _STATES[entry.verb]
    ended = day if state is MembershipState.RESIGNED else None
    if before is None:
        return Recorded(state, day if entry.verb in _BEGINS else None, ended)
    return replace(before, state=state, ended=ended)


def _unlike(said: Recorded | None, held: tuple[Any, ...], listed: dict[date, int]) -> str:
    state, start, end = held
    from_a_list = _of_a_list(start, listed)
    if said is None:
        known = state is MembershipState.FOUND and end is None and from_a_list
        return "" if known else "is not on record"
    if state is not said.state:
        return f"is {state.value}, but {said.state.value} by the record"
    if not from_a_list and not (said.began and _same(start, said.began)):
        return f"begins on {start}, which is not on record"
    if not (_same(end, said.ended) if end and said.ended else end == said.ended):
        return f"ends on {end}, which is not what was recorded" if end else "has no end, though it was left"
    return ""


def _of_a_list(start: date, listed: dict[date, int]) -> bool:
    return any(_same(start, day) for day in listed)


def _same(day: date, other: date) -> bool:
    return abs(day - other) <= _MIDNIGHT
