"""How many an announcement goes to is counted in the database, and is the number of those who then get it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from govnet.announcements.audience import AudienceCount, counted, notice_of
from govnet.announcements.models import Audience
from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.transaction import transaction
from govnet.mail import suppressions
from govnet.mail.models import Subscription, Suppression
from govnet.mail.outgoing.audience import LIST, MEMBER, SUBSCRIBER, audience
from govnet.mail.rules import Why
from govnet.mail.volume import Volume
from govnet.membership.models import MembershipState
from govnet.people.models import Person, PersonEmail
from tests import builders
from tests.announcements.builders import a_draft

pytestmark = pytest.mark.usefixtures("context")


def wants(
    network: Network, person: Person, volume: Volume, *, silent: bool = False, just: bool = False
) -> None:
    """A person's choice about the network's mail."""
    moment = clock.now()
    row = Subscription(
        network_id=network.id, person_id=person.id, volume=volume, token=f"p{person.id}", just_mail=just
    )
    row.created_at, row.confirmed_at, row.silent_at = moment, moment, moment if silent else None
    db.session.add(row)


def takes(network: Network, address: str, *, confirmed: bool = True, silent: bool = False) -> None:
    """An address that asked for just the mail."""
    moment = clock.now()
    row = Subscription(network_id=network.id, address=address, volume=Volume.CONCERNS_ME, token=address)
    row.created_at, row.confirmed_at, row.silent_at = (
        moment,
        moment if confirmed else None,
        moment if silent else None,
    )
    db.session.add(row)


def everybody(network: Network) -> Person:
    """Somebody of each sort; the one who sends it."""
    with transaction():
        for volume in Volume:
            for silent in (False, True):
                wants(network, builders.a_member(network), volume, silent=silent)
                wants(network, builders.a_person(), volume, silent=silent, just=True)
        sender = builders.a_steering_member(network)
        wants(network, sender, Volume.VOTES)
        found = {"state": MembershipState.FOUND, "confirmed_at": None}
        builders.a_member(network, **found)
        builders.a_member(network, state=MembershipState.SUSPENDED)
        builders.a_member(network, start=clock.today(network.zone) + timedelta(days=1))
        voice = builders.a_person()
        builders.an_organisation(network, "Involve", spoken_for_by=voice)
        builders.an_organisation(network, "Second", spoken_for_by=voice)
        both = builders.a_member(network)
        builders.an_organisation(network, "Third", spoken_for_by=both)
        unproved, erased, stopped = (builders.a_member(network) for _ in range(3))
        of(unproved).verified_at = None
        erased.name, erased.erased_at = "", clock.now()
        takes(network, "some@example.org")
        takes(network, "other@example.org", confirmed=False)
        takes(network, "third@example.org", silent=True)
        takes(network, of(both).address)
        for address in (of(stopped).address, "some@example.org", "nobody@example.org"):
            digest = suppressions.digest(address)
            db.session.add(Suppression(digest=digest, why=Why.ADDRESS_GONE, returned=3, since=clock.now()))
    return sender


def of(person: Person) -> PersonEmail:
    """The row of their address."""
    return db.session.scalars(db.select(PersonEmail).where(PersonEmail.person_id == person.id)).one()


def found(network: Network, sender: Person, which: Audience) -> AudienceCount:
    """The same numbers, from the mails that would be made."""
    notice = notice_of(a_draft(network, sender, audience=which), network, sender)
    mails = audience(notice, network=network, actor_id=None)
    readers = Counter(one.reader for one in mails)
    members = len({*notice.people, *notice.always})
    return AudienceCount(
        members=members,
        less=members - readers[MEMBER],
        subscribers=readers[SUBSCRIBER],
        list=readers[LIST],
        stopped=sum(one.suppressed for one in mails),
        total=len(mails),
    )


@pytest.mark.parametrize("which", list(Audience))
@pytest.mark.parametrize("list_address", [None, "list@example.org", "some@example.org", "nobody@example.org"])
def test_as_many_are_counted_as_then_get_it(which: Audience, list_address: str | None) -> None:
    network = builders.a_network(list_address=list_address)
    sender = everybody(network)
    expected = found(network, sender, which)
    assert counted(network, sender.id, which) == expected
    assert expected.total > 5


def test_nobody_but_the_sender_gets_one_in_an_empty_network() -> None:
    network = builders.a_network()
    sender = builders.a_steering_member(network)
    assert counted(network, sender.id, Audience.MEMBERS) == found(network, sender, Audience.MEMBERS)
