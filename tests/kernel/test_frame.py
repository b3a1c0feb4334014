"""The frame: one transaction, one clock, one record."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from govnet.extensions import db
from govnet.kernel import clock
from govnet.kernel.actor import SYSTEM, Act, Door
from govnet.kernel.transaction import plain_transaction, transaction
from govnet.offices.models import Term
from govnet.record.actions import erase_words, record
from govnet.record.events import Event
from govnet.record.queries import entries_about, entry, head_number
from tests import builders
from tests.chain import faults_of

pytestmark = pytest.mark.usefixtures("context")


class Happened(Event):
    verb: ClassVar[str] = "test.happened"
    sentence: ClassVar[str] = "%(actor)s did %(what)s"
    words_of: ClassVar[frozenset[str]] = frozenset({"what"})
    subject: ClassVar[str] = "thing"
    thing: object
    what: str


def happen(network, person, what="something"):
    act = Act(builders.acting(person, network), SYSTEM, Door.WEB, network.id)
    record(Happened(act=act, thing=network, what=what))


def test_an_event_is_chained_and_found_again():
    network, person = builders.a_network(), builders.a_person("Ada Example")
    for n in range(3):
        with transaction():
            happen(network, person, f"thing {n}")
    assert head_number(network.id) == 3
    assert faults_of(network.id) == []
    assert [e.number for e in entries_about(network.id, f"network:{network.id}")] == [1, 2, 3]


def test_nothing_is_recorded_of_what_did_not_happen():
    network, person = builders.a_network(), builders.a_person()
    with pytest.raises(ZeroDivisionError), transaction():
        happen(network, person)
        raise ZeroDivisionError
    with transaction():
        network.purpose = "Another"
    assert head_number(network.id) == 0


def test_an_entry_cannot_be_changed_or_deleted():
    network, person = builders.a_network(), builders.a_person()
    with transaction():
        happen(network, person)
    for statement in ("UPDATE entry SET facts = '{}'", "DELETE FROM entry", "UPDATE entry SET words = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(statement))
    assert faults_of(network.id) == []


def test_erased_words_leave_a_chain_that_verifies():
    network, person = builders.a_network(), builders.a_person()
    with transaction():
        happen(network, person, "a secret")
    with transaction():
        erase_words(entry(network.id, 1))
    assert entry(network.id, 1).words is None
    assert faults_of(network.id) == []


def test_statements_without_the_session_are_committed_and_refused_inside_a_transaction():
    moment = text("UPDATE mail_line SET words = 'seen'")
    with transaction():
        db.session.execute(
            text("INSERT INTO mail_line (id, held_why, troubles, refusals, words) VALUES (1, '', 0, 0, '')")
        )
    with db.engine.connect() as connection:
        with transaction(), pytest.raises(RuntimeError), plain_transaction(connection):
            pass
        with pytest.raises(ZeroDivisionError), plain_transaction(connection):
            connection.execute(moment)
            raise ZeroDivisionError
        assert db.session.scalar(text("SELECT words FROM mail_line")) == ""
        with plain_transaction(connection):
            connection.execute(moment)
    assert db.session.scalar(text("SELECT words FROM mail_line")) == "seen"


def test_a_transaction_inside_another_is_refused():
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


@pytest.mark.postgres
def test_postgresql_compiles_no_statement_however_dear_it_thinks_it():
    assert db.session.scalar(text("SHOW jit")) == "off"
    db.session.rollback()
    db.engine.dispose()
    assert db.session.scalar(text("SHOW jit")) == "off", "so it is on every connection"


def test_it_is_the_same_instant_throughout_a_transaction(time):
    with transaction():
        before = clock.now()
        time.move(timedelta(hours=1))
        assert clock.now() == before
    assert clock.now() == before + timedelta(hours=1)


def test_two_terms_of_a_seat_cannot_overlap():
    network = builders.a_network()
    body = builders.a_committee(network)
    builders.seated(body, builders.a_member(network), seat=2)
    with pytest.raises(DBAPIError):
        builders.seated(body, builders.a_member(network), seat=2)


def test_nobody_holds_two_seats_of_one_body():
    network = builders.a_network()
    body, person = builders.a_committee(network), builders.a_member(network)
    builders.seated(body, person, seat=1)
    with pytest.raises(DBAPIError):
        builders.seated(body, person, seat=2)


def test_rights_follow_from_current_rows():
    network = builders.a_network()
    sam, cory = builders.a_steering_member(network), builders.a_coordinator(network)
    ada = builders.a_member(network)
    builders.an_organisation(network, "The Open Shed", spoken_for_by=ada)
    assert builders.acting(sam, network).is_steering
    assert builders.acting(cory, network).is_coordinator
    assert not builders.acting(cory, network).is_steering
    assert [r.organisation for r in builders.acting(ada, network).represents] == ["The Open Shed"]
    with transaction():
        db.session.execute(update(Term).values(end=clock.now().date()))
    assert not builders.acting(sam, network).is_steering
