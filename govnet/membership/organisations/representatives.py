"""The people who speak for an organisation, as rows and in the record. Called by actions, asks no rights."""

from __future__ import annotations

from sqlalchemy import select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import Act
from govnet.membership.events import AlternateNamed, RepresentativeNamed
from govnet.membership.models import Application
from govnet.membership.organisations.queries import open_primary, open_voice
from govnet.people import organisations
from govnet.people.models import Organisation, Representation
from govnet.people.organisations import organisation_called
from govnet.record.actions import record


def one_at_a_time(network_id: int) -> None:
    """Let nobody else join this network until the transaction ends: two forms may name one new organisation.

    Rows that only name the network, as every entry does, do not wait (FOR NO KEY UPDATE).
    """
    db.session.execute(select(Network.id).where(Network.id == network_id).with_for_update(key_share=True))


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
    """Let the person speak for the organisation, or stand in if somebody speaks already; None if they do one of both."""
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


def say_voice(row: Representation, organisation: Organisation, name: str, act: Act) -> None:
    """Record that somebody speaks for an organisation, or stands in."""
    record(
        (RepresentativeNamed if row.is_primary else AlternateNamed)(
            act=act,
            voice=row,
            organisation=organisation,
            title=organisation.name,
            name=name,
        )
    )
