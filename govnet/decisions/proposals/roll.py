"""The people asked: the roll of a version, taken when it opens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from govnet.charter import parameters as p
from govnet.charter.models import Network
from govnet.charter.rules import Charter
from govnet.decisions.models import RollEntry
from govnet.decisions.rules.who_counts import counts, on_roll
from govnet.extensions import db
from govnet.kernel.clock import today
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import OfficeChange, OfficePerson
from govnet.offices.queries import sitting
from govnet.people.models import Representation

OFFICES = frozenset({"committee", "mandate"})
"""The matters on which the network can always decide, so that it never stays without anybody in office."""


def committee(network_id: int, day: date) -> list[int]:
    """The persons who sit on the committee on a day, each once."""
    return list(dict.fromkeys(sitting(network_id, day)))


def deciding(network: Network, charter: Charter, matter: str, aside: Collection[int] = ()) -> str:
    """The body that decides such a matter now, by the charter; on offices all members, if nobody else is in one."""
    body: str = charter[p.BODY_FOR[matter]]
    return "all" if body == "committee" and matter in OFFICES and vacant(network, aside) else body


def for_all(network_id: int, matter: str) -> bool:
    """Whether all members decide on a matter, or on any, because nobody sits on the committee."""
    return (not matter or matter in OFFICES) and vacant(db.session.get_one(Network, network_id))


def vacant(network: Network, aside: Collection[int] = ()) -> bool:
    """Whether nobody but those whose own case it is sits on the committee."""
    return not set(committee(network.id, today(network.zone))) - set(aside)


def take(network: Network, body: str, charter: Charter, aside: Collection[int] = ()) -> list[dict[str, Any]]:
    """The parties who are asked now, as rows for the roll; those `aside` are asked and not counted."""
    day = today(network.zone)
    if body == "committee":
        return [_row(person_id=person, counted=person not in aside) for person in committee(network.id, day)]
    return [
        _row(
            membership_id=each.id,
            person_id=each.person_id,
            organisation_id=each.organisation_id,
            counted=counts(each.kind.value, charter) and each.person_id not in aside,
        )
        for each in _memberships(network.id, day, day - timedelta(days=charter[p.ROLL_DAYS]))
        if on_roll(each.kind.value)
    ]


def concerned(version_id: int) -> Select[Any]:
    """Those whose own case a version is: it would give them an office, or end theirs."""
    query = select(OfficePerson.person_id).join(OfficeChange, OfficeChange.id == OfficePerson.change_id)
    return query.where(OfficeChange.version_id == version_id)


def aside(version_id: int) -> set[int]:
    """Of them, those who are not counted: all, unless nobody else could have decided."""
    named = set(db.session.scalars(concerned(version_id)))
    if not named:
        return named
    query = select(RollEntry.person_id).where(
        RollEntry.version_id == version_id, RollEntry.counted, RollEntry.person_id.in_(named)
    )
    return named - set(db.session.scalars(query))


def in_own_case(version_id: int, person_id: int | None) -> bool:
    """Whether somebody's answer, for whomever, is not counted because it is their own case."""
    return person_id in aside(version_id)


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
    """The people who may answer for each organisation today, the primary one first."""
    query = select(Representation.organisation_id, Representation.person_id).where(
        Representation.organisation_id.in_(organisation_ids),
        Representation.start <= day,
        or_(Representation.end.is_(None), Representation.end > day),
    )
    found: dict[int, list[int]] = {}
    for organisation, person in db.session.execute(query.order_by(Representation.is_primary.desc())):
        found.setdefault(organisation, []).append(person)
    return found
