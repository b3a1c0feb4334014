"""The roster as rows of a file: what another program needs to carry on."""

from __future__ import annotations

from sqlalchemy import Select, and_, func, select

from govnet.extensions import db
from govnet.mail.models import Subscription
from govnet.mail.queries import takes_just_mail
from govnet.membership.models import Membership, MembershipKind, MembershipState
from govnet.people.models import Organisation, Person, PersonEmail, Representation

_HERE = (MembershipState.ACTIVE, MembershipState.FOUND)
Row = tuple[str, str, str, str, str]


def roster_rows(network_id: int) -> list[Row]:
    """Name, address, organisation, kind and how it comes in, of everybody who belongs or reads; members first."""
    rows: list[Row] = [
        (name, address, organisation or "", kind.value, "member")
        for query in (_people(network_id), _organisations(network_id))
        for name, address, organisation, kind in db.session.execute(query)
    ]
    address = func.coalesce(Subscription.address, PersonEmail.address)
    readers = (
        select(func.coalesce(Person.name, Subscription.name), address)
        .outerjoin(Person, Person.id == Subscription.person_id)
        .outerjoin(PersonEmail, and_(PersonEmail.person_id == Person.id, PersonEmail.main))
        .where(takes_just_mail(network_id), address.is_not(None))
    )
    found = db.session.execute(readers.order_by(address))
    return rows + [(name, written, "", "individual", "subscriber") for name, written in found]


def _people(network_id: int) -> Select[str, str, str, MembershipKind]:
    return (
        select(Person.name, PersonEmail.address, Organisation.name, Membership.kind)
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(PersonEmail, and_(PersonEmail.person_id == Person.id, PersonEmail.main))
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.network_id == network_id, Membership.state.in_(_HERE))
        .order_by(PersonEmail.address)
    )


def _organisations(network_id: int) -> Select[str, str, str, MembershipKind]:
    speaks = and_(
        Representation.organisation_id == Membership.organisation_id,
        Representation.is_primary,
        Representation.end.is_(None),
    )
    return (
        select(Person.name, PersonEmail.address, Organisation.name, Membership.kind)
        .select_from(Membership)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Representation, speaks)
        .join(Person, Person.id == Representation.person_id)
        .join(PersonEmail, and_(PersonEmail.person_id == Person.id, PersonEmail.main))
        .where(Membership.network_id == network_id, Membership.state.in_(_HERE))
        .order_by(Organisation.name_key)
    )
