"""Which networks a person belongs to, for the mail floor below."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.membership.models import NOT_ENDED, Membership
from govnet.people.models import Representation


def networks_of(person_id: int) -> Sequence[Network]:
    """The networks of which the person, or an organisation they speak for, is a member; by name."""
    spoken = select(Representation.organisation_id).where(
        Representation.person_id == person_id, Representation.end.is_(None)
    )
    here = select(Membership.network_id).where(Membership.end.is_(None), Membership.state.in_(NOT_ENDED))
    own = here.where(Membership.person_id == person_id)
    member = own.union(here.where(Membership.organisation_id.in_(spoken)))
    return db.session.scalars(select(Network).where(Network.id.in_(member)).order_by(Network.name)).all()
