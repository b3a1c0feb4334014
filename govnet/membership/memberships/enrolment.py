"""The rows of an admission: the membership, the organisation, and who speaks for it. Called by actions, checks no rights."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import RuleBroken
from govnet.mail.subscriptions import no_longer_just_mail
from govnet.membership.models import Application, Membership, MembershipKind, MembershipState
from govnet.membership.organisations.representatives import organisation_for
from govnet.people.models import Organisation

_AGAIN = (MembershipState.FOUND, MembershipState.LAPSED)
"""Open memberships that being let in makes active."""


def own_membership(application: Application) -> Membership:
    """The applicant's own membership, active from today. RuleBroken for somebody who has one."""
    existing = _open_one(application, Membership.person_id == application.person_id)
    if existing is not None and existing.state not in _AGAIN:
        raise RuleBroken(_("%(name)s already has a membership here.", name=application.name))
    return _active(existing, application, person_id=application.person_id)


def organisation_membership(application: Application) -> tuple[Membership, Organisation]:
    """The organisation's membership, active from today. RuleBroken for one that is a member, or may not be one."""
    if not application.may_speak:
        raise RuleBroken(
            _("%(name)s can’t speak for the organisation yet, so nobody can agree to our rules in its "
                "name. Ask, or wait until that is settled.", name=application.name)
        )  # fmt: skip
    organisation = organisation_for(application)
    existing = _open_one(application, Membership.organisation_id == organisation.id)
    if existing is not None and existing.state not in _AGAIN:
        raise RuleBroken(_("%(name)s already has a membership here.", name=organisation.name))
    return _active(existing, application, organisation_id=organisation.id), organisation


def _open_one(application: Application, party: ColumnElement[bool]) -> Membership | None:
    query = select(Membership).where(
        Membership.network_id == application.network_id, party, Membership.end.is_(None)
    )
    return db.session.scalar(query)


def _active(existing: Membership | None, application: Application, **party: int | None) -> Membership:
    network = db.session.get_one(Network, application.network_id)
    row = existing or Membership(
        network_id=network.id, kind=application.kind, start=clock.today(network.zone), **party
    )
    row.state, row.confirmed_at = MembershipState.ACTIVE, clock.now()
    row.kind, row.renewed_on = application.kind, clock.today(network.zone) if existing else None
    row.charter_version_id, row.answers = application.charter_version_id, application.answers
    row.named_in_public = application.named_in_public and application.kind is not MembershipKind.ORGANISATION
    db.session.add(row)
    db.session.flush()  # the application and the record name it by key
    if row.person_id is not None:
        no_longer_just_mail(row.network_id, row.person_id)
    return row
