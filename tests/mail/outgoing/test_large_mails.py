"""Mails to very many: short transactions, the same recipients, and what happens to them meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from govnet.charter.models import Network
from govnet.extensions import db
from govnet.kernel.transaction import transaction
from govnet.mail import queries, sweep
from govnet.mail.delivery import mailings
from govnet.mail.models import Delivery, Mail, RecipientChunk, Rendering
from govnet.mail.outgoing import deliveries as outgoing_deliveries
from govnet.mail.outgoing import distribution, outbox
from govnet.mail.rules import DeliveryState
from govnet.mail.volume import News
from govnet.people import addresses
from govnet.people.models import PersonEmail
from tests import builders
from tests.mail.conftest import say

pytestmark = pytest.mark.usefixtures("context")
PEOPLE, FIRST = 23, 5


@pytest.fixture(autouse=True)
def chunks_of_five(monkeypatch):
    """As if a transaction could make five deliveries."""
    monkeypatch.setattr(outbox, "AT_ONCE", FIRST)


@pytest.fixture
def post(network, teller):
    """Have 23 people told of something; the mail's id."""
    people = [builders.a_person(f"P{n}", email=f"p{n}@example.org").id for n in range(PEOPLE)]

    def told(**values):
        teller.tells(news=News.ANNOUNCEMENT, people=people, **values)
        say(network, builders.a_person("Somebody"))
        distribution.run()
        return db.session.scalars(select(Mail.id).order_by(Mail.id.desc())).first()

    return told


def rest():
    """Let the worker make the deliveries that are missing."""
    while outgoing_deliveries.run():
        pass
    assert db.session.scalar(select(func.count()).select_from(RecipientChunk)) == 0


def deliveries(mail_id):
    query = select(Delivery.address, Delivery.state).where(Delivery.mail_id == mail_id)
    return {address.partition("@")[0]: state for address, state in db.session.execute(query)}


@contextmanager
def without(local):
    """Somebody cannot be written to any more."""
    with pytest.MonkeyPatch.context() as patch:
        before = addresses.readers
        patch.setattr(
            addresses, "readers", lambda ids: [r for r in before(ids) if r.address != f"{local}@example.org"]
        )
        yield


def test_all_of_them_get_it_once_and_the_numbers_add_up_at_every_moment(post):
    mail_id = post()
    assert len(deliveries(mail_id)) == FIRST
    assert queries.progress([mail_id]).waiting == PEOPLE
    while made := outgoing_deliveries.run():
        assert made <= outgoing_deliveries._A_TURN * FIRST
        found = queries.progress([mail_id])
        assert (found.audience, found.waiting) == (PEOPLE, PEOPLE)
    rest()
    assert deliveries(mail_id) == {f"p{n}": DeliveryState.QUEUED for n in range(PEOPLE)}
    assert distribution.run() == outgoing_deliveries.run() == 0


def test_no_address_waits_in_a_chunk_and_somebody_who_went_meanwhile_gets_nothing(post):
    mail_id = post()
    assert not [chunk for chunk in db.session.scalars(select(RecipientChunk.people)) if "@" in chunk]
    with without("p22"):
        rest()
    assert set(deliveries(mail_id)) == {f"p{n}" for n in range(PEOPLE - 1)}


def test_an_address_that_changed_meanwhile_gets_it_at_the_new_one(post):
    mail_id = post()
    with transaction():
        row = db.session.scalars(select(PersonEmail).where(PersonEmail.address == "p22@example.org")).one()
        row.address = "new@example.org"
    rest()
    assert "new" in deliveries(mail_id)
    assert len(deliveries(mail_id)) == PEOPLE


def test_a_mail_that_is_stopped_meanwhile_is_sent_to_nobody_and_can_be_sent_after_all(post):
    mail_id = post()
    with transaction():
        assert mailings.cancel_unsent(mail_id) == PEOPLE
        assert mailings.cancel_unsent(mail_id) == 0
    assert queries.progress([mail_id]).stopped == PEOPLE
    rest()
    assert set(deliveries(mail_id).values()) == {DeliveryState.CANCELLED}
    other = post()
    with transaction():
        mailings.cancel_unsent(other)
        assert mailings.send_to_missed(other) == PEOPLE
    rest()
    assert deliveries(other) == {f"p{n}": DeliveryState.QUEUED for n in range(PEOPLE)}


def test_a_mail_that_is_paused_meanwhile_waits_whole(post):
    mail_id = post()
    with transaction():
        mailings.pause(mail_id, by="a person")
    rest()
    assert set(deliveries(mail_id).values()) == {DeliveryState.HELD}
    with transaction():
        assert mailings.resume(mail_id) == PEOPLE


def test_of_a_restored_copy_nothing_is_made_until_it_is_dropped_or_released(post):
    mail_id = post()
    operator = builders.acting(builders.an_operator(), db.session.scalars(select(Network)).one())
    with transaction():
        mailings.hold_all("a copy")
    assert outgoing_deliveries.run() == 0
    with transaction():
        assert mailings.drop_all_held(operator) == PEOPLE
        mailings.release_all(operator)
    rest()
    assert set(deliveries(mail_id).values()) == {DeliveryState.CANCELLED}


def test_a_mail_s_text_is_kept_while_somebody_has_no_delivery(post, time):
    mail_id = post()
    with transaction():
        mailings.cancel_unsent(mail_id)
    time.move(timedelta(days=31))
    sweep.run()
    bodies = select(Rendering.body).where(Rendering.mail_id == mail_id)
    assert None not in db.session.scalars(bodies).all()
    rest()
    sweep.run()
    assert set(db.session.scalars(bodies).all()) == {None}


def test_somebody_whose_language_is_another_by_now_gets_it_in_one_there_is(post):
    mail_id = post()
    before = addresses.readers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            addresses,
            "readers",
            lambda ids: [addresses.Reader(r.person_id, r.name, r.address, "cy") for r in before(ids)],
        )
        rest()
    assert len(deliveries(mail_id)) == PEOPLE
