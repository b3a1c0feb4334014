"""After an erasure no table and no file holds the name or an address, but what others wrote and what has its reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from govnet.accounts import actions, erasure
from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import OPERATOR_SHELL, Door
from govnet.kernel.transaction import transaction
from govnet.mail import sweep
from govnet.mail.headers import Address
from govnet.mail.incoming import intake, reply_handlers
from govnet.mail.models import Delivery, Rendering
from govnet.mail.outgoing import outbox
from govnet.mail.preferences import actions as preferences_actions
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import News, Volume
from govnet.membership.memberships.actions import CONFIRM
from govnet.membership.models import Membership, MembershipState
from govnet.membership.roster import imports
from govnet.membership.roster.parser import read_roster
from govnet.people import addresses
from govnet.people.addresses import MailWish
from govnet.people.models import PersonEmail
from govnet.people.persons import person_for
from govnet.sign_in import models
from tests import builders
from tests.erased import LEFT, left_of
from tests.mail.conftest import say, tell
from tests.mail.conftest import teller as teller
from tests.mail.conftest import templates as templates
from tests.membership.people import a_network_with_rules, applies

pytestmark = pytest.mark.usefixtures("context")
NAME, BEFORE = "Zo\u00eb Quillfeather-Okonkwo", "Zo\u00eb Quillfeather"
OLD, NEW = "zoe.q@example.org", "zoe@quillfeather.example.org"
WORDS = (NAME, BEFORE, OLD, NEW)


@pytest.fixture
def network(context):
    return a_network_with_rules()


@pytest.fixture
def zoe(network, teller):
    """Somebody who took just the mail, joined, was renamed and moved, and of whom others were told."""
    with transaction():
        preferences_actions.confirm(preferences_actions.subscribe_address(network, OLD, BEFORE).token)
    with transaction():
        person = person_for(OLD, BEFORE)
        builders._belongs(network, person_id=person.id, kind="individual")
    by = builders.acting(person, network)
    with transaction():
        actions.rename(NAME, by=by, via=Door.WEB)
    with transaction():
        addresses.move(person.id, NEW)
        db.session.execute(insert(models.AddressChange).values(
            person_id=person.id, address=NEW, old_address=OLD, asked_at=clock.now(), confirmed_at=clock.now(),
            token_digest="t"))  # fmt: skip
    bob = builders.a_member(network, "Bob")
    teller.tells(people=[bob.id, person.id], news=News.ANNOUNCEMENT, body=f"It was {NAME} who asked {OLD}.")
    say(network, person)
    tell()
    return person


def erase(person):
    with transaction():
        erasure.erase(person, under=OPERATOR_SHELL, via=Door.CLI)


def all_mail_is_sent():
    with transaction():
        db.session.execute(
            update(Delivery).values(state=DeliveryState.ACCEPTED, lease_owner=None, lease_until=None)
        )


def test_nothing_is_left_of_somebody_who_was_erased(network, zoe, app):
    all_mail_is_sent()
    assert {("person", "name"), ("person_email", "address"), ("mail_rendering", "body")} <= set(
        left_of(WORDS)
    )
    erase(zoe)
    found = left_of(WORDS, Path(app.config["DATA_DIR"]))
    assert set(found) - set(LEFT) == set(), found


def test_a_mail_on_its_way_to_others_goes_out_and_is_emptied_then(network, zoe):
    erase(zoe)
    bobs = select(Delivery).where(Delivery.name == "Bob", Delivery.state == DeliveryState.QUEUED)
    (waiting,) = db.session.scalars(bobs).all()
    row = db.session.get_one(Rendering, waiting.rendering_id)
    assert (row.names_erased, bool(row.body)) == (True, True)
    assert set(left_of(WORDS)) == {("mail_rendering", "body")}
    all_mail_is_sent()
    sweep.run()
    assert left_of(WORDS) == {}


def test_mails_of_a_month_ago_are_emptied_whoever_they_name(network, zoe, time):
    all_mail_is_sent()
    time.move(timedelta(days=31))
    sweep.run()
    assert db.session.scalars(select(Rendering).where(Rendering.body.is_not(None))).all() == []


def test_the_acts_of_an_address_without_its_person_go_too(network, zoe, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_REPLIES", "replies+{token}@example.org")
    with transaction():
        preferences_actions.subscribe_address(builders.a_network("scotland"), OLD, NAME)
        outbox.post(
            "mail/choices",
            to=Address(OLD, NAME),
            context={"choose_url": "https://example.org"},
            network=network,
        )
    applied = applies(network, name=NAME, email=OLD)
    raw = f"From: {NAME} <{NEW}>\r\nMessage-ID: <1@example.org>\r\nSubject: Hello\r\n\r\nI am {NAME}.\r\n".encode()
    intake.store(raw, reply_handlers.address(CONFIRM, applied.id, applied.id))
    intake.run()
    all_mail_is_sent()
    assert {("application", "email"), ("inbound_mail", "sender")} <= set(left_of(WORDS))
    erase(zoe)
    found = left_of(WORDS)
    assert set(found) - set(LEFT) == set(), found


def test_no_list_brings_back_people_who_were_erased_left_or_want_no_mail(network, zoe):
    other = builders.a_network("wales")
    silent, gone = builders.a_member(network, "Sil"), builders.a_member(network, "Gon")
    with transaction():
        preferences_actions.silence(builders.acting(silent, network), network)
        mine = update(Membership).where(Membership.person_id == gone.id)
        db.session.execute(mine.values(state=MembershipState.RESIGNED, end=clock.today(network.zone)))
    emails = select(PersonEmail.address).where(PersonEmail.person_id.in_([silent.id, gone.id]))
    sil, left = db.session.scalars(emails.order_by(PersonEmail.id)).all()
    erase(zoe)
    assert addresses.wishes(network.id, [OLD, NEW, sil, left, "new@example.org"]) == {
        OLD: MailWish.ERASED, NEW: MailWish.ERASED, sil: MailWish.SILENT, left: MailWish.LEFT,
    }  # fmt: skip
    assert addresses.wishes(other.id, [NEW, sil]) == {NEW: MailWish.ERASED}
    rows = read_roster(
        f"name,email,as\n{NAME},{NEW},member\nSil,{sil},\nGon,{left},\nGon,{left},member\n".encode()
    ).rows
    with transaction():
        plan = imports.import_roster(network, rows, go=True, via=Door.CLI)
    assert (plan.members, plan.subscribers) == ([], [])


def test_an_address_that_is_another_s_by_now_stays_theirs(network, zoe):
    with transaction():
        other = person_for(OLD, "Olive")
        preferences_actions.set_volume(builders.acting(other, network), network, Volume.DIGEST)
        outbox.post("mail/choices", to=Address(OLD, "Olive"), context={"choose_url": "https://example.org"},
                    network=network, person_id=other.id)  # fmt: skip
    erase(zoe)
    assert addresses.owner(OLD).person_id == other.id
    assert addresses.wishes(network.id, [OLD, NEW]) == {NEW: MailWish.ERASED}
    waiting = select(Delivery.address).where(
        Delivery.person_id == other.id, Delivery.state == DeliveryState.QUEUED
    )
    assert OLD in db.session.scalars(waiting).all()


def test_people_who_were_erased_can_come_back_by_themselves(network, zoe):
    erase(zoe)
    with transaction():
        again = person_for(NEW, "Zo\u00eb")
    assert again.id != zoe.id
    assert addresses.wishes(network.id, [NEW]) == {}
