"""Finding the people and organisations that an officer names in a form."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, union_all

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.errors import RuleBroken
from govnet.membership.models import Membership, MembershipState
from govnet.offices.models import Body, Mandate, MandateNamed, Term
from govnet.people.models import Person, Representation
from govnet.people.organisations import organisation_called
from govnet.people.persons import person_by_email


def person_called(network: Network, words: str, *, field: str) -> int:
    """The one person with that name, or that address. Raises RuleBroken when there is none, or more."""
    found = people_called(network, words)
    if len(found) == 1:
        return found[0]
    if not found:
        raise RuleBroken(
            _(
                "We know nobody called “%(name)s”. Enter the name as in the list of members, or the e-mail "
                "address.",
                name=words,
            ),
            field=field,
        )
    raise RuleBroken(
        _("There are several people called “%(name)s”. Enter the e-mail address instead.", name=words),
        field=field,
    )


def organisation(words: str, *, field: str) -> int:
    """The organisation with that name. Raises RuleBroken when we know none."""
    found = organisation_called(words)
    if found is None:
        raise RuleBroken(
            _(
                "We know no organisation called “%(name)s”. Enter the name as in the list of organisations.",
                name=words,
            ),
            field=field,
        )
    return found.id


def people_called(network: Network, words: str) -> Sequence[int]:
    """The people in this network, in one beside it, or in office here with that name or address: ids, one if it is clear."""
    family = select(Network.id).where(
        or_(
            Network.id.in_((network.id, network.parent_id or network.id)),
            Network.parent_id.in_((network.id, network.parent_id or network.id)),
        )
    )
    member = select(Membership.person_id).where(
        Membership.network_id == network.id, Membership.state == MembershipState.ACTIVE
    )
    beside = select(Membership.person_id).where(
        Membership.network_id.in_(family), Membership.state == MembershipState.ACTIVE
    )
    speaks = (
        select(Representation.person_id)
        .join(Membership, Membership.organisation_id == Representation.organisation_id)
        .where(Membership.network_id.in_(family), Membership.state == MembershipState.ACTIVE)
        .where(Representation.end.is_(None))
    )
    sat = select(Term.person_id).join(Body, Body.id == Term.body_id).where(Body.network_id == network.id)
    acted = (
        select(MandateNamed.person_id)
        .join(Mandate, Mandate.id == MandateNamed.mandate_id)
        .where(Mandate.network_id == network.id)
    )
    mine, known = (Person.id.in_(member),), (Person.id.in_(union_all(beside, speaks, sat, acted)),)
    called = func.lower(Person.name) == words.lower()
    if "@" in words:
        found = person_by_email(words)
        called = Person.id == (found.id if found is not None else 0)
    query = select(Person.id).where(called, Person.erased_at.is_(None))
    return db.session.scalars(query.where(*mine)).all() or db.session.scalars(query.where(*known)).all()
