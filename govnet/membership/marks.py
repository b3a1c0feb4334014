"""How people are told apart: a mark for whoever holds an office or speaks for an organisation, never part of a name."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from govnet.accounts.models import Person
from govnet.extensions import db
from govnet.membership.models import Membership, MembershipState, Organisation, Representation
from govnet.membership.registry import office_holders, role


def offices(network_id: int) -> dict[int, str]:
    """The mark of everybody who holds an office in the network today."""
    held = office_holders(network_id)
    return {
        person_id: str(OFFICES[name])
        for name in ("steering", "coordinator")
        for person_id in held.get(name, ())
    }


OFFICES = {"coordinator": _l("coordinator"), "steering": _l("committee")}


def columns(person: Any, network: Any, day: Any) -> tuple[Any, ...]:
    """What a statement about people selects to mark them: their role, for whom they speak, and who may know that."""
    speaks = (
        select(Organisation.name, Representation.named_in_public)
        .join(Representation, Representation.organisation_id == Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Representation.person_id == person,
            Representation.start <= day,
            or_(Representation.end.is_(None), Representation.end > day),
            Membership.network_id == network,
            Membership.state == MembershipState.ACTIVE,
        )
        .order_by(Representation.is_primary.desc(), Representation.id)
        .limit(1)
    )
    return (
        role(person, network, day).label("role"),
        speaks.with_only_columns(Organisation.name).scalar_subquery().label("speaks"),
        speaks.with_only_columns(Representation.named_in_public).scalar_subquery().label("speaks_in_public"),
    )


def mark_in(row: Any, *, inside: bool) -> str:
    """The mark of whoever a row with those columns is about; `inside`: the reader sees who the members are."""
    said = [str(OFFICES[row.role])] if row.role else []
    if row.speaks and (inside or row.speaks_in_public):
        said.append(_("speaks for %(organisation)s", organisation=row.speaks))
    return ", ".join(said)


def signed(name: str, person_id: int | None, network_id: int) -> str:
    """A name as mails say it, with the mark of an office in round brackets; no name holds such a thing."""
    mark = offices(network_id).get(person_id or 0)
    return _("%(name)s (%(mark)s)", name=name, mark=mark) if mark and name else name


def namesakes(network_id: int, name: str, *, but: int | None) -> list[tuple[str, date]]:
    """Who else in the network has that name, however it is written in capitals: name, and since when they belong."""
    query = (
        select(Person.name, Membership.start)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.network_id == network_id,
            Membership.state.in_((MembershipState.ACTIVE, MembershipState.FOUND, MembershipState.LAPSED)),
            func.lower(Person.name) == name.lower(),
            Person.id != (but or 0),
        )
        .order_by(Membership.start)
        .limit(5)
    )
    return [(row.name, row.start) for row in db.session.execute(query)]
