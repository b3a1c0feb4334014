"""One address has one choice about mail, from any person and through any door."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from govnet.digest import actions as digest_actions
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.statements import MOST_KEYS
from govnet.kernel.transaction import transaction
from govnet.mail import queries, subscriptions
from govnet.mail.headers import Address
from govnet.mail.models import Delivery, Mail, Subscription
from govnet.mail.outgoing import outbox
from govnet.mail.outgoing.audience import Recipient
from govnet.mail.outgoing.notices import Notice
from govnet.mail.preferences import actions, unsubscribe
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import News, Reach, Volume
from govnet.membership.models import MembershipKind
from govnet.people import addresses
from govnet.people.addresses import MailWish
from govnet.people.persons import person_for
from tests import builders
from tests.digest.test_digest import WEEK
from tests.digest.test_digest import network as network  # whose first digest has begun
from tests.mail.conftest import say, tell

ADA = "ada@example.org"


def takes_just_mail(network, address=ADA, volume=Volume.EVERYTHING):
    with transaction():
        token = actions.subscribe_address(network, address).token
        actions.confirm(token)
        actions.set_address_volume(token, volume)
    return token


def proves(address=ADA, name="Ada"):
    with transaction():
        return person_for(address, name).id


def joins(network, address=ADA):
    """Somebody who took just the mail joins with the same address."""
    person_id = proves(address)
    with transaction():
        builders._belongs(network, person_id=person_id, kind=MembershipKind.INDIVIDUAL)
        subscriptions.no_longer_just_mail(network.id, person_id)
    return person_id


def rows(table=Subscription):
    return db.session.scalars(select(table).order_by(table.id)).all()


def gets(network, person, teller, address=ADA):
    """How many of these mails the address got, after one more to everybody who takes just the mail."""
    teller.tells(people=[], subscribers=True, news=News.ANNOUNCEMENT)
    say(network, person)
    tell()
    mails = select(Mail.id).where(Mail.template == "test/said")
    query = select(func.count()).where(Delivery.address == address, Delivery.mail_id.in_(mails))
    return db.session.scalar(query)


def test_the_choice_of_an_address_becomes_its_owner_s_once_she_has_proved_it(network):
    takes_just_mail(network, volume=Volume.DIGEST)
    person_id = proves()
    row = rows()[0]
    assert (row.person_id, row.address, row.volume, row.just_mail) == (person_id, None, Volume.DIGEST, True)
    assert addresses.wishes(network.id, [ADA]) == {ADA: MailWish.READS}
    assert queries.subscribers(network.id) == 1


def test_a_person_s_choice_counts_before_an_address_s_and_old_links_still_work(network):
    other = "ada.wood@example.org"
    person_id = proves()
    with transaction():
        subscriptions.of_person(person_id, network.id).volume = Volume.VOTES
    token = takes_just_mail(network, other)
    with transaction():
        addresses.move(person_id, other)
    row = rows()[0]
    assert (len(rows()), row.person_id, row.volume) == (1, person_id, Volume.VOTES)
    with transaction():
        actions.unsubscribe(actions.of_token(token))
    assert rows()[0].silent_at is not None


def test_a_person_who_takes_just_the_mail_gets_it_and_its_links_end_it(network, teller):
    takes_just_mail(network)
    person_id = proves()
    bob = builders.a_member(network, "Bob")
    assert gets(network, bob, teller) == 1
    delivery = rows(Delivery)[-1]
    assert delivery.person_id == person_id
    with transaction():
        unsubscribe.leave(delivery.token, Reach.EVERYTHING)
    assert gets(network, bob, teller) == 1


def test_the_digest_goes_to_everybody_when_one_of_them_took_just_the_mail_before(network, time):
    bob = builders.a_member(network, "Bob")
    with transaction():
        actions.set_volume(builders.acting(bob, network), network, Volume.DIGEST)
    takes_just_mail(network, volume=Volume.DIGEST)
    person_id = joins(network)
    say(network, bob)
    time.move(WEEK)
    assert digest_actions.run() == 1
    sent = db.session.scalars(select(Delivery).where(Delivery.mail_id == func.coalesce(
        select(func.max(Delivery.mail_id)).scalar_subquery(), 0))).all()  # fmt: skip
    assert {one.person_id for one in sent} == {bob.id, person_id}


def test_no_mail_at_all_ends_what_the_address_had_asked_for(network, teller):
    takes_just_mail(network)
    person_id = joins(network)
    with transaction():
        actions.silence_now(subscriptions.of_person(person_id, network.id))
    bob = builders.a_member(network, "Bob")
    assert gets(network, bob, teller) == 0
    with transaction():
        actions.take_over(network, ADA)
    assert addresses.wishes(network.id, [ADA]) == {ADA: MailWish.SILENT}


def test_a_member_who_asks_for_just_the_mail_is_asked_nothing_and_gets_one_of_each(network, teller):
    person_id = joins(network)
    with transaction():
        actions.subscribe_address(network, ADA)
    assert (rows(Delivery), [row.person_id for row in rows()]) == ([], [person_id])


def test_somebody_known_elsewhere_who_asks_for_just_the_mail_is_asked_and_gets_it(network, teller):
    person_id = proves()
    with transaction():
        token = actions.subscribe_address(network, " Ada@Example.org").token
    assert [row.address for row in rows(Delivery)] == [ADA]
    bob = builders.a_member(network, "Bob")
    assert gets(network, bob, teller) == 0
    with transaction():
        actions.confirm(token)
    assert gets(network, bob, teller) == 1
    assert rows(Delivery)[-1].person_id == person_id


def test_leaving_ends_just_the_mail_as_well(network):
    takes_just_mail(network)
    person_id = joins(network)
    row = rows()[0]
    assert (row.person_id, row.just_mail) == (person_id, False)


def test_mail_that_waits_for_an_address_becomes_its_owners(network):
    with transaction():
        outbox.post(
            "mail/confirm", to=Address(ADA), context={"confirm_url": "https://example.org/"}, network=network
        )
    person_id = proves()
    assert [(row.person_id, row.state) for row in rows(Delivery)] == [(person_id, DeliveryState.QUEUED)]


@pytest.mark.parametrize("spelt", [ADA, "ADA@example.org"])
def test_an_address_given_twice_stops_nobody(network, spelt):
    notice = Notice(
        template="mail/choices", news=News.ANNOUNCEMENT, context={"choose_url": "https://example.org/"}
    )
    people = [
        Recipient(ADA, "Ada"),
        Recipient("bob@example.org", "Bob"),
        Recipient(addresses.parsed(spelt), "Ada W"),
    ]
    with transaction():
        row = outbox.mail_row(notice, "twice", network)
        outbox.enqueue(outbox.batch_of(notice, row, network, people))
    assert [(row.address, row.name) for row in rows(Delivery)] == [(ADA, "Ada"), ("bob@example.org", "Bob")]


def test_many_addresses_have_the_answers_that_each_has_alone(network):
    """More than one statement takes, with somebody who said something in each portion."""
    spelt = [f"{number:04}@example.org" for number in range(2 * MOST_KEYS + 2)]
    said = spelt[:: MOST_KEYS // 4]
    for at, address in enumerate(said):
        takes_just_mail(network, address)
        if at % 2:
            proves(address)
        if at % 3 == 0:
            with transaction():
                rows()[-1].silent_at = clock.now()
    alone = [addresses.wishes(network.id, [address]) for address in said]
    assert addresses.wishes(network.id, spelt) == {a: wish for found in alone for a, wish in found.items()}
    assert {wish for found in alone for wish in found.values()} == {MailWish.SILENT, MailWish.READS}
    assert all(alone)
