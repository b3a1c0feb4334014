"""What being let in makes: the membership, the organisation, and who speaks for it. Called by actions, asks no rights."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.errors import RuleBroken
from govnet.mail.subscriptions import no_longer_just_mail
from govnet.membership.models import Application, Membership, MembershipKind, MembershipState
from govnet.membership.organisation_queries import open_primary, open_voice
from govnet.people import organisations
from govnet.people.models import Organisation, Representation
from govnet.people.organisations import organisation_called

_AGAIN = (MembershipState.FOUND, MembershipState.LAPSED)
"""Open memberships that being let in makes active."""


def one_at_a_time(network_id: int) -> None:
    """Let nobody else join this network until the transaction ends: two forms may name one new organisation.

    Rows that only name the network, as every entry does, do not wait (FOR NO KEY UPDATE).
    """
    db.session.execute(select(Network.id).where(Network.id == network_id).with_for_update(key_share=True))


def own_membership(application: Application) -> Membership:
    """The applicant's own membership, active from today. RuleBroken for somebody who has one."""
    existing = _open_one(application, Membership.person_id == application.person_id)
    if existing is not None and existing.state not in _AGAIN:
        raise RuleBroken(_("%(name)s has a membership here already.", name=application.name))
    return _active(existing, application, person_id=application.person_id)


def organisation_membership(application: Application) -> tuple[Membership, Organisation]:
    """The organisation's membership, active from today. RuleBroken for one that is a member, or may not be one."""
    if not application.may_speak:
        raise RuleBroken(
            _("%(name)s can’t speak for the organisation yet, and nobody can agree to our rules in its name. "
              "Ask, or wait until it is settled.", name=application.name)
        )  # fmt: skip
    organisation = organisation_for(application)
    existing = _open_one(application, Membership.organisation_id == organisation.id)
    if existing is not None and existing.state not in _AGAIN:
        raise RuleBroken(_("%(name)s has a membership here already.", name=organisation.name))
    return _active(existing, application, organisation_id=organisation.id), organisation


def organisation_for(application: Application) -> Organisation:
    """The organisation that was chosen, or of the name that was typed, made if there is none."""
    if application.organisation_id is not None:
        return db.session.get_one(Organisation, application.organisation_id)
    found = organisation_called(application.organisation_name)
    if found is None:
        found = new_organisation(application.organisation_name, application.organisation_url)
    application.organisation_id = found.id
    return found


def new_organisation(name: str, url: str = "") -> Organisation:
    """An organisation that is not known yet."""
    row = Organisation(name=name, name_key=organisations.name_key(name), url=url, created_at=clock.now())
    db.session.add(row)
    db.session.flush()  # memberships and representations name it by key
    return row


def voice(organisation: Organisation, person_id: int, *, zone: str, named: bool) -> Representation | None:
    """Have the person speak for the organisation, or stand in where somebody speaks already; None if they do one."""
    if open_voice(organisation.id, person_id) is not None:
        return None
    row = Representation(
        organisation_id=organisation.id,
        person_id=person_id,
        is_primary=open_primary(organisation.id) is None,
        start=clock.today(zone),
        named_in_public=named,
    )
    db.session.add(row)
    db.session.flush()  # the record names it by key
    return row


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
