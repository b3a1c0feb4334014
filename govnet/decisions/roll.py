"""Who is asked: the roll of a version, taken when it opens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions.models import RollEntry
from govnet.decisions.voices import counts, on_roll
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.membership.models import Membership, MembershipState, Representation

Sitting = Callable[[int, date], Sequence[int]]
_sitting: list[Sitting] = []
Coordinating = Callable[[int, date], Collection[int]]
_coordinating: list[Coordinating] = []


def committee_is(sitting: Sitting) -> None:
    """Who sits on the committee of a network on a day: the offices, a floor above, say it."""
    _sitting[:] = [sitting]


def committee(network_id: int, day: date) -> list[int]:
    """The persons who sit on the committee on a day, each once."""
    return list(dict.fromkeys(_sitting[0](network_id, day))) if _sitting else []


def coordinators_are(coordinating: Coordinating) -> None:
    """Who acts under a mandate of a network on a day: the offices say it."""
    _coordinating[:] = [coordinating]


def coordinators(network_id: int, day: date) -> Collection[int]:
    """The persons who act under a mandate on a day."""
    return _coordinating[0](network_id, day) if _coordinating else ()


def take(network: Network, body: str, charter: Charter) -> list[dict[str, Any]]:
    """The parties who are asked now, as rows for the roll."""
    day = today(network.zone)
    if body == "committee":
        return [_row(person_id=person, counted=True) for person in committee(network.id, day)]
    return [
        _row(
            membership_id=each.id,
            person_id=each.person_id,
            organisation_id=each.organisation_id,
            counted=counts(each.kind.value, charter),
        )
        for each in _memberships(network.id, day, day - timedelta(days=charter[p.ROLL_DAYS]))
        if on_roll(each.kind.value)
    ]


def _row(**values: Any) -> dict[str, Any]:
    return {"membership_id": None, "person_id": None, "organisation_id": None, **values}


def _memberships(network_id: int, day: date, begun: date) -> Sequence[Any]:
    """Those who belong on a day and began at the latest on another: the charter can ask for some time before it."""
    query = select(Membership.id, Membership.kind, Membership.person_id, Membership.organisation_id).where(
        Membership.network_id == network_id,
        Membership.state == MembershipState.ACTIVE,
        Membership.start <= begun,
        or_(Membership.end.is_(None), Membership.end > day),
    )
    return db.session.execute(query.order_by(Membership.id)).all()


def people_asked(version_id: int, day: date) -> list[int]:
    """The persons on a version's roll, and those who speak today for its organisations."""
    query = select(RollEntry.person_id, RollEntry.organisation_id).where(RollEntry.version_id == version_id)
    rows = db.session.execute(query).all()
    organisations = [row.organisation_id for row in rows if row.organisation_id]
    spoken = speakers(organisations, day) if organisations else {}
    people = [row.person_id for row in rows if row.person_id]
    return list(dict.fromkeys([*people, *(one for found in spoken.values() for one in found)]))


def speakers(organisation_ids: Sequence[int], day: date) -> dict[int, list[int]]:
    """Who may answer for each organisation today, the primary one first."""
    query = select(Representation.organisation_id, Representation.person_id).where(
        Representation.organisation_id.in_(organisation_ids),
        Representation.start <= day,
        or_(Representation.end.is_(None), Representation.end > day),
    )
    found: dict[int, list[int]] = {}
    for organisation, person in db.session.execute(query.order_by(Representation.is_primary.desc())):
        found.setdefault(organisation, []).append(person)
    return found
